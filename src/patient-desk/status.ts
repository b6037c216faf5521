import type { LoadedCase } from '../authorization/case.store.js';
import { said } from '../authorization/view.js';
import { dateAt, endOfDay, type Instant, type LocalDate, startOfDay } from '../domain/calendar.js';
import { governing } from '../domain/category.js';
import { type PatientStatus, patientStatus, toldOfAll } from '../domain/patient-status.js';
import type { Edition } from '../domain/program.js';
import { REASONS } from '../domain/reason.js';
import { SURVEY_ANSWERS, surveyOf } from '../domain/survey.js';
import { answerFor } from '../wording/answer.js';
import type { Audience, DisclosedCode, Facts } from '../wording/audience.js';
import { type Context, type Disclosed, disclose } from '../wording/disclose.js';
import { sayDay, sayWhen } from '../wording/say-when.js';
import type { MyStatusView, StepView, SurveyView, WhenView } from './status.view.js';

/** Where a patient stands, in plain words, and nothing that the reader may not know. */

export interface StatusReader {
  readonly loaded: LoadedCase;
  readonly edition: Edition;
  readonly deskPhone: string;
  readonly audience: Extract<Audience, 'patient' | 'guardian'>;
}

type Stage = MyStatusView['state'];

const STAGE_WORDS: Readonly<Record<StatusReader['audience'], Readonly<Record<Stage, string>>>> = {
  patient: {
    ready: 'Your medicine: ready',
    'waiting-for-you': 'Your medicine: waiting for you',
    'waiting-for-care-team': 'Your medicine: waiting for your care team',
  },
  guardian: {
    ready: 'The medicine: ready',
    'waiting-for-you': 'The medicine: waiting for a step at home',
    'waiting-for-care-team': 'The medicine: waiting for the care team',
  },
};

const TASK: Partial<Record<DisclosedCode, StepView['task']>> = {
  SURVEY_DUE: 'survey',
  CONTRACEPTION_NOT_CONFIRMED: 'contraception-confirmation',
};

export function statusView(reader: StatusReader): MyStatusView {
  const { loaded, edition, deskPhone, audience } = reader;
  const { file, at, office } = loaded;
  const status = patientStatus(file, at, edition);
  const told = disclosedFor(reader, status);
  const hers = told('patient');
  const shown = audience === 'patient' ? hers : told(audience);
  const stopping = hers.reasons.some(({ turn }) => turn === 'stop');
  const state = stageOf(status, hers, dateAt(at, edition.zone));
  const when = whenOf(status, state, shown, reader, stopping);
  const line = STAGE_WORDS[audience][state];
  return {
    state,
    headline: stopping ? shown.headline : when === null ? `${line}.` : `${line}, ${when.kind} ${when.words}.`,
    when,
    medicineThrough: status.medicineThrough,
    steps: [...shown.reasons.map((reason) => stepOf(reason, status, audience)), ...furtherSteps(status, reader)],
    survey: surveyFor(status, reader, stopping),
    contact: { name: office?.name ?? null, office: office?.phone ?? null, desk: deskPhone },
  };
}

/** The status as the wording tells a decision: what stands in the way, for one audience. */
function disclosedFor({ loaded, edition, deskPhone }: StatusReader, status: PatientStatus): (audience: Audience) => Disclosed {
  const { file, at, office } = loaded;
  const context: Context = {
    at,
    zone: edition.zone,
    deskPhone,
    office,
    told: toldOfAll(file, at, edition),
    neededBy: status.neededBy === null ? null : sayDay(status.neededBy),
  };
  const outcome = status.reasons.length === 0 ? 'allow' : 'deny';
  const decision = {
    outcome,
    reasons: status.reasons,
    warnings: [],
    earliest: status.earliest,
    authorization: status.authorization,
  } as const;
  return (audience) => disclose(decision, audience, context);
}

/** By her own turn, whoever reads: a guardian sees that something is due, not what. */
function stageOf({ state, nextTestBy }: PatientStatus, { reasons }: Disclosed, today: LocalDate): Stage {
  const turns = reasons.map(({ turn }) => turn);
  if (turns.includes('stop') || turns.includes('yours') || (nextTestBy !== null && nextTestBy <= today)) return 'waiting-for-you';
  if (turns.includes('others')) return 'waiting-for-care-team';
  return state === 'authorized' || state === 'reserved' ? 'ready' : 'waiting-for-care-team';
}

function whenOf(
  status: PatientStatus,
  stage: Stage,
  shown: Disclosed,
  { loaded, edition }: StatusReader,
  stopping: boolean,
): WhenView | null {
  const moment = (kind: WhenView['kind'], at: Instant): WhenView => ({
    kind,
    at: said(at, edition.zone) ?? '',
    words: sayWhen(at, edition.zone),
  });
  const day = (kind: WhenView['kind'], on: LocalDate): WhenView => ({
    kind,
    at: said(kind === 'by' ? endOfDay(on, edition.zone) : startOfDay(on, edition.zone), edition.zone) ?? '',
    words: sayDay(on),
  });
  const today = dateAt(loaded.at, edition.zone);
  if (stopping) return day('by', today);
  if (stage === 'ready') {
    if (status.earliest !== null && status.earliest > loaded.at) return day('from', dateAt(status.earliest, edition.zone));
    const end = status.heldUntil ?? status.endsAt;
    return end === null ? null : moment('by', end);
  }
  if (stage === 'waiting-for-you') {
    const by = status.nextTestBy !== null && status.nextTestBy <= today ? today : status.neededBy;
    return by === null ? null : day('by', by);
  }
  if (shown.earliest !== undefined && shown.earliest.at > loaded.at) return day('from', dateAt(shown.earliest.at, edition.zone));
  return status.neededBy === null ? null : day('by', status.neededBy);
}

function stepOf(
  { code, turn, text, nextAct, phone, who }: Disclosed['reasons'][number],
  { neededBy }: PatientStatus,
  audience: StatusReader['audience'],
): StepView {
  const hers = turn === 'stop' || turn === 'yours';
  const others = who === 'pharmacy' ? 'pharmacy' : who === 'patient' && audience === 'guardian' ? 'child' : 'care-team';
  const whose = hers ? 'you' : turn === 'time' ? 'time' : others;
  return { whose, text, nextAct, phone, by: whose === 'you' || whose === 'child' ? neededBy : null, task: TASK[code] ?? null };
}

/** What comes next although nothing stands in the way. */
function furtherSteps(status: PatientStatus, { loaded, edition, deskPhone, audience }: StatusReader): StepView[] {
  const { office } = loaded;
  const facts: Facts = {
    deskPhone,
    office,
    reservedUntil: status.heldUntil === null ? null : sayWhen(status.heldUntil, edition.zone),
    neededBy: status.nextTestBy === null ? null : sayDay(status.nextTestBy),
  };
  const phone = office?.phone ?? deskPhone;
  const steps: StepView[] = [];
  if (status.heldUntil !== null) {
    const held = answerFor('ALREADY_RESERVED', audience, facts);
    steps.push({ whose: 'you', text: held.text, nextAct: held.nextAct, phone: deskPhone, by: null, task: null });
  } else if (status.reasons.length === 0) {
    steps.push({ ...ahead(status, audience), phone, by: null, task: null });
  }
  if (status.nextTestBy !== null) {
    const test = answerFor('TEST_MISSING', audience, facts);
    steps.push({ whose: 'you', text: test.text, nextAct: test.nextAct, phone, by: status.nextTestBy, task: null });
  }
  return steps;
}

function ahead(
  { state, medicineThrough }: PatientStatus,
  audience: StatusReader['audience'],
): Pick<StepView, 'whose' | 'text' | 'nextAct'> {
  const team = audience === 'patient' ? 'Your care team' : 'The care team';
  if (state === 'authorized')
    return {
      whose: 'you',
      text: 'A pharmacy of the program can fill it now.',
      nextAct: 'Go to the pharmacy, or ask it to send the medicine.',
    };
  if (state !== null)
    return {
      whose: 'care-team',
      text: `${team} has what it needs and writes the prescription next.`,
      nextAct: 'You need not do a thing now.',
    };
  const lasts = medicineThrough === null ? '' : ` What is at home lasts through ${sayDay(medicineThrough)}.`;
  return { whose: 'care-team', text: `${team} starts the next prescription.${lasts}`, nextAct: 'You need not do a thing now.' };
}

/** A minor's answers are the minor's own: the questions are shown to whoever may answer them, and nobody else. */
function surveyFor(status: PatientStatus, { loaded, edition, audience }: StatusReader, stopping: boolean): SurveyView | null {
  const { file, at } = loaded;
  const asked = surveyOf(governing({ file, on: dateAt(at, edition.zone), edition })?.code ?? null, edition);
  if (asked === null || stopping || !asked.questionnaire.answeredBy.includes(audience)) return null;
  return {
    due: status.reasons.some((code) => REASONS[code].group === 'survey' && !REASONS[code].judgement),
    minutes: asked.questionnaire.minutes,
    questions: asked.questionnaire.questions.map(({ code, why, asks }) => ({ code, why, asks, answers: SURVEY_ANSWERS })),
  };
}

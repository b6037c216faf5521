// One patient's life in a program, made by the pure decide(): nothing here knows a rule. Prescriber, patient and pharmacy do what the refusals tell
// them, forget things as people do, and come late; so it works for any edition.
import { v7 as uuidv7 } from 'uuid';
import { caseOfNobody } from '../../src/authorization/nobodys-case.js';
import type { Command, Presented } from '../../src/domain/authorization/command.js';
import { type Decision, decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { addDays, dateAt, HOUR_MS, type Instant, MINUTE_MS, momentAt } from '../../src/domain/calendar.js';
import { categoryFromAnswers } from '../../src/domain/category.js';
import { checklistOf } from '../../src/domain/checklist.js';
import type { Actor, Participant } from '../../src/domain/participant.js';
import { type Answers, type Case, NO_ANSWERS, type PregnancyTest } from '../../src/domain/patient.js';
import type { Category, Edition } from '../../src/domain/program.js';
import { REASONS, type ReasonCode } from '../../src/domain/reason.js';
import type { Chances } from './chances.js';

const DAY_MS = 24 * HOUR_MS;

/** A command, the case it was decided on, and the decision. */
export interface Act {
  readonly command: Command;
  readonly file: Case;
  readonly decision: Decision;
}

/** Who takes part. */
export interface Cast {
  readonly prescribers: readonly Participant[];
  readonly sites: readonly Participant[];
}

type Body = Command extends infer C ? (C extends Command ? Omit<C, 'id' | 'at' | 'by'> : never) : never;

/** A life as it unfolds: every act goes through decide() and, when it is accepted, into the case. */
export class Life {
  readonly acts: Act[] = [];
  file: Case;

  constructor(
    readonly edition: Edition,
    readonly prescriber: Participant,
    sites: readonly Participant[],
    public at: Instant,
    readonly patient: string = uuidv7(),
  ) {
    this.file = { ...caseOfNobody(Object.fromEntries([prescriber, ...sites].map((each) => [each.id, each]))), patient };
  }

  /** The decision, and nothing recorded: what somebody sees before he asks. */
  preview(body: Body, by: Actor): Decision {
    return decide(this.file, { ...body, id: 'preview', at: this.at, by } as Command, this.edition);
  }

  does(body: Body, by: Actor): Decision {
    const command = { ...body, id: uuidv7(), at: this.at, by } as Command;
    const decision = decide(this.file, command, this.edition);
    this.acts.push({ command, file: this.file, decision });
    if (takesVersion(command, decision, this.file)) {
      const after = apply(this.file, decision.effects);
      this.file = {
        ...after,
        enrollment: after.enrollment && { ...after.enrollment, revision: (this.file.enrollment?.revision ?? 0) + 1 },
      };
    }
    return decision;
  }

  passes(ms: number): void {
    this.at += Math.round(ms);
  }

  get doctor(): Actor {
    return { role: 'prescriber', id: this.prescriber.id };
  }

  get herself(): Actor {
    return { role: 'patient', id: this.patient };
  }

  get category(): Category | undefined {
    return this.file.category === null ? undefined : this.edition.categories[this.file.category];
  }
}

/** As the service counts: an accepted command that changes something takes the next version. */
export function takesVersion(command: Command, decision: Decision, file: Case): boolean {
  if (decision.outcome === 'deny' || command.do === 'verify' || command.do === 'read-status') return false;
  return file.enrollment !== null || decision.effects.some((effect) => effect.kind === 'enrollment');
}

const FERTILE: Answers = {
  ...NO_ANSWERS,
  sex: 'female',
  menarche: true,
  hysterectomy: false,
  bilateralOophorectomy: false,
  cycle: 'regular',
  neverHadUterusOrOvaries: false,
  determinedNotFertile: false,
};

/** Kinds of people, and how many of a hundred. */
const PEOPLE: readonly { readonly share: number; readonly answers: Answers; readonly born: readonly [number, number] }[] = [
  { share: 45, answers: FERTILE, born: [1978, 2004] },
  { share: 5, answers: FERTILE, born: [2009, 2012] },
  { share: 15, answers: { ...FERTILE, hysterectomy: true, cycle: 'none' }, born: [1955, 1985] },
  { share: 35, answers: { ...NO_ANSWERS, sex: 'male', neverHadUterusOrOvaries: true }, born: [1950, 2000] },
];

/** A whole life in the program. @param start of the record; she comes within three years of it @param end nothing happens after it */
export function liveLife(edition: Edition, cast: Cast, chance: Chances, start: Instant, end: Instant): Life | null {
  const answers = answersOf(chance);
  const at = start + chance.whole(0, Math.max(0, Math.floor((end - start) / DAY_MS) - 60)) * DAY_MS + chance.whole(8, 17) * HOUR_MS;
  const category = categoryFromAnswers(answers, dateAt(at, edition.zone), edition);
  if (category === null || edition.categories[category] === undefined) return null;
  const [site, other] = [chance.of(cast.sites), chance.of(cast.sites)];
  const life = new Life(edition, chance.of(cast.prescribers), [site, other], at);
  if (!enroll(life, category, answers)) return null;
  settleContraception(life, chance);
  const prescriptions = chance.whole(1, 12) + (chance.happens(0.5) ? chance.whole(0, 14) : 0);
  for (let nth = 0; nth < prescriptions && life.at < end; nth += 1) {
    if (!onePrescription(life, chance, site, other, nth)) break;
    between(life, chance, nth);
    if (life.file.enrollment?.deactivatedAt != null) break;
  }
  if (chance.happens(0.4)) life.does({ do: 'end-therapy', on: dateAt(life.at, edition.zone) }, life.doctor);
  return life;
}

function answersOf(chance: Chances): Answers {
  let place = chance.next() * 100;
  const kind = PEOPLE.find(({ share }) => {
    place -= share;
    return place < 0;
  });
  const { answers, born } = kind ?? PEOPLE[0]!;
  const two = (value: number) => String(value).padStart(2, '0');
  return { ...answers, birthDate: `${chance.whole(born[0], born[1])}-${two(chance.whole(1, 12))}-${two(chance.whole(1, 28))}` };
}

function enroll(life: Life, category: string, answers: Answers): boolean {
  const { edition, at, prescriber } = life;
  const decision = life.does(
    {
      do: 'enroll-patient',
      category,
      answers,
      agreement: { category, signed: momentAt(at, edition.zone), signedBy: ['patient', 'guardian'], prescriber: null },
      prescriber: prescriber.id,
    },
    life.doctor,
  );
  return decision.outcome === 'allow';
}

/** One method of each tier that the edition accepts, begun some weeks ago. */
function settleContraception(life: Life, chance: Chances): void {
  if (life.category?.contraception !== true) return;
  const today = dateAt(life.at, life.edition.zone);
  const accepted = Object.entries(life.edition.contraception.methods).filter(([, { tier }]) => tier !== 'not-accepted');
  for (const tier of new Set(accepted.map(([, each]) => each.tier))) {
    const [method] = chance.of(accepted.filter(([, each]) => each.tier === tier));
    const from = addDays(today, -chance.whole(chance.happens(0.15) ? 3 : 30, 90));
    life.passes(2 * MINUTE_MS);
    life.does({ do: 'record-contraception', method, from, until: null }, life.doctor);
  }
}

/** From the visit to the hand-over. @returns whether she goes on with the program */
function onePrescription(life: Life, chance: Chances, site: Participant, other: Participant, nth: number): boolean {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const authorization = uuidv7();
    if (life.does({ do: 'start-authorization', authorization, prescription: prescriptionOf(life, chance) }, life.doctor).outcome === 'deny')
      return false;
    life.passes(chance.whole(3, 20) * MINUTE_MS);
    life.does({ do: 'certify-counseling', authorization, topics: ['partner-pregnancy'] }, life.doctor);
    const issued = getIssued(life, chance, authorization);
    if (issued === 'gone') return false;
    if (issued === 'again') continue;
    if (fill(life, chance, authorization, site, other, nth)) return true;
  }
  return true;
}

function prescriptionOf(life: Life, chance: Chances) {
  const { maxSupplyDays, strengthsMg } = life.edition.prescription;
  const bounds = [maxSupplyDays, life.category?.maxSupplyDays].filter((bound) => typeof bound === 'number');
  const days = Math.min(28, ...bounds);
  const strengthMg = chance.of(strengthsMg ?? [20]);
  const regimen = days === 28 && chance.happens(0.7) ? { perDay: 1, daysOn: 21, cycleDays: 28 } : { perDay: 1, daysOn: 28, cycleDays: 28 };
  const capsules = Math.min(regimen.daysOn, days);
  return { lines: [{ strengthMg, capsules, regimen }], supplyDays: days, refills: chance.happens(0.03) ? 1 : 0, channel: 'electronic' };
}

/** Everybody does what is missing, then the prescriber asks; sometimes he asks too soon. */
function getIssued(life: Life, chance: Chances, authorization: string): 'issued' | 'again' | 'gone' {
  const issue = { do: 'issue-authorization', authorization } as const;
  let tested = false;
  for (let turn = 0; turn < 8; turn += 1) {
    const seen = life.preview(issue, life.doctor);
    if (seen.outcome === 'allow') {
      // A test that is some days old by the time he signs is what the windows are for.
      if (tested && chance.happens(0.25)) {
        life.passes(chance.whole(1, 6) * DAY_MS + chance.whole(0, 5) * HOUR_MS);
        tested = false;
        continue;
      }
      return life.does(issue, life.doctor).outcome === 'allow' ? 'issued' : 'again';
    }
    if (seen.reasons.some((code) => REASONS[code].group === 'ended')) return 'again';
    if (turn > 0 && seen.earliest !== null && seen.earliest > life.at && !canBeMended(seen.reasons)) {
      if (chance.happens(0.2)) life.does(issue, life.doctor);
      life.at = seen.earliest + chance.whole(8, 16) * HOUR_MS;
      continue;
    }
    const test = mend(life, chance, authorization, seen.reasons);
    tested ||= test === 'negative';
    if (test === 'positive') return 'gone';
    if (chance.happens(0.04)) life.does(issue, life.doctor);
    const after = life.preview(issue, life.doctor);
    if (after.outcome === 'deny' && after.earliest === null && turn > 2) return chance.happens(0.5) ? 'gone' : 'again';
    if (after.outcome === 'deny' && after.earliest !== null && after.earliest > life.at) {
      if (chance.happens(0.3)) life.does(issue, life.doctor);
      life.at = after.earliest + chance.whole(8, 16) * HOUR_MS;
    } else life.passes(chance.whole(1, 30) * MINUTE_MS);
  }
  return 'gone';
}

/** What one of the three can do about it at once. */
const canBeMended = (reasons: readonly ReasonCode[]): boolean =>
  reasons.some(
    (code) =>
      ['counseling', 'survey'].includes(REASONS[code].group) ||
      code === 'CONTRACEPTION_NOT_CONFIRMED' ||
      /TEST_(MISSING|TOO_OLD)$/.test(code),
  );

/** @returns the result of a test, when one was made */
function mend(life: Life, chance: Chances, authorization: string, reasons: readonly ReasonCode[]): PregnancyTest['result'] | null {
  let result: PregnancyTest['result'] | null = null;
  const groups = new Set(reasons.map((code) => REASONS[code].group));
  life.passes(chance.whole(1, 40) * MINUTE_MS);
  if (reasons.includes('COUNSELING_NOT_CERTIFIED')) life.does({ do: 'certify-counseling', authorization, topics: [] }, life.doctor);
  if (groups.has('test') || groups.has('danger')) {
    result = chance.happens(0.0008) ? 'positive' : chance.happens(0.002) ? 'indeterminate' : 'negative';
    recordTest(life, chance, result);
  }
  if (reasons.includes('SURVEY_DISCREPANT')) life.does({ do: 'resolve-discrepancy', grounds: 'Read it too fast.' }, life.doctor);
  else if (groups.has('survey'))
    life.does({ do: 'complete-survey', answers: chance.happens(0.01) ? 'discrepant' : 'consistent' }, life.herself);
  life.passes(chance.whole(1, 90) * MINUTE_MS);
  if (reasons.includes('CONTRACEPTION_NOT_CONFIRMED')) life.does({ do: 'confirm-contraception', authorization }, life.herself);
  if (groups.has('enrollment') && life.file.category !== null)
    life.does(
      {
        do: 'sign-agreement',
        agreement: {
          category: life.file.category,
          signed: momentAt(life.at, life.edition.zone),
          signedBy: ['patient', 'guardian'],
          prescriber: null,
        },
      },
      life.doctor,
    );
  return result;
}

function recordTest(life: Life, chance: Chances, result: PregnancyTest['result']): void {
  const test: PregnancyTest = {
    id: uuidv7(),
    collected: momentAt(life.at - chance.whole(5, 90) * MINUTE_MS, life.edition.zone),
    result,
    method: 'serum-quantitative',
    value: result === 'negative' ? 1 : null,
    sensitivity: 5,
    setting: 'clinical',
    source: 'laboratory',
  };
  life.does({ do: 'record-pregnancy-test', test }, life.doctor);
}

const presentedAs = (life: Life, matches = true): Presented => ({
  identifiersMatch: matches,
  shows: ['number', 'category'],
  showsCategory: life.file.category,
  capsules: null,
  strengthMg: null,
  supplyDays: null,
});

/** The counter. @returns whether it was handed over */
function fill(life: Life, chance: Chances, authorization: string, site: Participant, other: Participant, nth: number): boolean {
  const at = (where: Participant): Actor => ({ role: 'pharmacy', id: where.id, person: Object.keys(where.trained)[0] ?? null });
  // Some come when the window is over.
  life.passes(chance.happens(0.03) ? chance.whole(8, 40) * DAY_MS : chance.whole(1, chance.happens(0.2) ? 110 : 30) * HOUR_MS);
  if (chance.happens(0.01)) life.does({ do: 'verify', authorization, presented: presentedAs(life, false) }, at(site));
  life.passes(chance.whole(1, 5) * MINUTE_MS);
  if (chance.happens(0.8)) life.does({ do: 'verify', authorization, presented: presentedAs(life) }, at(site));
  const reserve = { do: 'reserve', authorization, presented: presentedAs(life), confirmationNumber: null } as const;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    life.passes(chance.whole(1, 9) * MINUTE_MS);
    const reserved = life.does(reserve, at(site));
    if (reserved.outcome === 'deny') {
      if (reserved.earliest === null || reserved.earliest <= life.at) return false;
      life.at = reserved.earliest + chance.whole(8, 16) * HOUR_MS;
      continue;
    }
    if (other.id !== site.id && chance.happens(0.02)) life.does(reserve, at(other));
    life.passes(chance.happens(0.01) ? 26 * HOUR_MS : chance.whole(4, 300) * MINUTE_MS);
    const { edition } = life;
    const category = life.file.authorizations.find((each) => each.id === authorization)?.category ?? null;
    const handedOver = life.does(
      {
        do: 'dispense',
        authorization,
        method: nth > 0 && chance.happens(0.3) ? 'ship' : 'handover',
        siteZone: edition.zone,
        checklist: checklistOf(category, edition).map(({ id, needs }) => ({ question: id, answer: needs })),
        medicationGuide: !chance.happens(0.01),
        identifiersMatch: true,
        handedOver: null,
        capsules: null,
        supplyDays: null,
        lines: [],
      },
      at(site),
    );
    if (handedOver.outcome === 'allow') return true;
  }
  return false;
}

/** The weeks until the next visit. */
function between(life: Life, chance: Chances, nth: number): void {
  const today = () => dateAt(life.at, life.edition.zone);
  const until = life.at + (28 + chance.whole(-4, 4)) * DAY_MS + chance.whole(-3, 3) * HOUR_MS;
  if (life.category?.tests === true && nth === 0)
    for (let week = 1; week <= 3; week += 1) {
      life.passes(7 * DAY_MS);
      recordTest(life, chance, 'negative');
    }
  if (chance.happens(0.05)) life.does({ do: 'report-adverse-event', on: today(), what: 'Tired in the evening.' }, life.herself);
  if (life.category?.reproductivePotential === true && chance.happens(0.008))
    life.does({ do: 'report-missed-period', on: today(), kind: 'missed' }, life.herself);
  if (chance.happens(0.015)) {
    life.does({ do: 'interrupt-therapy', on: today() }, life.doctor);
    life.passes(chance.whole(10, 45) * DAY_MS);
    life.does({ do: 'resume-therapy', on: today() }, life.doctor);
  }
  life.at = Math.max(life.at + HOUR_MS, until);
}

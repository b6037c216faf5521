import type { AgreementInput, Command, PrescriptionInput, Presented } from '../domain/authorization/command.js';
import { dateAt, endOfDay, type Instant, isLocalDate, type LocalDate, startOfDay } from '../domain/calendar.js';
import { categoryOf } from '../domain/category.js';
import { gateOf } from '../domain/gate.js';
import type { Actor } from '../domain/participant.js';
import type { Answers, Case, PregnancyTest, Regimen } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { clinicalCommand, isClinical } from './clinical.js';
import { CaseFileInvalid, timeAt } from './invalid.js';
import type { WrittenEvent } from './read.js';
import { testOf, type WrittenAgreement, type WrittenTest } from './world.js';

/** From an event as written to the command it means, with the defaults of the contract. */

interface Frame {
  readonly at: Instant;
  readonly edition: Edition;
  readonly path: string;
  readonly file: Case;
}

const FULL_CYCLE: Regimen = { perDay: 1, daysOn: 21, cycleDays: 28 };
const USUAL_ACTOR: Readonly<Record<string, string>> = {
  'certify-prescriber': 'ad-1',
  'suspend-prescriber': 'ad-1',
  'certify-pharmacy': 'ad-1',
  'suspend-pharmacy': 'ad-1',
  'set-accommodation': 'ad-1',
  'grant-exception': 'ad-1',
  'withdraw-agreement': 'patient',
  'confirm-contraception': 'patient',
  'complete-survey': 'patient',
  'record-contraception': 'patient',
  'declare-abstinence': 'patient',
  'report-menses': 'patient',
  'report-missed-period': 'patient',
  'report-unprotected-contact': 'patient',
  'report-method-failure': 'patient',
  'report-pregnancy': 'patient',
  verify: 'ph-1',
  reserve: 'ph-1',
  release: 'ph-1',
  'transfer-reservation': 'ph-1',
  dispense: 'ph-1',
  return: 'ph-1',
};

function actorOf(name: string, file: Case): Actor {
  if (name === 'patient' || name === 'guardian' || name === 'system') return { role: name, id: name };
  // Somebody the case has not introduced is nobody in particular: he gets the prescriber's role and is not certified.
  return {
    role: file.participants[name]?.kind ?? (name.startsWith('ph') ? 'pharmacy' : name.startsWith('ad') ? 'administrator' : 'prescriber'),
    id: name,
  };
}

const AT_COUNTER = ['verify', 'reserve', 'release', 'transfer-reservation', 'dispense', 'return'];

/** The commands that an event means: one, or the several of `prescribe` and `fill`, the last of them the one judged. */
export function commandsOf(event: WrittenEvent, frame: Frame): Command[] {
  if (event.do === 'prescribe') {
    const steps = ['start-authorization', 'certify-counseling', 'confirm-contraception', 'issue-authorization'];
    const { edition, file } = frame;
    const category = categoryOf(file.category, edition);
    // Under a gate that does not wait, prescribing is writing and issuing.
    const waits = gateOf({ file, on: dateAt(frame.at, edition.zone), edition }) === 'hard';
    const asked: Record<string, boolean> = {
      'certify-counseling': waits && category?.counseling !== 'none',
      'confirm-contraception': waits && category?.contraception === true && edition.contraception.confirmationDays !== 'none',
    };
    return steps
      .filter((step) => asked[step] !== false)
      .map((step) => commandOf({ ...event, do: step, by: step === 'confirm-contraception' ? 'patient' : (event.by ?? 'dr-1') }, frame));
  }
  if (event.do === 'fill') return ['reserve', 'dispense'].map((step) => commandOf({ ...event, do: step }, frame));
  return [commandOf(event, frame)];
}

function commandOf(event: WrittenEvent, frame: Frame): Command {
  const { at, edition, path, file } = frame;
  const { zone } = edition;
  const field = <T>(name: string): T | undefined => event[name] as T | undefined;
  const text = (name: string): string => field<string>(name) ?? '';
  const end = (name: string): Instant | null => {
    const written = field<string | null>(name);
    if (written === undefined || written === null) return null;
    return isLocalDate(written) ? endOfDay(written, zone) : timeAt(`${path}/${name}`, written, zone).at;
  };
  const name = event.do;
  const signers = Array.isArray(event.by) ? (event.by as string[]) : [];
  const usual = USUAL_ACTOR[name] ?? 'dr-1';
  const actor = AT_COUNTER.includes(name)
    ? ((event.by as string | undefined) ?? field<string>('pharmacy') ?? usual)
    : signers.length > 0 || name === 'grant-exception'
      ? usual
      : ((event.by as string | undefined) ?? usual);
  const base = { id: `${path}/${name}`, at, by: actorOf(actor, file) };
  const authorization = event.authorization ?? 'rx-1';
  const agreement = (): AgreementInput | null => {
    const written = field<WrittenAgreement>('agreement');
    if (!written) return null;
    return {
      category: written.category,
      signed: timeAt(`${path}/agreement/signedAt`, written.signedAt, zone),
      signedBy: written.signedBy,
      prescriber: written.prescriber ?? null,
    };
  };
  const on = (key = 'on'): string => text(key);
  if (isClinical(name)) return clinicalCommand(name, base, event, dateAt(at, zone));

  switch (name) {
    case 'certify-prescriber':
    case 'certify-pharmacy':
    case 'suspend-prescriber':
    case 'suspend-pharmacy':
      return { ...base, do: name, participant: text('participant'), until: end('until') };
    case 'enroll-patient':
    case 're-enroll-patient':
      return {
        ...base,
        do: name,
        category: field<string | null>('category') ?? null,
        answers: answersIn(event),
        agreement: agreement(),
        prescriber: actor,
        ...determinationIn(event, dateAt(at, zone)),
      };
    case 'sign-agreement':
      return {
        ...base,
        do: name,
        agreement: {
          category: text('category'),
          signed: timeAt(`${path}/at`, event.at, zone),
          signedBy: field('signedBy') ?? ['patient'],
          prescriber: null,
        },
      };
    case 'withdraw-agreement':
    case 'deactivate-patient':
    case 'record-death':
      return { ...base, do: name, reason: text('reason') };
    case 'change-category':
      return { ...base, do: name, category: text('category'), grounds: text('grounds'), answers: answersIn(event), agreement: agreement() };
    case 'transfer-patient':
      return { ...base, do: name, to: text('to') };
    case 'record-pregnancy-test': {
      const written = event as unknown as WrittenTest;
      return { ...base, do: name, test: testOf(written, timeAt(`${path}/collectedAt`, written.collectedAt, zone)) };
    }
    case 'correct-pregnancy-test': {
      const corrected: Record<string, unknown> = {};
      for (const key of ['result', 'method', 'value', 'sensitivity', 'setting', 'source'] as const)
        if (key in event) corrected[key] = event[key];
      if ('collectedAt' in event) corrected['collected'] = timeAt(`${path}/collectedAt`, text('collectedAt'), zone);
      return { ...base, do: name, test: text('test'), corrected: corrected as Partial<Omit<PregnancyTest, 'id'>>, reason: text('reason') };
    }
    case 'retract-pregnancy-test':
      return { ...base, do: name, test: text('test'), reason: text('reason') };
    case 'record-contraception':
      return { ...base, do: name, method: text('method'), from: on('from'), until: field<string>('until') ?? null };
    case 'declare-abstinence':
      return {
        ...base,
        do: name,
        from: field<string>('from') ?? null,
        until: field<string>('until') ?? null,
        never: field<boolean>('never') ?? false,
      };
    case 'state-contraindication': {
      const of = field<string | string[]>('of') ?? [];
      return { ...base, do: name, of: typeof of === 'string' ? [of] : of };
    }
    case 'report-menses':
      return { ...base, do: name, on: on(), cycle: field<Answers['cycle']>('cycle') ?? null };
    case 'report-missed-period':
      return { ...base, do: name, on: on(), kind: field<'missed' | 'abnormal-bleeding'>('kind') ?? 'missed' };
    case 'report-unprotected-contact':
      return { ...base, do: name, on: on() };
    case 'report-method-failure':
      return { ...base, do: name, on: on(), method: field<string>('method') ?? null };
    case 'complete-survey':
      return { ...base, do: name, answers: field<'consistent' | 'discrepant'>('answers') ?? 'consistent' };
    case 'resolve-discrepancy':
      return { ...base, do: name, grounds: text('grounds') };
    case 'report-pregnancy':
      return { ...base, do: name, who: field<'patient' | 'partner'>('who') ?? 'patient' };
    case 'clear-pregnancy-hold':
      return { ...base, do: name, grounds: text('grounds'), tests: field<string[]>('tests') ?? [], determinedBy: text('determinedBy') };
    case 'interrupt-therapy':
    case 'resume-therapy':
    case 'end-therapy':
      return { ...base, do: name, on: on() };
    case 'change-dose':
      return {
        ...base,
        do: name,
        on: on(),
        regimen: field<Regimen>('regimen') ?? null,
        earlierCapsulesStopped: field<boolean>('earlierCapsulesStopped') ?? true,
      };
    case 'start-authorization':
      return { ...base, do: name, authorization, prescription: prescriptionIn(event) };
    case 'certify-counseling':
      return { ...base, do: name, authorization, topics: field<string[]>('topics') ?? [] };
    case 'confirm-contraception':
    case 'issue-authorization':
      return { ...base, do: name, authorization };
    case 'cancel-authorization':
      return { ...base, do: name, authorization, reason: text('reason') };
    case 'verify':
      return { ...base, do: name, authorization, presented: presentedIn(event) };
    case 'reserve':
      return { ...base, do: name, authorization, presented: presentedIn(event), confirmationNumber: null };
    case 'release':
      return { ...base, do: name, authorization, notHandedOver: field<boolean>('notHandedOver') ?? true };
    case 'transfer-reservation':
      return { ...base, do: name, authorization, to: text('to') };
    case 'dispense':
      return {
        ...base,
        do: name,
        authorization,
        method: field<'handover' | 'ship'>('method') ?? 'handover',
        siteZone: field<string>('siteZone') ?? null,
        checklist: field<boolean>('checklist') ?? true,
        medicationGuide: field<boolean>('medicationGuide') ?? true,
        handedOver: 'handedOverAt' in event ? timeAt(`${path}/handedOverAt`, text('handedOverAt'), zone) : null,
        identifiersMatch: true,
        capsules: null,
        supplyDays: null,
        lines: [],
      };
    case 'return':
      return { ...base, do: name, authorization, unopened: field<boolean>('unopened') ?? true };
    case 'set-accommodation': {
      const from = field<string>('from');
      const starts = from === undefined ? at : isLocalDate(from) ? startOfDay(from, zone) : timeAt(`${path}/from`, from, zone).at;
      return { ...base, do: name, kind: text('kind'), from: starts, until: end('until') };
    }
    case 'grant-exception':
      return {
        ...base,
        do: name,
        authorization,
        kind: text('kind'),
        reason: text('reason'),
        approvedBy: signers.length > 0 ? signers : [(event.by as string | undefined) ?? usual],
      };
    default:
      throw new CaseFileInvalid(`${path}/do`, 'not one of the known values');
  }
}

const ANSWERS = [
  'birthDate',
  'sex',
  'menarche',
  'amenorrhea',
  'hysterectomy',
  'bilateralOophorectomy',
  'cycle',
  'neverHadUterusOrOvaries',
  'determinedNotFertile',
  'declared',
] as const;

const answersIn = (event: WrittenEvent): Partial<Answers> =>
  Object.fromEntries(ANSWERS.filter((name) => name in event).map((name) => [name, event[name]]));

/** In a case file the answer stands for a determination as it has to be: another person's, documented (rules §1.3). */
const determinationIn = (event: WrittenEvent, on: LocalDate) =>
  event['determinedNotFertile'] === true ? { determination: { by: 'a specialist', licence: 'of another person', on } } : {};

function prescriptionIn(event: WrittenEvent): PrescriptionInput {
  const or = <T>(name: string, usual: T): T | null => (event[name] === undefined ? usual : (event[name] as T | null));
  const rest = { refills: or<number>('refills', 0) ?? 0, channel: or<string>('channel', 'electronic') ?? 'electronic' };
  const lines = event['lines'] as readonly { strengthMg?: number | null; capsules?: number | null; regimen?: Regimen | null }[] | undefined;
  if (lines !== undefined) {
    const written = lines.map((line) => ({
      strengthMg: line.strengthMg ?? null,
      capsules: line.capsules ?? null,
      regimen: line.regimen === undefined ? FULL_CYCLE : line.regimen,
    }));
    return { ...rest, lines: written, supplyDays: or<number | null>('daysSupply', null) };
  }
  return {
    ...rest,
    lines: [{ strengthMg: or('strengthMg', 25), capsules: or('capsules', 21), regimen: or('regimen', FULL_CYCLE) }],
    supplyDays: or('daysSupply', 28),
  };
}

function presentedIn(event: WrittenEvent): Presented {
  const number = (name: string): number | null => (event[name] as number | undefined) ?? null;
  return {
    identifiersMatch: event['identifiers'] !== 'mismatch',
    shows: (event['shows'] as Presented['shows'] | undefined) ?? ['number', 'category'],
    showsCategory: (event['showsCategory'] as string | undefined) ?? null,
    capsules: number('capsules'),
    strengthMg: number('strengthMg'),
    supplyDays: number('daysSupply'),
  };
}

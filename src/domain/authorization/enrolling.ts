import { dateAt, MINUTE_MS, startOfDateOrMonth } from '../calendar.js';
import { categoryFromAnswers, categoryOf, contradicted, guardianSpeaks, registeredCategory, undeclarable } from '../category.js';
import { gateOf } from '../gate.js';
import { isCertified, sameLicence } from '../participant.js';
import { type Answers, type Case, type Enrollment, type Evidence, NO_ANSWERS, withAnswers } from '../patient.js';
import type { Edition } from '../program.js';
import type { ReasonCode } from '../reason.js';
import { attestingReasons, roleReasons, speaksForPatient } from './attester.js';
import type { AgreementInput } from './command.js';
import { effectiveState, isOpen } from './deadline.js';
import { apply, type Effect } from './effect.js';
import { accepted, type Handlers, type Ruling, refused, type Situation } from './ruling.js';
import { nextState } from './versions.js';

/** A patient in the program: enrollment, agreement, category, and the ends of them. */

type Named =
  | 'enroll-patient'
  | 're-enroll-patient'
  | 'sign-agreement'
  | 'withdraw-agreement'
  | 'change-category'
  | 'transfer-patient'
  | 'deactivate-patient'
  | 'record-death';

/** Ends every open authorization of the patient, drafts included, in the command that found the danger (I5). A gate that never blocks ends none. */
export function revokeOpen(file: Case, at: number, edition: Edition): Effect[] {
  if (gateOf({ file, on: dateAt(at, edition.zone), edition }) !== 'hard') return [];
  return endOpen(file, at);
}

/** Ends them under any gate: nobody is left to fill them for. */
function endOpen(file: Case, at: number): Effect[] {
  return file.authorizations.flatMap((authorization): Effect[] => {
    const { state } = effectiveState(authorization, file, at);
    const next = isOpen(state) ? nextState(authorization.machineVersion, state, { type: 'revoke' }) : null;
    return next === null ? [] : [{ kind: 'authorization', authorization: { ...authorization, state: next } }];
  });
}

/** Revokes when new answers say reproductive potential and the registered category does not: a stricter category has come to light. */
export function revokeIfContradicted(situation: Situation, answers: Answers): Effect[] {
  const { file, edition, on, at } = situation;
  const code = registeredCategory({ ...file, answers }, on, edition);
  return code !== null && contradicted(code, answers, on, edition)
    ? [...revokeOpen(file, at, edition), { kind: 'finding', code: 'CATEGORY_CONTRADICTED' }]
    : [];
}

function agreementFact(agreement: AgreementInput, prescriber: string, situation: Situation): Effect {
  const evidence: Evidence = {
    kind: 'agreement',
    id: `${situation.command.id}/agreement`,
    recordedAt: situation.at,
    category: agreement.category,
    signed: agreement.signed,
    signedBy: agreement.signedBy,
    prescriber: agreement.prescriber ?? prescriber,
  };
  return { kind: 'evidence', evidence };
}

/** The category asked for, against the answers. */
function categoryReasons(code: string | null, answers: Answers, { on, edition }: Situation): ReasonCode[] {
  if (answers.birthDate === null || undeclarable(answers.declared ?? {}, edition).length > 0) return ['FACT_UNKNOWN'];
  const periodsStopped = answers.amenorrhea?.since ?? null;
  if (answers.birthDate > on || (periodsStopped !== null && startOfDateOrMonth(periodsStopped) > on)) return ['FUTURE_DATE'];
  if (code === null || categoryOf(code, edition) === null) return ['CATEGORY_UNKNOWN'];
  return contradicted(code, answers, on, edition) ? ['CATEGORY_CONTRADICTED'] : [];
}

/**
 * Ovarian failure, Turner, XY, uterine agenesis: out of reproductive potential only by a determination that two persons have documented (rules
 * §1.3). Answering so anew needs the specialist's document, and the specialist is another person than the prescriber who attests.
 */
function determinationReasons(situation: Situation<'enroll-patient' | 're-enroll-patient' | 'change-category'>): ReasonCode[] {
  const { file, command, on } = situation;
  const { determination, by } = command;
  // Sent, it becomes a fact of the entry, whether it was needed or not.
  if (determination !== undefined && determination.on > on) return ['FUTURE_DATE'];
  // What two persons documented of her for another program they documented of her.
  const known = [file, ...(file.elsewhere ?? [])].some(({ answers }) => answers.determinedNotFertile === true);
  if (command.answers.determinedNotFertile !== true || known) return [];
  if (determination === undefined || determination.by === '' || determination.by === by.id) return ['SECOND_PERSON_REQUIRED'];
  const own = file.participants[by.id]?.licence;
  return own !== undefined && sameLicence(own, determination.licence) ? ['SECOND_PERSON_REQUIRED'] : [];
}

/** A category that differs from the answers without being laxer is registered, and somebody looks at it (case-files, ruling 8). */
const mismatchFinding = (code: string, answers: Answers, { on, edition }: Situation): Effect[] =>
  categoryFromAnswers(answers, on, edition) === code ? [] : [{ kind: 'finding', code: 'CATEGORY_MISMATCH' }];

/** Ahead of the database's clock by more than clocks differ (T9): a signature of a minute ahead is on record, and counts once that minute has come. */
const signedLater = (agreement: AgreementInput | null, { at, edition }: Situation): ReasonCode[] => {
  const tolerance = (edition.entry.futureToleranceMinutes ?? 0) * MINUTE_MS;
  return agreement !== null && agreement.signed.at > at + tolerance ? ['FUTURE_DATE'] : [];
};

function enroll(situation: Situation<'enroll-patient' | 're-enroll-patient'>): Ruling {
  const { file, command, at } = situation;
  const again = command.do === 're-enroll-patient';
  if (again !== (file.enrollment !== null)) return refused(again ? ['NOT_ENROLLED'] : ['WRONG_STATE']);
  const who = attestingReasons({ file: { ...file, enrollment: null }, command, at });
  const answers = withAnswers({ ...NO_ANSWERS, ...file.answers }, command.answers);
  const code = command.category ?? (again ? file.category : null);
  const suspected = again ? [] : (command.suspected?.patients ?? []);
  const reasons = [
    ...who,
    ...categoryReasons(code, answers, situation),
    ...signedLater(command.agreement, situation),
    ...determinationReasons(situation),
  ];
  if (suspected.length > 0 && command.suspected?.newPersonConfirmed !== true) reasons.push('POSSIBLE_SAME_PERSON');
  if (reasons.length > 0 || code === null) return refused(reasons);
  const enrollment: Enrollment = {
    id: file.enrollment?.id ?? command.id,
    enrolledAt: file.enrollment?.enrolledAt ?? at,
    reEnrolledAt: again ? at : null,
    prescriber: command.by.id,
    deactivatedAt: null,
    deceasedAt: null,
    revision: file.enrollment?.revision ?? 0,
  };
  const effects: Effect[] = [
    { kind: 'enrollment', enrollment },
    { kind: 'answers', answers },
  ];
  if (code !== file.category) effects.push({ kind: 'category', category: code, since: at });
  if (command.agreement) effects.push(agreementFact(command.agreement, command.by.id, situation));
  effects.push(...mismatchFinding(code, answers, situation));
  effects.push(...suspected.map((other): Effect => ({ kind: 'link', other, by: ['suspicion'] })));
  if (suspected.length > 0) effects.push({ kind: 'finding', code: 'POSSIBLE_SAME_PERSON' });
  // A new beginning ends an interruption or an end of therapy with it.
  if (again)
    effects.push({
      kind: 'evidence',
      evidence: { kind: 'therapy', id: `${command.id}/therapy`, recordedAt: at, change: 'resumed', on: situation.on },
    });
  return accepted(effects);
}

/** Whoever signs without the prescriber signs for nobody else: a child's own signature is not the guardian's. */
function inPersonReasons({ file, command, on, edition }: Situation<'sign-agreement'>): ReasonCode[] {
  const { by, agreement } = command;
  const category = categoryOf(registeredCategory(file, on, edition), edition);
  const child = category !== null && guardianSpeaks(category, file.answers, on, edition);
  const own = speaksForPatient(by, child) && agreement.signedBy.every((signer) => signer === by.role);
  return own ? [] : ['MAY_NOT_ATTEST'];
}

/** Signed before the prescriber, or by the patient or guardian in person: then it is the agreement with her own prescriber. */
function signAgreement(situation: Situation<'sign-agreement'>): Ruling {
  const { file, command, edition } = situation;
  const inPerson = command.by.role === 'patient' || command.by.role === 'guardian';
  const reasons = [...(inPerson ? inPersonReasons(situation) : attestingReasons(situation)), ...signedLater(command.agreement, situation)];
  if (categoryOf(command.agreement.category, edition) === null) reasons.push('CATEGORY_UNKNOWN');
  if (file.enrollment === null) reasons.push('NOT_ENROLLED');
  if (reasons.length > 0 || file.enrollment === null) return refused(reasons);
  return accepted([agreementFact(command.agreement, inPerson ? file.enrollment.prescriber : command.by.id, situation)]);
}

function withdrawAgreement({ file, command, at, edition }: Situation<'withdraw-agreement'>): Ruling {
  const who = roleReasons(command.by, ['patient', 'guardian', 'prescriber', 'administrator']);
  if (who.length > 0) return refused(who);
  return accepted([
    { kind: 'evidence', evidence: { kind: 'agreement-withdrawn', id: command.id, recordedAt: at } },
    ...revokeOpen(file, at, edition),
  ]);
}

/** What the grounds of a change tell about the patient's own answers. */
export function answersByGrounds(grounds: string): Partial<Answers> {
  if (grounds === 'menarche') return { menarche: true };
  if (grounds === 'hysterectomy') return { hysterectomy: true };
  if (grounds === 'oophorectomy') return { bilateralOophorectomy: true };
  return {};
}

function changeCategory(situation: Situation<'change-category'>): Ruling {
  const { file, command, at, on, edition } = situation;
  const answers = withAnswers({ ...file.answers, ...answersByGrounds(command.grounds) }, command.answers);
  const reasons = [
    ...attestingReasons(situation),
    ...categoryReasons(command.category, answers, situation),
    ...signedLater(command.agreement, situation),
    ...determinationReasons(situation),
  ];
  if (file.enrollment === null) reasons.push('NOT_ENROLLED');
  if (reasons.length > 0) return refused(reasons);
  const before = categoryOf(registeredCategory(file, on, edition), edition);
  const after = categoryOf(command.category, edition);
  const stricter = after?.reproductivePotential === true && before?.reproductivePotential !== true;
  const effects: Effect[] = [{ kind: 'answers', answers }];
  // What stays as it is has not changed today: new answers that give the same category begin nothing anew.
  if (command.category !== registeredCategory(file, on, edition)) effects.push({ kind: 'category', category: command.category, since: at });
  if (command.agreement) effects.push(agreementFact(command.agreement, command.by.id, situation));
  effects.push(...mismatchFinding(command.category, answers, situation));
  return accepted(stricter ? [...effects, ...revokeOpen(apply(file, effects), at, edition)] : effects);
}

function transfer({ file, command, at }: Situation<'transfer-patient'>): Ruling {
  const who = roleReasons(command.by, ['prescriber', 'administrator', 'patient', 'guardian']);
  if (who.length > 0) return refused(who);
  if (file.enrollment === null) return refused(['NOT_ENROLLED']);
  if (command.by.role === 'prescriber' && command.by.id !== file.enrollment.prescriber && command.by.id !== command.to)
    return refused(['NOT_THIS_PATIENTS_PRESCRIBER'], at);
  const to = file.participants[command.to];
  if (to?.kind !== 'prescriber' || !isCertified(to, at)) return refused(['PRESCRIBER_NOT_CERTIFIED'], at);
  return accepted([{ kind: 'enrollment', enrollment: { ...file.enrollment, prescriber: command.to } }]);
}

function deactivate({ file, command, at, edition }: Situation<'deactivate-patient' | 'record-death'>): Ruling {
  const who = roleReasons(command.by, ['prescriber', 'administrator', 'system']);
  if (who.length > 0) return refused(who);
  if (file.enrollment === null) return refused(['NOT_ENROLLED']);
  const died = command.do === 'record-death';
  if (file.enrollment.deactivatedAt !== null && !(died && file.enrollment.deceasedAt === null)) return refused(['PATIENT_DEACTIVATED']);
  const enrollment = {
    ...file.enrollment,
    deactivatedAt: file.enrollment.deactivatedAt ?? at,
    deceasedAt: died ? at : file.enrollment.deceasedAt,
  };
  return accepted([{ kind: 'enrollment', enrollment }, ...(died ? endOpen(file, at) : revokeOpen(file, at, edition))]);
}

export const ENROLLING: Handlers<Named> = {
  'enroll-patient': enroll,
  're-enroll-patient': enroll,
  'sign-agreement': signAgreement,
  'withdraw-agreement': withdrawAgreement,
  'change-category': changeCategory,
  'transfer-patient': transfer,
  'deactivate-patient': deactivate,
  'record-death': deactivate,
};

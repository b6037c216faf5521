import { dateAt, type Instant, type LocalDate } from '../calendar.js';
import { governing } from '../category.js';
import { contraceptionFile, contraceptionReason, methodWarnings } from '../contraception.js';
import { fillsOfThisEnrollment } from '../dispensing.js';
import { type Authorization, type Case, type Evidence, evidenceOf } from '../patient.js';
import type { Edition } from '../program.js';
import type { WarningCode } from '../reason.js';
import { aboveIndication, aboveMaximum, aboveRenal, type OnTherapy, offSchedule, prescribed } from './dose.js';
import type { DrugFacts, Indication, Reminder, Said } from './drug.js';
import { type LaboratoryWork, laboratoryWork } from './laboratory.js';
import { type StandingMedicine, standingMedicines, worksOn } from './medication-list.js';
import { isOneOf, type Recognised, recognised } from './medicine.js';
import { type ClinicalRecord, clinicalRecord } from './record.js';

/** The clinical look at one prescription: what a person should weigh before it is issued or handed over. Pure; it stops nothing: an edition that has some
 * of it stop says so (stop.ts). */

/** One thing to look at. `medicine` is written as it stands on the list. */
export interface ClinicalFinding {
  readonly code: WarningCode;
  readonly medicine: string | null;
  readonly effect: Said | null;
  readonly act: Said | null;
}

export interface Reviewed {
  readonly file: Case;
  readonly edition: Edition;
  readonly at: Instant;
  /** null: nothing is prescribed at this moment. */
  readonly authorization: Authorization | null;
}

export interface Screened {
  readonly medicine: StandingMedicine;
  readonly taken: boolean;
  /** Whether everything in it was looked up. */
  readonly screened: boolean;
}

export interface ClinicalReview {
  readonly record: ClinicalRecord;
  readonly findings: readonly ClinicalFinding[];
  readonly medicines: readonly Screened[];
  readonly indication: Indication | null;
  readonly laboratory: readonly LaboratoryWork[];
  readonly reminders: readonly Reminder[];
}

/** What the counter is not told: it is about her contraception (domain rule of who sees what). Nobody at the counter may answer for it either. */
export const NOT_FOR_THE_COUNTER: readonly WarningCode[] = ['HORMONAL_METHOD_WEAKENED', 'ESTROGEN_THROMBOSIS'];

const bare = (code: WarningCode): ClinicalFinding => ({ code, medicine: null, effect: null, act: null });

interface Look {
  readonly facts: DrugFacts;
  readonly on: LocalDate;
  /** The list, each medicine with what its name was understood as: asked once, because three checks look at it. */
  readonly listed: readonly { readonly medicine: StandingMedicine; readonly seen: Recognised }[];
}

/** The label's interactions with what is taken, or still works. */
function interactions({ facts, listed, on }: Look): ClinicalFinding[] {
  return listed.flatMap(({ medicine, seen }) =>
    facts.interactions
      .filter((each) => isOneOf(seen.codes, each.with, facts.formulary) && worksOn(medicine, on, 0, each.washoutDays ?? 0))
      .map(({ code, effect, act }) => ({ code, medicine: medicine.name, effect, act })),
  );
}

/** Enzyme inducers beside a hormonal method that she relies on: without it her contraception would not be what the program asks. */
function weakenedMethods({ facts, listed, on }: Look, { file, edition }: Reviewed): ClinicalFinding[] {
  const { families, weakenedBy, onsetDays, washoutDays, effect, act } = facts.formulary.hormonalContraception;
  const those = [...weakenedBy, ...(facts.weakensContraceptionToo ?? [])];
  const inducers = listed.filter(
    ({ medicine, seen }) => worksOn(medicine, on, onsetDays ?? 0, washoutDays ?? 0) && isOneOf(seen.codes, those, facts.formulary),
  );
  if (inducers.length === 0) return [];
  const isHormonal = (method: string): boolean => families.includes(edition.contraception.methods[method]?.family ?? '');
  const inUse = contraceptionFile(file).methods.filter(({ from, until }) => from <= on && (until === null || on <= until));
  if (!inUse.some(({ method }) => isHormonal(method))) return [];
  const without = { ...file, evidence: file.evidence.filter((fact) => fact.kind !== 'contraception' || !isHormonal(fact.method)) };
  if (contraceptionReason(without, on, false, edition) === null) return [];
  return inducers.map(({ medicine }) => ({ code: 'HORMONAL_METHOD_WEAKENED', medicine: medicine.name, effect, act }));
}

/**
 * What stands on the list of a record that may be hers warns too (rules §9.15), and names nothing: it may be another person's. Each list is
 * read by itself, so that a whole list here ends nothing there.
 */
function ofDoubles(look: Look, reviewed: Reviewed, contraception: boolean): ClinicalFinding[] {
  const codes = reviewed.file.linked.flatMap((record) => {
    const listed = understood(standingMedicines(evidenceOf(record, 'medication-list')), look.facts);
    const theirs: Look = { ...look, listed };
    const unknown = screening(theirs).some(({ taken, screened }) => taken && !screened);
    return [
      ...(contraception && listed.length > 0 ? weakenedMethods(theirs, reviewed) : []),
      ...interactions(theirs),
      ...(unknown ? [bare('NOT_SCREENED')] : []),
    ].map(({ code }) => code);
  });
  return [...new Set(codes)].map(bare);
}

const understood = (medicines: readonly StandingMedicine[], { formulary }: DrugFacts): Look['listed'] =>
  medicines.map((medicine) => ({ medicine, seen: recognised(medicine.name, medicine.rxnorm, formulary) }));

function screening({ facts, listed, on }: Look): Screened[] {
  return listed.map(({ medicine, seen: { whole, codes } }) => {
    // Where the label's list is not known whole, only a medicine that it names has been looked at.
    const named = codes.some((code) => facts.interactions.some((each) => isOneOf([code], each.with, facts.formulary)));
    return { medicine, taken: worksOn(medicine, on), screened: whole && (facts.interactionsComplete === true || named) };
  });
}

function doseFindings(
  facts: DrugFacts,
  { clearance }: ClinicalRecord,
  authorization: Authorization,
  indication: Indication | null,
  therapy: OnTherapy,
): ClinicalFinding[] {
  const given = prescribed(authorization.prescription.lines);
  if (given === null) return [];
  return [
    ...(clearance !== null && aboveRenal(given, clearance, indication, facts, therapy) ? [bare('DOSE_ABOVE_RENAL')] : []),
    ...(aboveMaximum(given, facts) || aboveIndication(given, indication, therapy) ? [bare('DOSE_ABOVE_LABEL')] : []),
    ...(offSchedule(given, indication) ? [bare('SCHEDULE_NOT_AS_LABELED')] : []),
  ];
}

export function clinicalReview(reviewed: Reviewed): ClinicalReview {
  const { file, edition, at, authorization } = reviewed;
  const on = dateAt(at, edition.zone);
  const record = clinicalRecord(file.evidence);
  const governed = governing({ file, edition, on });
  const methods = governed?.category.contraception ? methodWarnings(file, on, edition).map(bare) : [];
  const facts = edition.drug ?? null;
  if (facts === null) return { record, findings: methods, medicines: [], indication: null, laboratory: [], reminders: [] };
  const listed = understood(record.medicines, facts);
  const look: Look = { facts, on, listed };
  const indication = typeof record.indication === 'string' ? (facts.indications[record.indication] ?? null) : null;
  const therapy: OnTherapy = { since: firstHandOver(file), on };
  const laboratory = laboratoryWork(indication, record.laboratory, facts, therapy);
  const medicines = screening(look);
  const unknown = medicines.filter(({ taken, screened }) => taken && !screened);
  return {
    record,
    medicines,
    indication,
    laboratory,
    findings: [
      ...(governed?.category.contraception && record.medicines.length > 0 ? weakenedMethods(look, reviewed) : []),
      ...methods,
      ...interactions(look),
      ...unknown.map(({ medicine }): ClinicalFinding => ({ ...bare('NOT_SCREENED'), medicine: medicine.name })),
      ...ofDoubles(look, reviewed, governed?.category.contraception === true),
      ...(authorization === null ? [] : doseFindings(facts, record, authorization, indication, therapy)),
      ...laboratory.filter(({ dueOn }) => dueOn !== null && dueOn <= on).map(() => bare('LABORATORY_DUE')),
    ],
    reminders: facts.reminders.filter(
      ({ categories, indications }) =>
        (categories === null || (governed !== null && categories.includes(governed.code))) &&
        (indications === null || (typeof record.indication === 'string' && indications.includes(record.indication))),
    ),
  };
}

const firstHandOver = (file: Case): LocalDate | null =>
  fillsOfThisEnrollment(file)
    .map((fill) => fill.handedOver.on)
    .sort()[0] ?? null;

const CLINICAL: ReadonlySet<Evidence['kind']> = new Set([
  'medication-list',
  'indication',
  'creatinine-clearance',
  'laboratory-work',
  'contraception',
]);

/** Whether the look goes by that fact. */
export const isClinical = (fact: Evidence): boolean => CLINICAL.has(fact.kind);

/** The warnings alone, each once, in the order of the review. */
export function clinicalWarnings(reviewed: Reviewed): WarningCode[] {
  // The counter's road is the hot one. Without such a fact only the bare maximum of the dose is left to look at.
  const { evidence, linked } = reviewed.file;
  const some = evidence.some(isClinical) || linked.some((record) => record.evidence.some(isClinical));
  if (!some) return maximumOnly(reviewed);
  return [...new Set(clinicalReview(reviewed).findings.map(({ code }) => code))];
}

function maximumOnly({ edition, authorization }: Reviewed): WarningCode[] {
  const given = authorization === null ? null : prescribed(authorization.prescription.lines);
  const facts = edition.drug ?? null;
  if (given === null || facts === null) return [];
  return aboveMaximum(given, facts) ? ['DOSE_ABOVE_LABEL'] : [];
}

import { ApiProperty } from '@nestjs/swagger';
import type { LoadedCase } from '../authorization/case.store.js';
import { said } from '../authorization/view.js';
import { type ClinicalReview, clinicalReview } from '../domain/clinical/review.js';
import { capsulesFor } from '../domain/dispensing.js';
import { type Authorization, type Case, evidenceOf } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import type { WarningCode } from '../domain/reason.js';
import { aboutOf, findingsFor, notChecked } from '../wording/clinical.js';
import { warningFor } from '../wording/warning.js';

/** The clinical look at a patient, for her practice or for the pharmacist who holds her prescription. */

const nullable = (description: string) => ({ type: String, nullable: true, description });

export class MedicineView {
  @ApiProperty({ description: 'As it was written' }) name!: string;
  @ApiProperty(nullable('RxNorm, where the list had one')) rxnorm!: string | null;
  @ApiProperty(nullable('Since: a day or a month')) from!: string | null;
  @ApiProperty(nullable('The last day')) until!: string | null;
  @ApiProperty({ enum: ['patient', 'guardian', 'prescriber', 'pharmacist', 'record'], description: 'Who said so' }) saidBy!: string;
  @ApiProperty({ description: 'Who wrote it down: prescriber, delegate or pharmacy' }) enteredBy!: string;
  @ApiProperty({ description: 'When, ISO 8601' }) enteredAt!: string;
  @ApiProperty({ description: 'Taken today' }) taken!: boolean;
  @ApiProperty({ description: 'Looked up whole. false says nothing about whether it is safe' }) screened!: boolean;
}

export class AboutView {
  @ApiProperty(nullable('As it is written on the list')) medicine!: string | null;
  @ApiProperty(nullable('What it does')) effect!: string | null;
  @ApiProperty(nullable('What to do')) act!: string | null;
  @ApiProperty(nullable('Where that is from')) source!: string | null;
  @ApiProperty({ description: 'Read in a copy of that source' }) verified!: boolean;
}

export class AcknowledgedView {
  @ApiProperty({ enum: ['acknowledged', 'acted-on'] }) action!: string;
  @ApiProperty({ description: 'prescriber or pharmacy' }) by!: string;
  @ApiProperty({ description: 'ISO 8601' }) at!: string;
}

export class ClinicalWarningView {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'What is the case' }) text!: string;
  @ApiProperty({ description: 'What to do next' }) nextAct!: string;
  @ApiProperty({ description: 'The telephone that helps' }) phone!: string;
  @ApiProperty({ type: [AboutView], description: 'Why, one for each medicine' }) about!: AboutView[];
  @ApiProperty({ type: [AcknowledgedView], description: 'Who has seen it for this prescription, the newest first' })
  acknowledged!: AcknowledgedView[];
}

export class LaboratoryView {
  @ApiProperty() code!: string;
  @ApiProperty() title!: string;
  @ApiProperty(nullable('The last day on record')) lastOn!: string | null;
  @ApiProperty(nullable('The day by which the next one is due; null when no schedule is known, or before the first hand-over')) dueOn!:
    | string
    | null;
}

export class DoseView {
  @ApiProperty() indication!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ description: 'mg on a dosing day' }) mgPerDay!: number;
  @ApiProperty({ description: 'Dosing days from the first day of a cycle' }) daysOn!: number;
  @ApiProperty({ description: 'Days of a cycle' }) cycleDays!: number;
  @ApiProperty({ description: 'Capsules of one cycle, one a dosing day' }) capsules!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'May be raised to, mg' }) raisedMgPerDay!: number | null;
}

export class ReminderView {
  @ApiProperty() id!: string;
  @ApiProperty() text!: string;
  @ApiProperty() source!: string;
  @ApiProperty() verified!: boolean;
}

export class ReviewView {
  @ApiProperty({ description: 'ISO 8601' }) asOf!: string;
  @ApiProperty(nullable('When the list was last written, ISO 8601; null: never')) listedAt!: string | null;
  @ApiProperty({ type: [MedicineView] }) medicines!: MedicineView[];
  @ApiProperty({ type: [ClinicalWarningView], description: 'What to weigh. None of it refuses' }) warnings!: ClinicalWarningView[];
  @ApiProperty({ type: [String], description: 'What was not looked at, and why' }) notChecked!: string[];
  @ApiProperty({ type: DoseView, nullable: true, description: 'The label’s dose for what it is prescribed for; for the practice' })
  dose!: DoseView | null;
  @ApiProperty({ type: [LaboratoryView], description: 'For the practice' }) laboratory!: LaboratoryView[];
  @ApiProperty({ type: [ReminderView], description: 'What to tell this patient every time' }) reminders!: ReminderView[];
}

export interface Reviewing {
  readonly loaded: Pick<LoadedCase, 'at' | 'office'>;
  readonly file: Case;
  readonly edition: Edition;
  readonly authorization: Authorization | null;
  readonly deskPhone: string;
}

export function reviewView(
  { loaded, file, edition, authorization, deskPhone }: Reviewing,
  audience: 'prescriber' | 'pharmacist',
): ReviewView {
  const { at, office } = loaded;
  const review = clinicalReview({ file, edition, at, authorization });
  const findings = findingsFor(review.findings, audience);
  const codes = [...new Set(findings.map(({ code }) => code))];
  const practice = audience === 'prescriber';
  return {
    asOf: said(at, edition.zone) ?? '',
    listedAt: said(review.record.listedAt, edition.zone),
    medicines: review.medicines.map(({ medicine, taken, screened }) => ({
      name: medicine.name,
      rxnorm: medicine.rxnorm,
      from: medicine.from,
      until: medicine.until,
      saidBy: medicine.saidBy,
      enteredBy: medicine.enteredBy.role,
      enteredAt: said(medicine.enteredAt, edition.zone) ?? '',
      taken,
      screened,
    })),
    warnings: codes.flatMap((code) => {
      const words = warningFor(code, audience, { deskPhone, office });
      return words === null
        ? []
        : [{ code, ...words, about: aboutOf(code, findings), acknowledged: acknowledged(file, edition, code, authorization) }];
    }),
    notChecked: notChecked(review, edition.drug != null, audience),
    dose: practice ? doseOf(review) : null,
    laboratory: practice ? [...review.laboratory] : [],
    reminders: review.reminders.map(({ id, says }) => ({ id, ...says })),
  };
}

function doseOf({ indication, record }: ClinicalReview): DoseView | null {
  if (!indication?.dose) return null;
  const { mgPerDay, regimen, raisedMgPerDay } = indication.dose;
  return {
    indication: record.indication ?? '',
    title: indication.title,
    mgPerDay,
    daysOn: regimen.daysOn,
    cycleDays: regimen.cycleDays,
    capsules: capsulesFor(regimen.cycleDays, regimen),
    raisedMgPerDay,
  };
}

function acknowledged(file: Case, edition: Edition, code: WarningCode, authorization: Authorization | null): AcknowledgedView[] {
  return evidenceOf(file, 'warning-acknowledged')
    .filter((fact) => fact.authorization === authorization?.id && fact.warnings.includes(code))
    .map((fact) => ({ action: fact.action, by: fact.by.role, at: said(fact.recordedAt, edition.zone) ?? '' }))
    .reverse();
}

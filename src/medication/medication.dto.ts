import { ApiProperty } from '@nestjs/swagger';
import type { Command } from '../domain/authorization/command.js';
import { startOfDateOrMonth } from '../domain/calendar.js';
import type { ListedMedicine, WarningAction } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { WARNINGS, type WarningCode } from '../domain/reason.js';
import { choice, type FieldRule } from '../http/field-rules.js';
import {
  ChoiceField,
  CodeField,
  DateOrMonthField,
  FlagField,
  IdField,
  ListField,
  LocalDateField,
  NumberField,
  ObjectListField,
  OptionalField,
  RuleField,
  TextField,
} from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import type { Base } from '../speaker/patient.commands.js';
import { type BundleOf, medicinesIn } from './bundle.js';
import { ReviewView } from './review.view.js';

const MAX_MEDICINES = 100;

const rxnorm: FieldRule = {
  name: 'rxnorm',
  holds: (value) => typeof value === 'string' && /^\d{1,9}$/.test(value),
  message: 'Give the RxNorm number: 1 to 9 digits, as text.',
  schema: { type: 'string', pattern: '^\\d{1,9}$', example: '9384' },
};

/** The wrapping, judged before anything is looked for. Its inside is read by rules of its own, which name each place. */
const bundle: FieldRule = {
  name: 'bundle',
  holds: (value) =>
    typeof value === 'object' &&
    value !== null &&
    'resourceType' in value &&
    value.resourceType === 'Bundle' &&
    'entry' in value &&
    Array.isArray(value.entry),
  message: 'Send a FHIR R4 Bundle: an object with "resourceType": "Bundle" and a list of entries.',
  schema: {
    type: 'object',
    additionalProperties: true,
    example: { resourceType: 'Bundle', type: 'collection', entry: [] },
  },
};

export class MedicineRequest {
  @TextField({ max: 200, description: 'Name, as the patient or the label says it' })
  name!: string;
  @OptionalField()
  @RuleField(rxnorm, { description: 'RxNorm number, where it is known' })
  rxnorm?: string;
  @OptionalField()
  @DateOrMonthField({ description: 'Taken since; a day ahead is a plan' })
  from?: string;
  @OptionalField()
  @LocalDateField({ description: 'The last day, when it has ended or will' })
  until?: string;
  @ChoiceField(['patient', 'guardian', 'prescriber', 'pharmacist', 'record'], { description: 'Who said so' })
  saidBy!: ListedMedicine['saidBy'];
}

/** What else the patient takes. */
export class MedicationsRequest {
  @FlagField({
    description: 'true: this is the whole list, and what it leaves out has ended. false: these come to the list, or change on it',
  })
  whole!: boolean;
  @ObjectListField(() => MedicineRequest, {
    max: MAX_MEDICINES,
    description: 'The medicines. A whole list may be empty: nothing else is taken',
  })
  medicines!: MedicineRequest[];

  toCommand(base: Base): Command {
    const errors = this.medicines.flatMap(({ from, until }, index) =>
      from !== undefined && until !== undefined && until < startOfDateOrMonth(from)
        ? [{ pointer: `/medicines/${index}/until`, message: 'The last day cannot lie before the first one.' }]
        : [],
    );
    if (!this.whole && this.medicines.length === 0)
      errors.push({ pointer: '/medicines', message: 'Name a medicine, or send a whole list.' });
    if (errors.length > 0) throw fieldsInvalid(errors);
    const medicines = this.medicines.map(({ name, rxnorm: code, from, until, saidBy }) => ({
      name: name.trim(),
      rxnorm: code ?? null,
      from: from ?? null,
      until: until ?? null,
      saidBy,
    }));
    return { ...base, do: 'record-medications', whole: this.whole, medicines };
  }
}

export class BundleRequest {
  @FlagField({ description: 'true: the bundle is the whole list, and what it leaves out has ended. false: it comes to the list' })
  whole!: boolean;
  @RuleField(bundle, {
    description: 'A FHIR R4 Bundle of MedicationStatement and MedicationRequest, with the Medications that they point to',
  })
  bundle!: Record<string, unknown>;

  toCommand(base: Base, of: BundleOf): { command: Command; left: readonly LeftView[] } {
    const { medicines, left } = medicinesIn(this.bundle, of);
    if (!this.whole && medicines.length === 0)
      throw fieldsInvalid([{ pointer: '/bundle/entry', message: 'No entry names a medicine that is taken.' }]);
    return { command: { ...base, do: 'record-medications', whole: this.whole, medicines }, left };
  }
}

export class PracticeMedicationsRequest extends MedicationsRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
}

export class PracticeBundleRequest extends BundleRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
}

export class IndicationRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @CodeField(60, {
    nullable: true,
    description:
      'What the drug is prescribed for, as the label facts call it; null: something that they do not name. It never refuses anything',
  })
  indication!: string | null;

  toCommand(base: Base, edition: Edition): Command {
    const known = Object.keys(edition.drug?.indications ?? {});
    if (this.indication !== null && !known.includes(this.indication))
      throw fieldsInvalid([{ pointer: '/indication', message: `Give one of: ${known.join(', ') || 'none is on file'}; or null.` }]);
    return { ...base, do: 'state-indication', indication: this.indication };
  }
}

export class ClearanceRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @NumberField({ min: 0, max: 400, integer: false, description: 'Creatinine clearance, mL/min' })
  mlPerMin!: number;
  @FlagField({ description: 'On dialysis' })
  dialysis!: boolean;
  @LocalDateField({ description: 'The day it is of' })
  on!: string;

  toCommand(base: Base): Command {
    const { mlPerMin, dialysis, on } = this;
    return { ...base, do: 'record-creatinine-clearance', mlPerMin, dialysis, on };
  }
}

export class LaboratoryWorkRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @CodeField(60, { description: 'What was done, as the label facts call it; never what it showed' })
  what!: string;
  @LocalDateField({ description: 'The day of the specimen' })
  on!: string;

  toCommand(base: Base, edition: Edition): Command {
    const known = Object.keys(edition.drug?.laboratory ?? {});
    if (!known.includes(this.what))
      throw fieldsInvalid([{ pointer: '/what', message: `Give one of: ${known.join(', ') || 'none is on file'}.` }]);
    return { ...base, do: 'record-laboratory-work', what: this.what, on: this.on };
  }
}

export class AcknowledgementRequest {
  @ListField(choice(WARNINGS), { min: 1, max: WARNINGS.length, unique: true, description: 'The warnings seen' })
  warnings!: WarningCode[];
  @ChoiceField(['acknowledged', 'acted-on'], { description: 'Seen and weighed, or something was changed because of it' })
  action!: WarningAction;
  @OptionalField()
  @TextField({ max: 1_000, lines: true, description: 'What was weighed, or changed' })
  note?: string;

  toCommand(base: Base, authorization: string): Command {
    return { ...base, do: 'acknowledge-warning', authorization, warnings: this.warnings, action: this.action, note: this.note ?? null };
  }
}

export class PracticeAcknowledgementRequest extends AcknowledgementRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
  @IdField({ description: 'The prescription it stands beside' })
  authorizationId!: string;
}

export class LeftView {
  @ApiProperty({ description: 'Place in the bundle, from 0' }) entry!: number;
  @ApiProperty({ description: 'Why it is not on the list' }) why!: string;
}

export class ReviewReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'The next act' }) headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: ReviewView, description: 'How it looks now' }) review!: ReviewView;
}

export class ImportReply extends ReviewReply {
  @ApiProperty({ type: [LeftView], description: 'Entries of the bundle that name no medicine that is taken' }) left!: readonly LeftView[];
}

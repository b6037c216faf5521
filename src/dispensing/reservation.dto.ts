import type { GivenLine } from '../domain/authorization/command.js';
import type { Instant } from '../domain/calendar.js';
import type { ChecklistAnswer } from '../domain/checklist.js';
import {
  ChoiceField,
  CodeField,
  FlagField,
  IdField,
  InstantField,
  NumberField,
  ObjectListField,
  OptionalField,
  TextField,
  ZoneField,
} from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import { NumberRequest, SITE_ZONE } from './counter.dto.js';

export class ReleaseRequest {
  @FlagField({ description: 'Nothing of it was handed over or shipped' })
  notHandedOver!: boolean;
}

export class TransferRequest {
  @IdField({ description: 'The site of the same chain that takes it over' })
  toSiteId!: string;
}

export class AnswerRequest {
  @CodeField(60, { description: 'The question’s id, from the answer to verify or reserve' })
  question!: string;
  @ChoiceField(['yes', 'no'], { description: 'The answer' })
  answer!: 'yes' | 'no';
}

export class GivenLineRequest {
  @TextField({ max: 20, description: 'National Drug Code as printed on the package' })
  ndc!: string;
  @TextField({ max: 40, description: 'Lot as printed on the package' })
  lot!: string;
  @NumberField({ min: 0.1, max: 1_000, integer: false, description: 'Strength of one capsule, mg' })
  strengthMg!: number;
  @NumberField({ min: 1, max: 1_000, description: 'Capsules out of this lot' })
  capsules!: number;
}

/** What a hand-over is, whether it is asked for or has happened. */
export interface HandOver {
  readonly method: 'handover' | 'ship';
  /** As sent; only for words where another zone is on record. */
  readonly siteZone: string | null;
  readonly checklist: readonly ChecklistAnswer[];
  readonly medicationGuide: boolean;
  readonly lines: readonly GivenLine[];
  readonly supplyDays: number | null;
  /** null while it is asked for. */
  readonly handedOverAt: Instant | null;
}

const METHOD = { description: 'Handed to the patient, or given to a carrier' };
const CHECKLIST = { max: 60, description: 'The answers to the category’s questions; a question left out counts as open' };
const GUIDE = { description: 'The Medication Guide goes, or went, with it' };
const LINES = { max: 20, description: 'What is handed over, package by package' };
const DAYS = { min: 1, max: 366, description: 'Days of therapy they last, when that is less than authorized' };
const WHEN = { description: 'When it was handed over or given to the carrier' };

interface HandOverFields {
  readonly method: 'handover' | 'ship';
  readonly siteZone?: string;
  readonly checklist?: readonly AnswerRequest[];
  readonly medicationGuide?: boolean;
  readonly lines?: readonly GivenLineRequest[];
  readonly supplyDays?: number;
  readonly handedOverAt?: string;
}

/** Plain data, so that the entry holds exactly this. What a report leaves out was not done, which is recorded with it. */
const handOverOf = (said: HandOverFields): HandOver => ({
  method: said.method,
  siteZone: said.siteZone ?? null,
  checklist: (said.checklist ?? []).map(({ question, answer }) => ({ question, answer })),
  medicationGuide: said.medicationGuide ?? false,
  lines: (said.lines ?? []).map(({ ndc, lot, strengthMg, capsules }) => ({ ndc, lot, strengthMg, capsules })),
  supplyDays: said.supplyDays ?? null,
  handedOverAt: said.handedOverAt === undefined ? null : Date.parse(said.handedOverAt),
});

export class DispenseRequest {
  @ChoiceField(['handover', 'ship'], METHOD)
  method!: 'handover' | 'ship';
  @OptionalField()
  @ZoneField(SITE_ZONE)
  siteZone?: string;
  @OptionalField()
  @ObjectListField(() => AnswerRequest, CHECKLIST)
  checklist?: AnswerRequest[];
  @OptionalField()
  @FlagField(GUIDE)
  medicationGuide?: boolean;
  @OptionalField()
  @ObjectListField(() => GivenLineRequest, {
    ...LINES,
    description: `${LINES.description}; needed unless handedOverAt says that it happened`,
  })
  lines?: GivenLineRequest[];
  @OptionalField()
  @NumberField(DAYS)
  supplyDays?: number;
  @OptionalField()
  @InstantField({ description: `${WHEN.description}, to report one that happened; left out to ask whether it may` })
  handedOverAt?: string;

  toHandOver(): HandOver {
    const asked = handOverOf(this);
    // A report is taken with whatever is known; before a hand-over the packages lie on the counter.
    if (asked.handedOverAt === null && asked.lines.length === 0)
      throw fieldsInvalid([{ pointer: '/lines', message: 'Name each package you hand over: product code, lot, strength and capsules.' }]);
    return asked;
  }
}

/** A hand-over that happened, told with the number because nothing is reserved. */
export class ReportRequest extends NumberRequest {
  @ChoiceField(['handover', 'ship'], METHOD)
  method!: 'handover' | 'ship';
  @OptionalField()
  @ZoneField(SITE_ZONE)
  siteZone?: string;
  @InstantField(WHEN)
  handedOverAt!: string;
  @OptionalField()
  @ObjectListField(() => AnswerRequest, CHECKLIST)
  checklist?: AnswerRequest[];
  @OptionalField()
  @FlagField(GUIDE)
  medicationGuide?: boolean;
  @OptionalField()
  @ObjectListField(() => GivenLineRequest, LINES)
  lines?: GivenLineRequest[];
  @OptionalField()
  @NumberField(DAYS)
  supplyDays?: number;

  toHandOver(): HandOver {
    return handOverOf(this);
  }
}

export class CorrectionRequest {
  @TextField({ max: 500, description: 'What was wrong with the hand-over' })
  error!: string;
  @FlagField({ description: 'The patient has been told and knows what to do' })
  patientContacted!: boolean;
}

export class ReturnRequest {
  @FlagField({ description: 'The package came back unopened' })
  unopened!: boolean;
}

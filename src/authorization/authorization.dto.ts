import { ApiProperty } from '@nestjs/swagger';
import type { PrescriptionInput } from '../domain/authorization/command.js';
import { code } from '../http/field-rules.js';
import {
  ChoiceField,
  CodeField,
  IdField,
  ListField,
  NumberField,
  ObjectField,
  ObjectListField,
  OptionalField,
  TextField,
} from '../http/fields.js';
import { AuthorizationView } from './view.js';

export class RegimenRequest {
  @NumberField({ min: 0.5, max: 10, integer: false, description: 'Capsules a day on dosing days' })
  perDay!: number;
  @NumberField({ min: 1, max: 100, description: 'Dosing days from the first day of a cycle' })
  daysOn!: number;
  @NumberField({ min: 1, max: 100, description: 'Days of a cycle' })
  cycleDays!: number;
}

export class LineRequest {
  @NumberField({ min: 0.1, max: 1_000, integer: false, description: 'Strength of one capsule, mg' })
  strengthMg!: number;
  @NumberField({ min: 1, max: 1_000, description: 'Capsules in all' })
  capsules!: number;
  @ObjectField(() => RegimenRequest, { description: 'How they are taken' })
  regimen!: RegimenRequest;
}

export class StartAuthorizationRequest {
  @IdField({ description: 'The patient' })
  patientId!: string;
  @CodeField(60, { description: 'The program, for example that of the drug prescribed' })
  program!: string;
  @ObjectListField(() => LineRequest, { min: 1, max: 6, description: 'One line a strength' })
  lines!: LineRequest[];
  @NumberField({ min: 1, max: 366, description: 'Days of therapy that all lines together last' })
  supplyDays!: number;
  @OptionalField()
  @NumberField({ min: 0, max: 99, description: 'Refills written on the prescription; they are struck' })
  refills?: number;
  @ChoiceField(['electronic', 'written', 'telephone'], { description: 'How the prescription reaches the pharmacy' })
  channel!: 'electronic' | 'written' | 'telephone';

  toPrescription(): PrescriptionInput {
    const lines = this.lines.map(({ strengthMg, capsules, regimen }) => ({ strengthMg, capsules, regimen: { ...regimen } }));
    return { lines, supplyDays: this.supplyDays, refills: this.refills ?? 0, channel: this.channel };
  }
}

export class CertifyCounselingRequest {
  @OptionalField()
  @ListField(code(60), { max: 20, unique: true, description: 'Topics named beyond the usual ones, for example partner-pregnancy' })
  topics?: string[];
}

export class CancelAuthorizationRequest {
  @TextField({ max: 500, description: 'Why it is taken back' })
  reason!: string;
}

export class AuthorizationReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object], description: 'What to look at, without being refused' }) warnings!: object[];
  @ApiProperty({ type: AuthorizationView }) authorization!: AuthorizationView;
}

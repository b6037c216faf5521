import { ApiProperty } from '@nestjs/swagger';
import { ACCESS_DENIED } from '../authorization/access.denied.js';
import { COMMAND_NAMES } from '../domain/authorization/decide.js';
import { REASON_CODES, type ReasonCode } from '../domain/reason.js';
import { ChoiceField, IdField, InstantField, NumberField, TextField } from '../http/fields.js';

const OUTCOMES = ['allow', 'deny', 'recorded-as-deviation'] as const;
const COMMANDS = [...COMMAND_NAMES, 'assign-finding', 'close-finding', ACCESS_DENIED];

export class SearchEntriesRequest {
  @IdField({ description: 'The patient’s pseudonym', optional: true })
  patient?: string;
  @IdField({ description: 'The authorization', optional: true })
  authorization?: string;
  @IdField({ description: 'Pharmacy site, prescriber or office that acted', optional: true })
  organization?: string;
  @ChoiceField(COMMANDS, { description: 'What was asked', optional: true })
  command?: string;
  @ChoiceField(OUTCOMES, { description: 'How it fell', optional: true })
  outcome?: (typeof OUTCOMES)[number];
  @ChoiceField(REASON_CODES, { description: 'A reason among those given', optional: true })
  reason?: ReasonCode;
  @InstantField({
    description: 'Recorded from; left out: 31 days before `until`, or ever, when a patient or an authorization is named',
    optional: true,
  })
  from?: string;
  @InstantField({ description: 'Recorded until; left out: now', optional: true })
  until?: string;
  @TextField({ max: 100, description: 'The cursor of the page before', optional: true })
  after?: string;
  @NumberField({ min: 1, max: 200, optional: true, description: 'How many; 50 when left out' })
  limit?: number;
}

export class ReasonView {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'What it means, without anything about a person' }) text!: string;
}

export class EntryActorView {
  @ApiProperty({ description: 'The account' }) subject!: string;
  @ApiProperty() role!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Prescriber, delegate, site or administrator' }) participant!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The person at a site' }) person!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'For whom a guardian or a scribe spoke' }) onBehalfOf!: string | null;
}

export class EntryView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Eight characters, as they were read out to the caller' }) reference!: string;
  @ApiProperty({ description: 'Database time of the decision, ISO 8601 in the program’s zone' }) recordedAt!: string;
  @ApiProperty() command!: string;
  @ApiProperty({ enum: OUTCOMES }) outcome!: string;
  @ApiProperty({ type: [ReasonView] }) reasons!: ReasonView[];
  @ApiProperty({ type: [ReasonView], required: false, description: 'What an advisory program referred instead of refusing' })
  referrals?: ReasonView[];
  @ApiProperty({ type: EntryActorView }) actor!: EntryActorView;
  @ApiProperty({ type: String, nullable: true, description: 'Pseudonym' }) patient!: string | null;
  @ApiProperty({ type: String, nullable: true }) authorization!: string | null;
  @ApiProperty({ enum: ['enrollment', 'participant', 'program', 'finding', 'unknown'] }) aggregate!: string;
  @ApiProperty() aggregateId!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'The version it made; null when it changed nothing' }) version!: number | null;
  @ApiProperty({ description: 'The version it was decided on' }) saw!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Edition of the rules' }) edition!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The entry it follows from, when no person gave it' }) causedBy!: string | null;
}

export class EntryList {
  @ApiProperty({ type: [EntryView], description: 'Newest first' }) entries!: EntryView[];
  @ApiProperty({ description: 'What was searched, ISO 8601' }) from!: string;
  @ApiProperty({ description: 'What was searched, ISO 8601' }) until!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Send it as `after` for the next page; null: this was the last' }) next!:
    | string
    | null;
}

export class VerificationView {
  @ApiProperty({ enum: ['valid', 'invalid', 'unknown-key'], description: 'Over the exact bytes' }) signature!: string;
  @ApiProperty({ enum: ['match', 'differ', 'erased'], description: 'The side values against the signed commitments' }) values!: string;
  @ApiProperty({ type: [String], description: 'Columns that say something else than the signed line' })
  differingColumns!: readonly string[];
}

export class EntryDetail extends EntryView {
  @ApiProperty({ description: 'The exact signed bytes, base64: RFC 8785 canonical JSON' }) bytes!: string;
  @ApiProperty({ description: 'Ed25519, base64' }) signature!: string;
  @ApiProperty({ description: 'Which key; see /v1/log/key' }) keyId!: string;
  @ApiProperty({ type: Object, description: 'The signed line' }) line!: object;
  @ApiProperty({ type: Object, nullable: true, description: 'What the line only commits to; null once erased' }) values!: object | null;
  @ApiProperty({ type: Object, nullable: true, description: 'Base64 salts of the commitments, by name; null once erased' }) salts!:
    | object
    | null;
  @ApiProperty({ type: VerificationView }) verification!: VerificationView;
}

export class StateChangeView {
  @ApiProperty({ format: 'uuid' }) authorization!: string;
  @ApiProperty({ type: String, nullable: true, description: 'null: it was just started' }) before!: string | null;
  @ApiProperty() after!: string;
}

export class TimelineStepView extends EntryView {
  @ApiProperty({ type: [StateChangeView] }) changes!: readonly StateChangeView[];
}

export class TimelineView {
  @ApiProperty({ type: [TimelineStepView], description: 'In the order it happened' }) steps!: TimelineStepView[];
  @ApiProperty({ description: 'As known at, ISO 8601' }) asOf!: string;
  @ApiProperty({ description: 'false: there are more entries than one answer holds; search by time' }) whole!: boolean;
}

export class ParameterView {
  @ApiProperty({ description: 'Place in the edition’s document' }) path!: string;
  @ApiProperty({ type: Object, nullable: true }) value!: unknown;
  @ApiProperty() source!: string;
  @ApiProperty({ description: 'Whether the source itself was read' }) verified!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'Our reading where the source is silent' }) reading!: string | null;
}

export class RequirementView {
  @ApiProperty() requirement!: string;
  @ApiProperty() met!: boolean;
  @ApiProperty({ type: [ReasonView] }) reasons!: ReasonView[];
  @ApiProperty({ type: [ParameterView] }) parameters!: readonly ParameterView[];
}

export class ExplanationView {
  @ApiProperty({ type: EntryView }) entry!: EntryView;
  @ApiProperty({ enum: ['issue', 'verify', 'reserve', 'dispense'], nullable: true, description: 'The edition’s list it was judged by' })
  judgedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Risk category that governed' }) category!: string | null;
  @ApiProperty({ type: [RequirementView] }) requirements!: RequirementView[];
  @ApiProperty({ type: [ReasonView], description: 'Recorded reasons that no requirement of the list gives' }) beside!: ReasonView[];
  @ApiProperty({ type: String, description: 'Hash of the edition’s document' }) editionHash!: string;
}

export class DifferenceView {
  @ApiProperty() field!: string;
  @ApiProperty({ type: Object, nullable: true }) recorded!: unknown;
  @ApiProperty({ type: Object, nullable: true }) replayed!: unknown;
}

export class ReplayView {
  @ApiProperty({ description: 'The decision taken again is bit for bit the recorded one' }) same!: boolean;
  @ApiProperty({ type: [DifferenceView] }) differences!: readonly DifferenceView[];
  @ApiProperty({ description: 'Entries whose effects were folded to the case it was decided on' }) basedOn!: number;
  @ApiProperty({ type: [String], description: 'Entries among them, or itself, whose signature, values or columns do not agree' })
  unsound!: readonly string[];
  @ApiProperty({ type: VerificationView }) verification!: VerificationView;
}

export class EarlierKeyView {
  @ApiProperty({ description: 'As entries name it' }) keyId!: string;
  @ApiProperty({ description: 'SPKI, PEM' }) publicKeyPem!: string;
}

export class LogKeyView extends EarlierKeyView {
  @ApiProperty({ enum: ['Ed25519'] }) algorithm!: 'Ed25519';
  @ApiProperty({ type: [EarlierKeyView], description: 'The keys that signed before this one' }) earlier!: EarlierKeyView[];
}

import { ApiProperty } from '@nestjs/swagger';
import { AuthorizationView } from '../authorization/view.js';

/** A patient as her own practice sees her: everything on record that a next prescription rests on. */

const nullable = (description?: string) => ({ type: String, nullable: true, ...(description ? { description } : {}) });

export class ReasonView {
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'What is the case' }) text!: string;
  @ApiProperty({ description: 'What to do next' }) nextAct!: string;
  @ApiProperty({ description: 'Who can mend it' }) who!: string;
  @ApiProperty({ description: 'The number to call' }) phone!: string;
}

export class WhenView {
  @ApiProperty({ description: 'ISO 8601, in the program’s zone' }) at!: string;
  @ApiProperty({ description: 'The same in words' }) words!: string;
}

export class PersonView {
  @ApiProperty() givenName!: string;
  @ApiProperty() familyName!: string;
  @ApiProperty({ format: 'date' }) birthDate!: string;
  @ApiProperty(nullable()) phone!: string | null;
  @ApiProperty(nullable()) postalCode!: string | null;
  @ApiProperty(nullable('The number of your own record')) recordNumber!: string | null;
}

export class CategoryView {
  @ApiProperty(nullable('As registered')) code!: string | null;
  @ApiProperty(nullable()) title!: string | null;
  @ApiProperty(nullable('Since when, ISO 8601')) since!: string | null;
  @ApiProperty(nullable('What the answers on record give today')) byAnswers!: string | null;
}

export class AgreementView {
  @ApiProperty() category!: string;
  @ApiProperty({ format: 'date' }) signedOn!: string;
  @ApiProperty({ type: [String] }) signedBy!: readonly string[];
}

export class TestView {
  @ApiProperty() id!: string;
  @ApiProperty({ description: 'ISO 8601' }) collectedAt!: string;
  @ApiProperty({ format: 'date', description: 'The date at the place of collection' }) collectedOn!: string;
  @ApiProperty() result!: string;
  @ApiProperty() method!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'mIU/mL' }) value!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Smallest amount the method sees, mIU/mL' }) sensitivity!: number | null;
  @ApiProperty(nullable()) setting!: string | null;
  @ApiProperty() source!: string;
  @ApiProperty() retracted!: boolean;
}

export class MethodView {
  @ApiProperty() method!: string;
  @ApiProperty({ description: 'A date; of a month, its last day' }) from!: string;
  @ApiProperty(nullable()) until!: string | null;
}

export class PeriodView {
  @ApiProperty(nullable('null: always')) from!: string | null;
  @ApiProperty(nullable()) until!: string | null;
}

export class ContraceptionView {
  @ApiProperty({ type: [MethodView] }) methods!: MethodView[];
  @ApiProperty({ type: [PeriodView] }) abstinence!: PeriodView[];
  @ApiProperty({ type: [String] }) contraindicated!: string[];
}

export class SurveyView {
  @ApiProperty({ description: 'ISO 8601' }) completedAt!: string;
  @ApiProperty() by!: string;
}

export class HoldView {
  @ApiProperty({ type: ReasonView }) reason!: ReasonView;
  @ApiProperty({ description: 'ISO 8601' }) since!: string;
}

export class NextIssueView {
  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'The one in preparation; null: none is started' })
  authorizationId!: string | null;
  @ApiProperty() headline!: string;
  @ApiProperty({ type: [ReasonView] }) missing!: ReasonView[];
  @ApiProperty({ type: WhenView, nullable: true, description: 'When it can be issued at the earliest; null when that hangs on judgement' })
  earliest!: WhenView | null;
}

export class SupplyView {
  @ApiProperty({ description: 'Days of therapy left in the patient’s hands, today included' }) daysLeft!: number;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) lastsThrough!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date', description: 'The first day of the next fill' }) earliestFillOn!:
    | string
    | null;
  @ApiProperty() runningOut!: boolean;
}

export class TestReminderView {
  @ApiProperty({ enum: ['start', 'end'], description: 'Counted from the start or from the end of therapy' }) after!: 'start' | 'end';
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ type: String, nullable: true, format: 'date', description: 'null: no last day' }) until!: string | null;
}

export class TestingView {
  @ApiProperty({ type: String, nullable: true, format: 'date' }) nextDueOn!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Days from one test to the next' }) intervalDays!: number | null;
  @ApiProperty({ type: [TestReminderView], description: 'Tests that the program wants and that stop nothing, while none answers them' })
  reminders!: readonly TestReminderView[];
}

export class TailView {
  @ApiProperty({ format: 'date' }) endedOn!: string;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) contraceptionUntil!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date', description: 'No giving of blood or sperm, condoms, no sharing' })
  dutiesUntil!: string | null;
}

export class SamePersonView {
  @ApiProperty({ format: 'uuid' }) linkId!: string;
  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'The other record, where it is yours to see' }) patientId!:
    | string
    | null;
  @ApiProperty({ description: 'ISO 8601' }) since!: string;
  @ApiProperty({ description: 'Two persons have found that it is one person' }) established!: boolean;
  @ApiProperty({ description: 'One person has asked to part them, and a second has to agree' }) removalAsked!: boolean;
}

export class PatientView {
  @ApiProperty({ format: 'uuid' }) patientId!: string;
  @ApiProperty() program!: string;
  @ApiProperty({ description: 'ISO 8601; every date and time below is of this moment' }) asOf!: string;
  @ApiProperty({ type: PersonView }) person!: PersonView;
  @ApiProperty({ description: 'Counts every change' }) revision!: number;
  @ApiProperty({ description: 'ISO 8601' }) enrolledAt!: string;
  @ApiProperty(nullable('ISO 8601')) reEnrolledAt!: string | null;
  @ApiProperty(nullable('ISO 8601')) deactivatedAt!: string | null;
  @ApiProperty(nullable('ISO 8601')) deceasedAt!: string | null;
  @ApiProperty({ type: CategoryView }) category!: CategoryView;
  @ApiProperty({ type: Object, description: 'The category questions as answered; null where it is not known' }) answers!: object;
  @ApiProperty({ type: AgreementView, nullable: true, description: 'The one in force' }) agreement!: AgreementView | null;
  @ApiProperty({ type: [TestView], description: 'Newest first' }) tests!: TestView[];
  @ApiProperty({ type: ContraceptionView }) contraception!: ContraceptionView;
  @ApiProperty({ type: [SurveyView], description: 'Newest first' }) surveys!: SurveyView[];
  @ApiProperty({ type: [HoldView] }) holds!: HoldView[];
  @ApiProperty({ type: [AuthorizationView], description: 'Those that have not ended, and were not filled' })
  authorizations!: AuthorizationView[];
  @ApiProperty({ enum: ['mine', 'staff', 'patient', 'laboratory', 'pharmacy', 'time'], description: '`mine` is the prescriber’s' })
  turn!: string;
  @ApiProperty({ type: WhenView, nullable: true, description: 'Last moment to act' }) closes!: WhenView | null;
  @ApiProperty({ type: NextIssueView }) next!: NextIssueView;
  @ApiProperty({ type: SupplyView }) supply!: SupplyView;
  @ApiProperty({ type: TestingView }) testing!: TestingView;
  @ApiProperty({ type: TailView, nullable: true, description: 'What goes on after the end of therapy' }) tail!: TailView | null;
  @ApiProperty({ type: [SamePersonView], description: 'Records that may be the same person’s' }) samePerson!: SamePersonView[];
}

export class EndedView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Where it stands now' }) state!: string;
  @ApiProperty({ description: 'A pharmacy holds it' }) heldByPharmacy!: boolean;
}

/** What a change of category would do, before it is saved. */
export class CategoryPreview {
  @ApiProperty({ description: 'Whether it could be saved now' }) accepted!: boolean;
  @ApiProperty() headline!: string;
  @ApiProperty({ type: [ReasonView], description: 'What stands in the way of saving it' }) reasons!: ReasonView[];
  @ApiProperty(nullable()) from!: string | null;
  @ApiProperty(nullable()) to!: string | null;
  @ApiProperty(nullable()) toTitle!: string | null;
  @ApiProperty({ type: [EndedView], description: 'Authorizations that would end at once' }) ends!: EndedView[];
  @ApiProperty({ type: [ReasonView], description: 'What the next prescription would then lack' }) nextMissing!: ReasonView[];
}

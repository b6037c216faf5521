import { ApiProperty, PartialType } from '@nestjs/swagger';
import { undeclarable } from '../domain/category.js';
import { type Answers, type Declared, NO_ANSWERS } from '../domain/patient.js';
import type { Edition } from '../domain/program.js';
import { choice, id } from '../http/field-rules.js';
import {
  ChoiceField,
  CodeField,
  DateOrMonthField,
  FlagField,
  IdField,
  ListField,
  LocalDateField,
  MomentField,
  NumberField,
  ObjectField,
  ObjectListField,
  OptionalField,
  TextField,
} from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import { IdentityRequest } from '../speaker/identity.dto.js';

const CYCLES = ['regular', 'irregular', 'none'] as const;
const CAUSES = ['natural', 'medical-treatment', 'breast-feeding'] as const;
const SIGNERS = ['patient', 'guardian'] as const;
const GROUNDS = ['menarche', 'menopause', 'hysterectomy', 'oophorectomy', 'turned-18', 'correction'] as const;

export class AmenorrheaRequest {
  @DateOrMonthField({ description: 'Since when there have been no periods; the month is enough' })
  since!: string;
  @ChoiceField(CAUSES, { description: 'Why' })
  cause!: (typeof CAUSES)[number];
}

/** An answer to a question that a program adds to the fixed ones; one of the three, as the program asks it. */
export class DeclaredAnswerRequest {
  @CodeField(60, { description: 'The question, by its code' })
  question!: string;
  @OptionalField()
  @FlagField({ description: 'Of a question for yes or no' })
  yes?: boolean;
  @OptionalField()
  @NumberField({ min: -1_000_000, max: 1_000_000, integer: false, description: 'Of a question for a number' })
  number?: number;
  @OptionalField()
  @CodeField(60, { description: 'Of a question with choices: the one that is so' })
  choice?: string;
}

/** The category questions. Each is asked: null says that the answer is not known, leaving one out is a question forgotten. */
export class AnswersRequest {
  @ChoiceField(['female', 'male'], { nullable: true, description: 'Sex as on record; the answers below decide, not this field' })
  sex!: 'female' | 'male' | null;
  @FlagField({ nullable: true, description: 'Has had a first period' })
  menarche!: boolean | null;
  @ObjectField(() => AmenorrheaRequest, {
    nullable: true,
    description: 'Periods have stopped; null when they have not, or it is not known',
  })
  amenorrhea!: AmenorrheaRequest | null;
  @FlagField({ nullable: true, description: 'The uterus was removed' })
  hysterectomy!: boolean | null;
  @FlagField({ nullable: true, description: 'Both ovaries were removed' })
  bilateralOophorectomy!: boolean | null;
  @ChoiceField(CYCLES, { nullable: true, description: 'How regular periods are' })
  cycle!: (typeof CYCLES)[number] | null;
  @FlagField({ nullable: true, description: 'Was born without uterus and ovaries' })
  neverHadUterusOrOvaries!: boolean | null;
  @FlagField({
    nullable: true,
    description: 'A specialist has determined, and two persons have documented, that pregnancy is not possible',
  })
  determinedNotFertile!: boolean | null;
  @OptionalField()
  @ObjectListField(() => DeclaredAnswerRequest, { max: 20, description: 'Questions that the program adds, each once' })
  declared?: DeclaredAnswerRequest[];
}

/** What determinedNotFertile rests on: another person's signed document. */
export class DeterminationRequest {
  @TextField({ max: 200, description: 'Name of the specialist who determined it, another person than the one who signs here' })
  name!: string;
  @TextField({ max: 60, description: 'The specialist’s licence, with the state that gave it' })
  licence!: string;
  @LocalDateField({ description: 'The date of the document' })
  on!: string;
}

const DETERMINATION = 'Needed when determinedNotFertile is answered yes: the specialist’s document';

/** Of the category questions, those that are answered anew. */
export class ChangedAnswersRequest extends PartialType(AnswersRequest) {}

/** Answers as the domain knows them, only those that were given. */
export function answersOf(request: ChangedAnswersRequest): Partial<Answers> {
  const given = Object.entries(request).filter(([name, value]) => name in NO_ANSWERS && value !== undefined);
  const declared = request.declared === undefined ? {} : { declared: declaredOf(request.declared) };
  const answers: Partial<Answers> = { ...Object.fromEntries(given), ...declared };
  return answers.amenorrhea ? { ...answers, amenorrhea: { since: answers.amenorrhea.since, cause: answers.amenorrhea.cause } } : answers;
}

const declaredOf = (answers: readonly DeclaredAnswerRequest[]): Declared =>
  Object.fromEntries(
    answers.flatMap(({ question, yes, number, choice: chosen }) => {
      const value = yes ?? number ?? chosen;
      return value === undefined ? [] : [[question, value]];
    }),
  );

/** Each added question is one that the edition asks, once, and answered as it asks. @throws Problem 400 naming the field */
export function checkDeclared(request: ChangedAnswersRequest | undefined, edition: Edition): void {
  const { declared = [] } = request ?? {};
  const strange = undeclarable(declaredOf(declared), edition);
  const errors = declared.flatMap(({ question, yes, number, choice: chosen }, index) => {
    const given = [yes, number, chosen].filter((value) => value !== undefined).length;
    const again = declared.findIndex((other) => other.question === question) !== index;
    const fits = given === 1 && !again && !strange.includes(question);
    return fits
      ? []
      : [{ pointer: `/answers/declared/${index}`, message: 'Answer a question of this program, once, in the way it is asked.' }];
  });
  if (errors.length > 0) throw fieldsInvalid(errors);
}

export class AgreementRequest {
  @MomentField({ description: 'When it was signed' })
  signedAt!: string;
  @ListField(choice(SIGNERS), { min: 1, max: 2, unique: true, description: 'Who signed it with you' })
  signedBy!: (typeof SIGNERS)[number][];
}

export class EnrollPatientRequest {
  @TextField({ max: 100, description: 'Given name' })
  givenName!: string;
  @TextField({ max: 100, description: 'Family name' })
  familyName!: string;
  @LocalDateField({ description: 'Date of birth' })
  birthDate!: string;
  @OptionalField()
  @TextField({ max: 40, description: 'Telephone' })
  phone?: string;
  @OptionalField()
  @TextField({ max: 12, description: 'Postal code' })
  postalCode?: string;
  @OptionalField()
  @TextField({ max: 40, description: 'The number of your own record of this patient' })
  recordNumber?: string;
  @CodeField(60, { description: 'The program' })
  program!: string;
  @ObjectField(() => AnswersRequest, { description: 'The category questions; the category follows from them' })
  answers!: AnswersRequest;
  @OptionalField()
  @ObjectField(() => DeterminationRequest, { description: DETERMINATION })
  determination?: DeterminationRequest;
  @OptionalField()
  @CodeField(60, { description: 'A stricter category than the answers give; leave it out otherwise' })
  category?: string;
  @ObjectField(() => AgreementRequest, { description: 'The signed agreement' })
  agreement!: AgreementRequest;
  @OptionalField()
  @ListField(id, { max: 50, unique: true, description: 'Records of your own that were named as possibly the same person, and are not' })
  notTheSamePersonAs?: string[];
  @OptionalField()
  @FlagField({ description: 'This is a new person, whatever records may be like it' })
  confirmNewPerson?: boolean;
}

/** What every command about an enrolled patient names: the same patient may be in several programs. */
export class InProgramRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
}

/** A patient who is in a program already, in another one. */
export class EnrollInProgramRequest extends InProgramRequest {
  @OptionalField()
  @ObjectField(() => ChangedAnswersRequest, {
    description: 'Category questions answered anew; the others stand as she answered them before',
  })
  answers?: ChangedAnswersRequest;
  @OptionalField()
  @ObjectField(() => DeterminationRequest, { description: DETERMINATION })
  determination?: DeterminationRequest;
  @OptionalField()
  @CodeField(60, { description: 'A stricter category than the answers give; leave it out otherwise' })
  category?: string;
  @ObjectField(() => AgreementRequest, { description: 'The signed agreement of this program' })
  agreement!: AgreementRequest;
}

export class ReEnrollPatientRequest extends InProgramRequest {
  @OptionalField()
  @ObjectField(() => ChangedAnswersRequest, { description: 'Category questions answered anew; the others stand as they are' })
  answers?: ChangedAnswersRequest;
  @OptionalField()
  @ObjectField(() => DeterminationRequest, { description: DETERMINATION })
  determination?: DeterminationRequest;
  @OptionalField()
  @CodeField(60, { description: 'A stricter category than the answers give; leave it out otherwise' })
  category?: string;
  @ObjectField(() => AgreementRequest, { description: 'The signed agreement' })
  agreement!: AgreementRequest;
}

export class SignAgreementRequest extends InProgramRequest {
  @MomentField({ description: 'When it was signed' })
  signedAt!: string;
  @ListField(choice(SIGNERS), { min: 1, max: 2, unique: true, description: 'Who signed it with the prescriber' })
  signedBy!: (typeof SIGNERS)[number][];
  @OptionalField()
  @CodeField(60, { description: 'The category of the form, where it is not the patient’s present one' })
  category?: string;
}

export class ReasonRequest extends InProgramRequest {
  @TextField({ max: 500, description: 'Why' })
  reason!: string;
}

export class WithdrawAgreementRequest extends ReasonRequest {
  @OptionalField()
  @ObjectField(() => IdentityRequest, { description: 'From the phone desk only, and there always: what the person on the line answered' })
  identity?: IdentityRequest;
}

export class PreviewCategoryRequest extends InProgramRequest {
  @ChoiceField(GROUNDS, { description: 'What has changed' })
  grounds!: (typeof GROUNDS)[number];
  @OptionalField()
  @ObjectField(() => ChangedAnswersRequest, { description: 'Category questions answered anew; the others stand as they are' })
  answers?: ChangedAnswersRequest;
  @OptionalField()
  @ObjectField(() => DeterminationRequest, { description: DETERMINATION })
  determination?: DeterminationRequest;
  @OptionalField()
  @CodeField(60, { description: 'A stricter category than the answers give; leave it out otherwise' })
  category?: string;
}

export class ChangeCategoryRequest extends PreviewCategoryRequest {
  @OptionalField()
  @ObjectField(() => AgreementRequest, { description: 'The agreement for the new category, when it is signed already' })
  agreement?: AgreementRequest;
}

export class TransferPatientRequest extends InProgramRequest {
  @IdField({ description: 'The prescriber who takes over' })
  to!: string;
}

export class LinkPatientsRequest extends InProgramRequest {
  @IdField({ description: 'One record' })
  patientId!: string;
  @IdField({ description: 'The other record' })
  otherPatientId!: string;
}

/** The answer to every accepted command about an enrollment. */
export class EnrollmentReply {
  @ApiProperty({ enum: ['allow'] }) outcome!: 'allow';
  @ApiProperty() headline!: string;
  @ApiProperty({ description: 'Eight characters to read out when you call' }) reference!: string;
  @ApiProperty({ type: [Object] }) reasons!: object[];
  @ApiProperty({ type: [Object], description: 'What to look at, without being refused' }) warnings!: object[];
  @ApiProperty({ format: 'uuid' }) patientId!: string;
  @ApiProperty() program!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The registered category' }) category!: string | null;
  @ApiProperty({ type: String, nullable: true }) categoryTitle!: string | null;
  @ApiProperty({ type: [String], format: 'uuid', description: 'Authorizations that this ended' }) ended!: string[];
}

export class EnrolledReply extends EnrollmentReply {
  @ApiProperty({ description: 'Records that may be the same person’s, and follow the stricter rules together with this one' })
  linkedTo!: number;
}

import type { Command } from '../domain/authorization/command.js';
import { readMoment } from '../domain/calendar.js';
import type { PregnancyTest } from '../domain/patient.js';
import { contradictsItself, isSetting, sensitivityOf } from '../domain/pregnancy-test.js';
import type { Edition } from '../domain/program.js';
import { id } from '../http/field-rules.js';
import { ChoiceField, CodeField, ListField, MomentField, NumberField, ObjectField, OptionalField, TextField } from '../http/fields.js';
import { type FieldProblem, fieldsInvalid } from '../http/problem.js';
import { OwnRequest } from '../speaker/identity.dto.js';
import type { Base } from '../speaker/patient.commands.js';
import { EvidenceRequest } from './evidence.dto.js';

const RESULTS = ['negative', 'positive', 'indeterminate', 'invalid'] as const;
const SOURCES = ['laboratory', 'prescriber'] as const;
type Method = PregnancyTest['method'];
type Setting = NonNullable<PregnancyTest['setting']>;

const COLLECTED = 'When the specimen was collected, with the offset of the place; the date alone is the whole day';
const METHOD = 'How it was tested, as the program calls it';
const VALUE = 'Of a quantitative result, mIU/mL';
const SENSITIVITY = 'The smallest amount that is seen, mIU/mL. A home kit has to give it; laboratory methods have it from the program';
const SETTING = 'Where it was done, as the program calls it';
const SOURCE =
  'Where the result comes from: a laboratory’s report, or the prescriber’s own test (the default). Others’ entries are marked as theirs';

/** A value that is no negative's: which of the two is right, only the laboratory's report can tell. */
const valueDefects = (test: Pick<PregnancyTest, 'result' | 'value'>, edition: Edition): FieldProblem[] =>
  contradictsItself(test, edition)
    ? [{ pointer: '/value', message: 'This value is not that of a negative result. Check value and result against the report.' }]
    : [];

/** What is wrong with a test's names, and with a kit that does not say what it sees. */
function defectsIn(test: { method: string; setting: string | null; sensitivity: number | null }, edition: Edition): FieldProblem[] {
  const defects: FieldProblem[] = [];
  if (edition.tests.methodSensitivity[test.method] === undefined)
    defects.push({ pointer: '/method', message: 'The program knows no such method of testing. Give one of its codes.' });
  if (test.setting !== null && !isSetting(test.setting, edition))
    defects.push({ pointer: '/setting', message: 'The program knows no such setting. Give one of its codes.' });
  if (defects.length === 0 && test.sensitivity === null)
    defects.push({ pointer: '/sensitivity', message: 'Give what this kit can see, in mIU/mL. It is written on its package.' });
  return defects;
}

export class PregnancyTestRequest extends EvidenceRequest {
  @MomentField({ description: COLLECTED })
  collectedAt!: string;
  @ChoiceField(RESULTS, { description: 'The result; invalid: not performed, or a failed control' })
  result!: PregnancyTest['result'];
  @CodeField(60, { description: METHOD })
  method!: string;
  @CodeField(60, { description: SETTING })
  setting!: string;
  @OptionalField()
  @NumberField({ min: 0, max: 10_000_000, integer: false, description: VALUE })
  value?: number;
  @OptionalField()
  @NumberField({ min: 0.1, max: 10_000, integer: false, description: SENSITIVITY })
  sensitivity?: number;
  @OptionalField()
  @ChoiceField(SOURCES, { description: SOURCE })
  source?: (typeof SOURCES)[number];

  /** The fact's id is the test's own: what a correction names. */
  toCommand(base: Base, edition: Edition): Command {
    const { method, setting } = this;
    const sensitivity = this.sensitivity ?? sensitivityOf(method, setting, edition);
    const { result, value = null } = this;
    const defects = [...defectsIn({ method, setting, sensitivity }, edition), ...valueDefects({ result, value }, edition)];
    if (defects.length > 0) throw fieldsInvalid(defects);
    const test: PregnancyTest = {
      id: base.id,
      collected: readMoment(this.collectedAt, edition.zone),
      result,
      method: method as Method,
      value,
      sensitivity,
      setting: setting as Setting,
      source: this.source ?? 'prescriber',
    };
    return { ...base, do: 'record-pregnancy-test', test };
  }
}

export class TestCorrectionRequest extends OwnRequest {
  @OptionalField()
  @MomentField({ description: COLLECTED })
  collectedAt?: string;
  @OptionalField()
  @ChoiceField(RESULTS, { description: 'The result as it should read' })
  result?: PregnancyTest['result'];
  @OptionalField()
  @CodeField(60, { description: METHOD })
  method?: string;
  @OptionalField()
  @CodeField(60, { description: SETTING })
  setting?: string;
  @OptionalField()
  @NumberField({ min: 0, max: 10_000_000, integer: false, description: VALUE })
  value?: number;
  @OptionalField()
  @NumberField({ min: 0.1, max: 10_000, integer: false, description: SENSITIVITY })
  sensitivity?: number;
  @OptionalField()
  @ChoiceField(SOURCES, { description: 'The prescriber signs for a result that a delegate or the patient entered' })
  source?: (typeof SOURCES)[number];
  @TextField({ max: 500, description: 'Why it is corrected' })
  reason!: string;

  toCommand(base: Base, edition: Edition, before: PregnancyTest): Command {
    const { collectedAt, result, method, setting, value, source } = this;
    const named = [collectedAt, result, method, setting, value, this.sensitivity, source];
    if (named.every((field) => field === undefined))
      throw fieldsInvalid([{ pointer: '', message: 'Name at least one field as it should read.' }]);
    // What the kit sees belongs to method and setting: an assumed value does not outlive them.
    const moved = method !== undefined || setting !== undefined;
    const after = { method: method ?? before.method, setting: setting ?? before.setting };
    const assumed = moved && after.setting !== null ? sensitivityOf(after.method, after.setting, edition) : before.sensitivity;
    const sensitivity = this.sensitivity ?? assumed;
    const defects = [
      ...(moved ? defectsIn({ ...after, sensitivity }, edition) : []),
      ...valueDefects({ result: result ?? before.result, value: value ?? before.value }, edition),
    ];
    if (defects.length > 0) throw fieldsInvalid(defects);
    return {
      ...base,
      do: 'correct-pregnancy-test',
      test: before.id,
      corrected: {
        ...(collectedAt === undefined ? {} : { collected: readMoment(collectedAt, edition.zone) }),
        ...(result === undefined ? {} : { result }),
        ...(method === undefined ? {} : { method: method as Method }),
        ...(setting === undefined ? {} : { setting: setting as Setting }),
        ...(value === undefined ? {} : { value }),
        ...(sensitivity === before.sensitivity ? {} : { sensitivity }),
        ...(source === undefined ? {} : { source }),
      },
      reason: this.reason,
    };
  }
}

export class TestRetractionRequest extends OwnRequest {
  @TextField({ max: 500, description: 'Why it is taken back, for example that it is another patient’s' })
  reason!: string;
}

export class SpecialistRequest {
  @TextField({ max: 200, description: 'Name' })
  name!: string;
  @TextField({ max: 60, description: 'Licence, with the state that gave it' })
  licence!: string;
}

export class ClearingRequest extends OwnRequest {
  @ListField(id, { min: 2, max: 2, unique: true, description: 'The two quantitative results, by their ids' })
  tests!: string[];
  @ObjectField(() => SpecialistRequest, {
    description: 'Who determined it: an obstetrician or gynecologist, another person than the one who signs here',
  })
  determinedBy!: SpecialistRequest;
  @ChoiceField(['false-positive', 'not-pregnant'], { description: 'What was determined' })
  grounds!: string;

  /** Who signs may not be the specialist. The decision compares the licences; the same name is taken for the same person as well. */
  toCommand(base: Base, signer: string | null): Command {
    const { name, licence } = this.determinedBy;
    const samePerson = signer !== null && personKey(signer) === personKey(name);
    return {
      ...base,
      do: 'clear-pregnancy-hold',
      grounds: this.grounds,
      tests: this.tests.map((each) => each.toLowerCase()),
      determinedBy: samePerson ? base.by.id : `${name}, ${licence}`,
      licence,
    };
  }
}

const TITLES = ['dr', 'md', 'do', 'prof', 'professor', 'rn', 'np', 'pa', 'phd', 'facog'];

/** The words of a name, whatever order, title or case they come in. */
const personKey = (name: string): string =>
  (
    name
      .normalize('NFD')
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  )
    .filter((word) => !TITLES.includes(word))
    .sort()
    .join(' ');

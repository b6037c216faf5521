import type { Instant } from './calendar.js';
import type { Accommodation, Case, Evidence, Fill, PregnancyTest } from './patient.js';
import type { Edition, SettingRules } from './program.js';
import type { ReasonCode } from './reason.js';

/** A test as it stands now, with what it once said. */
export interface StandingTest extends PregnancyTest {
  readonly recordedAt: Instant;
  readonly retracted: boolean;
  /** The instants at which it was, or was corrected to be, positive; a correction away from positive does not undo it (rules §9.10). */
  readonly everPositive: boolean;
  /** When it last came to read as it does. */
  readonly changedAt: Instant;
}

type TestFile = Pick<Case, 'evidence'>;

// A decision asks for them half a dozen times; evidence is only ever added, in a new array, so the same array has the same tests.
const remembered = new WeakMap<readonly Evidence[], readonly StandingTest[]>();

/** All tests with their corrections and retractions, oldest collection first. */
export function standingTests(file: TestFile): StandingTest[] {
  const known = remembered.get(file.evidence) ?? readTests(file);
  remembered.set(file.evidence, known);
  return [...known];
}

function readTests(file: TestFile): StandingTest[] {
  const tests = new Map<string, StandingTest>();
  for (const fact of file.evidence) {
    if (fact.kind === 'pregnancy-test') {
      const positive = fact.test.result === 'positive';
      tests.set(fact.test.id, {
        ...fact.test,
        recordedAt: fact.recordedAt,
        retracted: false,
        everPositive: positive,
        changedAt: fact.recordedAt,
      });
    } else if (fact.kind === 'test-correction' || fact.kind === 'test-retraction') {
      const test = tests.get(fact.test);
      if (!test) continue;
      if (fact.kind === 'test-retraction') tests.set(test.id, { ...test, retracted: true, changedAt: fact.recordedAt });
      else {
        const everPositive = test.everPositive || fact.corrected.result === 'positive';
        tests.set(test.id, { ...test, ...fact.corrected, everPositive, changedAt: fact.recordedAt });
      }
    }
  }
  return [...tests.values()].sort((a, b) => a.collected.at - b.collected.at);
}

const inForce = (each: Pick<Accommodation, 'from' | 'until'>, at: Instant): boolean =>
  each.from <= at && (each.until === null || at <= each.until);

/** Whether an accommodation of that kind is in force at that instant: one of the edition's own, or one that an administrator set. */
export function accommodated(file: Pick<Case, 'accommodations'>, edition: Edition, kind: string, at: Instant): boolean {
  const announced = edition.accommodations[kind];
  return (announced !== undefined && inForce(announced, at)) || file.accommodations.some((each) => each.kind === kind && inForce(each, at));
}

/** Every place a test may be taken at, in the order of the therapy: before the first prescription, then on it. */
const phases = ({ tests }: Edition): readonly SettingRules[] => [...tests.places, tests.onTherapy];

/** Where a test has to be taken just before a first prescription; on therapy, where the edition asks for none before it. */
export const beforeTherapy = ({ tests }: Edition): SettingRules => tests.places.at(-1) ?? tests.onTherapy;

/** Where a test has to be taken by somebody with those fills. */
export const settingRules = (fills: readonly Fill[], edition: Edition): SettingRules =>
  fills.length > 0 ? edition.tests.onTherapy : beforeTherapy(edition);

/** What keeps a negative result from being accepted, whatever its date; empty when nothing does. */
export function defectsOf(
  test: StandingTest,
  file: Pick<Case, 'accommodations'>,
  edition: Edition,
  { settings, settingAccommodations }: SettingRules,
): ReasonCode[] {
  const rules = edition.tests;
  const defects: ReasonCode[] = [];
  if (test.retracted) defects.push('TEST_RETRACTED');
  if (!rules.signedSources.includes(test.source)) defects.push('TEST_NOT_SIGNED');
  if (rules.maxSensitivity === null || settings === null) defects.push('RULE_MISSING');
  if (rules.maxSensitivity !== null && (test.sensitivity === null || test.sensitivity > rules.maxSensitivity))
    defects.push('TEST_SENSITIVITY');
  const accommodation = test.setting === null ? undefined : settingAccommodations[test.setting];
  const settingAccepted =
    test.setting !== null &&
    (settings?.includes(test.setting) === true ||
      (accommodation !== undefined && accommodated(file, edition, accommodation, test.collected.at)));
  if (!settingAccepted) defects.push('TEST_SETTING');
  // Values decide, not labels (rules §9.10): which of the two is wrong, nobody knows, so what the result is, is not on record.
  if (contradictsItself(test, edition)) defects.push('FACT_UNKNOWN');
  return defects;
}

type TestedFile = Pick<Case, 'evidence' | 'accommodations'>;

/** Negative results collected by `at`, newest first, each with what is wrong with it. */
export function negatives(
  file: TestedFile,
  at: Instant,
  edition: Edition,
  where: SettingRules,
): { test: StandingTest; defects: ReasonCode[] }[] {
  return standingTests(file)
    .filter((test) => test.result === 'negative' && test.collected.at <= at)
    .reverse()
    .map((test) => ({ test, defects: defectsOf(test, file, edition, where) }));
}

export const acceptedNegatives = (file: TestedFile, at: Instant, edition: Edition, where: SettingRules): StandingTest[] =>
  negatives(file, at, edition, where)
    .filter((each) => each.defects.length === 0)
    .map((each) => each.test);

/** Whether the edition knows that setting, accepted or only under an accommodation. */
export const isSetting = (setting: string, edition: Edition): boolean =>
  phases(edition).some((each) => each.settings?.includes(setting) || each.settingAccommodations[setting] !== undefined);

/** What a method is known to see where the program accepts its tests as they are; null for a kit, which has to say so itself (rules §9.9). */
export const sensitivityOf = (method: string, setting: string, edition: Edition): number | null =>
  phases(edition).every((each) => each.settings?.includes(setting)) ? (edition.tests.methodSensitivity[method] ?? null) : null;

/** Whether a result called negative names an amount that every accepted test has to see: one of the two is a slip of the pen. */
export const contradictsItself = ({ result, value }: Pick<PregnancyTest, 'result' | 'value'>, { tests }: Edition): boolean =>
  result === 'negative' && value !== null && tests.maxSensitivity !== null && value >= tests.maxSensitivity;

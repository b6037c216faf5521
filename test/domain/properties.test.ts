import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from '../../src/domain/authorization/command.js';
import { decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { birthday, startOfDay } from '../../src/domain/calendar.js';
import type { Case } from '../../src/domain/patient.js';
import { firstRules } from '../../src/domain/therapy.js';
import { at, commands, deepFreeze, EDITION, Story, type Words, world } from '../support/cases.js';
import { MOMENTS, PERMITTING } from '../support/moments.js';
import { dateOf, objections, type Said } from '../support/witness.js';

// Random lives: whatever is said, by whom, in whatever order and at whatever distance, some things never happen. The witness objects.

/** More by night. */
const LIVES = Number(process.env['PROPERTY_RUNS'] ?? 120);
const RUNS = { numRuns: LIVES, seed: 20_261_123 };
const FEWER = { ...RUNS, numRuns: Math.ceil(LIVES / 4) };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const test_ = (id: string, result: string, more: object = {}): Words => ({
  do: 'record-pregnancy-test',
  id,
  collectedAt: '$at',
  result,
  ...more,
});
const SERUM = { method: 'serum-quantitative', value: 1, sensitivity: 1 };
const clearing = (first: string, second: string): Words => ({
  do: 'clear-pregnancy-hold',
  grounds: 'false-positive',
  tests: [first, second],
  determinedBy: 'a specialist',
});
/** `#` stands for a number of its own each time. */
const SAYINGS: readonly Words[] = [
  ...['rx-1', 'rx-2'].flatMap((authorization): Words[] => [
    { do: 'prescribe', authorization },
    { do: 'certify-counseling', authorization },
    { do: 'confirm-contraception', authorization },
    { do: 'issue-authorization', authorization },
    { do: 'issue-authorization', authorization, by: 'dr-2' },
    { do: 'cancel-authorization', authorization, reason: 'not needed' },
    { do: 'verify', authorization },
    { do: 'reserve', authorization },
    { do: 'reserve', authorization, pharmacy: 'ph-2' },
    { do: 'release', authorization },
    { do: 'transfer-reservation', authorization, to: 'ph-2' },
    { do: 'fill', authorization },
    { do: 'dispense', authorization },
    { do: 'dispense', authorization, pharmacy: 'ph-2' },
    { do: 'dispense', authorization, handedOverAt: '$at' },
    { do: 'dispense', authorization, handedOverAt: '2027-01-15T14:00' },
    { do: 'return', authorization },
    { do: 'lapse', by: 'system', authorization },
    { do: 'grant-exception', authorization, kind: 'lost-supply', reason: 'lost', by: ['ad-1', 'ad-2'] },
  ]),
  test_('n#', 'negative'),
  test_('n#', 'negative'),
  test_('late#', 'negative', { collectedAt: '2027-01-10T09:00' }),
  test_('home#', 'negative', { setting: 'home' }),
  test_('s1', 'negative', SERUM),
  test_('s2', 'negative', SERUM),
  test_('p', 'positive'),
  test_('u#', 'indeterminate'),
  clearing('s1', 's2'),
  clearing('s2', 's1'),
  { do: 'retract-pregnancy-test', test: 'p', reason: 'mixed up' },
  { do: 'retract-pregnancy-test', test: 't2', reason: 'mixed up' },
  { do: 'correct-pregnancy-test', test: 'p', result: 'negative', reason: 'read wrongly' },
  { do: 'correct-pregnancy-test', test: 't2', result: 'indeterminate', reason: 'read wrongly' },
  { do: 'correct-pregnancy-test', test: 't2', collectedAt: '2027-01-14T20:00', reason: 'written wrongly' },
  { do: 'correct-pregnancy-test', test: 't2', collectedAt: '2027-01-15T14:59', reason: 'written wrongly' },
  { do: 'report-missed-period', on: '$on' },
  { do: 'report-unprotected-contact', on: '$on' },
  { do: 'report-pregnancy', who: 'patient' },
  { do: 'report-pregnancy', who: 'partner' },
  { do: 'withdraw-agreement', reason: 'no longer wanted' },
  { do: 'sign-agreement', category: 'frp-adult', signedBy: ['patient'] },
  { do: 'sign-agreement', by: 'dr-2', category: 'frp-adult', signedBy: ['patient'] },
  {
    do: 'change-category',
    category: 'female-not-frp-adult',
    grounds: 'hysterectomy',
    agreement: { category: 'female-not-frp-adult', signedAt: '$at', signedBy: ['patient'] },
  },
  { do: 'transfer-patient', to: 'dr-2' },
  { do: 'suspend-prescriber', participant: 'dr-1' },
  { do: 'certify-prescriber', participant: 'dr-1' },
  { do: 'suspend-pharmacy', participant: 'ph-1' },
  { do: 'certify-pharmacy', participant: 'ph-1' },
  { do: 'deactivate-patient', reason: 'moved away' },
  { do: 're-enroll-patient' },
  { do: 'complete-survey' },
  { do: 'complete-survey', answers: 'discrepant' },
  { do: 'resolve-discrepancy', grounds: 'talked about' },
  { do: 'interrupt-therapy', on: '$on' },
  { do: 'resume-therapy', on: '$on' },
  { do: 'set-accommodation', kind: 'home-tests' },
];

/** The road to a fill, which chance alone would seldom find. */
const ROAD: readonly Words[] = [{ do: 'prescribe' }, { do: 'prescribe' }, { do: 'reserve' }, { do: 'dispense' }, { do: 'fill' }];
const sayings = fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...ROAD) }, { weight: 1, arbitrary: fc.constantFrom(...SAYINGS) });
const WAITS = [0, 0, 0, 0, 1, MINUTE, MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 2 * DAY, 7 * DAY, 21 * DAY] as const;
const steps = fc.array(fc.record({ words: sayings, wait: fc.constantFrom(...WAITS) }), { minLength: 8, maxLength: 40, size: 'max' });
const TESTS = (second: number) => [
  { id: 't1', collectedAt: '2027-01-04T09:00', result: 'negative' as const },
  { id: 't2', collectedAt: new Date(second).toISOString(), result: 'negative' as const },
];
const LANDS = [
  ['frp-first', '2027-01-15T15:00'],
  ['frp-on', '2027-03-08T15:00'],
  ['male-first', '2027-01-15T15:00'],
] as const;

/** Lives it, and shows every decision as it falls. */
function live(
  like: string,
  from: string,
  said: readonly { words: Words; wait: number }[],
  see: (now: Said, history: readonly Said[]) => void,
): void {
  let file = world(like, from);
  let now = at(from);
  const history: Said[] = [];
  for (const [index, { words, wait }] of said.entries()) {
    now += wait;
    const own = JSON.parse(JSON.stringify(words).replaceAll('#', String(index))) as Words;
    for (const command of commands(own, now, file, EDITION, `/${index}`).map(deepFreeze)) {
      const decision = deepFreeze(decide(file, command, EDITION));
      const after = deepFreeze(apply(file, decision.effects));
      const one = { command, decision, before: file, after };
      see(one, history);
      history.push(one);
      file = after;
      if (decision.outcome === 'deny') break;
    }
  }
}

describe.each(LANDS)('whatever is said, beginning with %s', (like, from) => {
  const each = (see: (now: Said, history: readonly Said[]) => void, runs = RUNS) =>
    fc.assert(
      fc.property(steps, (said) => live(like, from, said, see)),
      runs,
    );

  test('I1 to I5, I7, I10, I19: the witness objects to nothing, and some lives do come to a fill', () => {
    let fills = 0;
    each((now, history) => {
      fills += now.decision.effects.filter((effect) => effect.kind === 'fill' && effect.fill.outcome === 'permitted').length;
      expect(objections(history, now)).toEqual([]);
      for (const effect of now.decision.effects) {
        const again = effect.kind === 'fill' && now.before.fills.some((fill) => fill.authorization === effect.fill.authorization);
        if (again) expect(effect.fill.outcome).toBe('violation');
      }
    });
    expect(fills).toBeGreaterThan(2);
  });

  test('I21: the same case, command and edition give the same decision, from copies and in another order of asking', () => {
    each(({ before, command, decision }) => {
      const copy = structuredClone(before);
      decide(before, { ...command, at: command.at + 400 * DAY }, EDITION);
      expect(decide(copy, structuredClone(command), EDITION)).toEqual(decision);
    }, FEWER);
  });

  test('I14: what is stored of a decision folds to the same case', () => {
    each(({ before, after, decision }) => {
      const stored = JSON.parse(JSON.stringify(decision.effects)) as typeof decision.effects;
      expect(apply(JSON.parse(JSON.stringify(before)) as Case, stored)).toEqual(JSON.parse(JSON.stringify(after)));
    }, FEWER);
  });

  test('an allowance is still one at the last instant it promises', () => {
    each(({ before, command, decision }) => {
      if (decision.outcome !== 'allow' || decision.validThrough === null || ('handedOver' in command && command.handedOver)) return;
      for (const later of [decision.validThrough, Math.floor((command.at + decision.validThrough) / 2)])
        expect([command.do, decide(before, { ...command, at: later }, EDITION).reasons]).toEqual([command.do, []]);
    });
  });
});

test('I21: what is remembered of one instant never answers for another', () => {
  const wrong = MOMENTS.filter(({ file, command, edition }) => {
    firstRules(file, command.at + 400 * DAY, edition);
    return JSON.stringify(firstRules(file, command.at, edition)) !== JSON.stringify(firstRules({ ...file }, command.at, edition));
  });
  expect(wrong.map(({ of }) => of)).toEqual([]);
});

describe('a correction', () => {
  const hours = fc.integer({ min: 0, max: 23 });
  test('I19: moves the end of an authorization to an earlier day or leaves it, and never to a later one', () => {
    let moved = 0;
    fc.assert(
      fc.property(hours, hours, fc.integer({ min: -2, max: 0 }), (collected, corrected, days) => {
        const issuedAt = at('2027-01-15T23:30');
        const story = new Story(world('frp-first', '2027-01-15T23:30', { tests: TESTS(issuedAt - collected * HOUR) }), issuedAt);
        const issued = story.says({ do: 'prescribe' });
        const before = issued.authorization?.expiresAt ?? 0;
        const collectedAt = new Date(issuedAt - corrected * HOUR + days * DAY).toISOString();
        story.says({ do: 'correct-pregnancy-test', test: 't2', collectedAt, reason: 'written wrongly' }, issuedAt + HOUR);
        const after = story.file.authorizations[0];
        expect(issued.outcome).toBe('allow');
        expect(after?.state === 'revoked' || (after?.expiresAt ?? 0) <= before).toBe(true);
        // Out of its 24 hours it would not have been enough, and a day earlier it ends a day earlier.
        const age = corrected * HOUR - days * DAY;
        expect(after?.state).toBe(age > DAY ? 'revoked' : 'authorized');
        if (after?.state === 'authorized' && after.expiresAt !== before) moved += 1;
      }),
      RUNS,
    );
    expect(moved).toBeGreaterThan(2);
  });

  test('I5: of a positive result to a negative one, or its retraction, allows nothing that the positive refuses', () => {
    const opened = MOMENTS.filter(({ command, decision }) => PERMITTING.includes(command.do) && decision.outcome === 'allow').flatMap(
      ({ of, file, command, edition }) => {
        const moment = { at: command.at - HOUR, until: command.at - HOUR, on: dateOf(command.at - HOUR) };
        const positive = {
          id: 'p',
          collected: moment,
          result: 'positive',
          method: 'urine',
          value: null,
          sensitivity: 25,
          setting: 'clinical',
          source: 'laboratory',
        } as const;
        const recorded = { kind: 'pregnancy-test', id: 'p', recordedAt: command.at - MINUTE, test: positive } as const;
        const about = { id: 'c', recordedAt: command.at, test: 'p', reason: 'read wrongly' } as const;
        const amended = [
          { kind: 'test-correction', ...about, corrected: { result: 'negative' } },
          { kind: 'test-retraction', ...about },
        ] as const;
        return amended
          .filter(
            (each) =>
              !decide({ ...file, evidence: [...file.evidence, recorded, each] }, command, edition).reasons.includes(
                'PREGNANCY_TEST_POSITIVE',
              ),
          )
          .map((each) => `${each.kind}: ${of}`);
      },
    );
    expect(opened).toEqual([]);
  });
});

/** The same command at another instant: the words of a hand-over that happened keep theirs. */
const askedAt = (command: Command, instant: number): Command => ({ ...command, at: instant });

describe('every decision of the case files', () => {
  test('that allows, still allows at the last instant it promises', () => {
    const broken = MOMENTS.filter(({ file, command, edition, decision }) => {
      const asks = PERMITTING.includes(command.do) && !('handedOver' in command && command.handedOver !== null);
      if (!asks || decision.outcome !== 'allow' || decision.validThrough === null) return false;
      return decision.validThrough < command.at || decide(file, askedAt(command, decision.validThrough), edition).outcome !== 'allow';
    });
    expect(broken.map(({ of }) => of)).toEqual([]);
  });
});

/** Does everything a person still can between now and then, and asks for an issue at `then`. */
function askAfterAllActs(file: Case, command: Command, then: number): ReturnType<Story['says']> {
  const story = new Story(file, command.at);
  const by = command.by.id;
  const authorization = 'authorization' in command ? command.authorization : '';
  // At eighteen a category turns adult by itself.
  const adult = dateOf(command.at) >= birthday(file.answers.birthDate ?? '', 18);
  const category = adult ? (file.category ?? '').replace('child', 'adult') : (file.category ?? '');
  const child = category.endsWith('child');
  const speaker = child ? 'guardian' : 'patient';
  const mend = (words: Words, when: number) => story.says(words, when);
  const lacking = decide(file, command, EDITION).reasons;
  if (lacking.some((code) => code.startsWith('AGREEMENT') || code.startsWith('GUARDIAN')))
    mend({ do: 'sign-agreement', by, category, signedBy: ['patient', 'guardian'] }, command.at);
  if (lacking.some((code) => code.startsWith('THERAPY'))) mend({ do: 'resume-therapy', by, on: '$on' }, command.at);
  if (lacking.some((code) => /TOO_FEW|NO_HIGHLY|NOT_ACCEPTED/.test(code)))
    for (const method of ['tubal-ligation', 'male-condom'])
      mend({ do: 'record-contraception', by: speaker, method, from: '$on' }, command.at);
  const negative = (when: number) =>
    mend({ do: 'record-pregnancy-test', by, id: `a/${when}`, collectedAt: '$at', result: 'negative', sensitivity: 1 }, when);
  negative(command.at);
  for (
    let day = startOfDay(dateOf(command.at + DAY), EDITION.zone);
    day < then;
    day = startOfDay(dateOf(day + DAY + 2 * HOUR), EDITION.zone)
  )
    negative(day);
  if (then > command.at) negative(then);
  mend({ do: 'complete-survey', by: speaker }, then);
  mend({ do: 'certify-counseling', by, authorization, topics: ['partner-pregnancy'] }, then);
  mend({ do: 'confirm-contraception', by: speaker, authorization }, then);
  return mend({ do: 'issue-authorization', by, authorization }, then);
}

describe('the earliest instant', () => {
  // Whether somebody enrolls again, moves to another prescriber or is certified is another desk's act, and told apart from these.
  const elsewhere =
    /^(NOT_ENROLLED|ENROLLMENT_LAPSED|PATIENT_DEACTIVATED|PRESCRIBER_NOT_CERTIFIED|NOT_THIS_PATIENTS_PRESCRIBER|CATEGORY_UNKNOWN|FACT_UNKNOWN|ALREADY_RESERVED)$/;
  const issues = MOMENTS.filter(
    ({ command, decision }) =>
      command.do === 'issue-authorization' &&
      decision.outcome === 'deny' &&
      decision.earliest !== null &&
      !decision.reasons.some((code) => elsewhere.test(code)),
  );

  test('of a refused issue is honest: with every act done it is allowed then', () => {
    const broken = issues.filter(
      ({ file, command, decision }) => askAfterAllActs(file, command, decision.earliest ?? 0).outcome !== 'allow',
    );
    expect(broken.map(({ of, decision }) => `${of}: ${decision.reasons.join(' ')}`)).toEqual([]);
    expect(issues.length).toBeGreaterThan(60);
  });

  test('and not a millisecond, or a day, before', () => {
    const early = issues.filter(({ file, command, decision: { earliest } }) =>
      [1, DAY].some(
        (less) => (earliest ?? 0) - less > command.at && askAfterAllActs(file, command, (earliest ?? 0) - less).outcome === 'allow',
      ),
    );
    expect(early.map(({ of, decision }) => `${of}: ${decision.reasons.join(' ')}`)).toEqual([]);
  });

  test('of a fill that is too early is the first millisecond of the first day it is not', () => {
    const waiting = MOMENTS.filter(
      ({ decision: { reasons, earliest } }) => reasons.join() === 'TOO_EARLY_FOR_NEXT_FILL' && earliest !== null,
    );
    for (const { of, file, command, edition, decision } of waiting) {
      const when = decision.earliest ?? 0;
      expect([
        of,
        decide(file, askedAt(command, when), edition).outcome,
        decide(file, askedAt(command, when - 1), edition).outcome,
      ]).toEqual([of, 'allow', 'deny']);
    }
    expect(waiting.length).toBeGreaterThan(5);
  });
});

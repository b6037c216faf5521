import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/domain/authorization/command.js';
import { decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import type { Case, Evidence } from '../../src/domain/patient.js';
import type { Edition, HoldKind } from '../../src/domain/program.js';
import { inCatalogueOrder, REASONS } from '../../src/domain/reason.js';
import { EDITION } from '../support/cases.js';
import { MOMENTS, type Moment, PERMITTING } from '../support/moments.js';

// What is not known never allows, and danger always refuses. Each situation of the case files is taken again with something missing, or with
// a danger added, and the answer may only become stricter.

const permitting = MOMENTS.filter(({ command }) => PERMITTING.includes(command.do));
/** Refusals enough that every reason stands in one, for every command that it was given for, and each time alone where it ever is. */
const covered = new Set<string>();
const everyRefusal = permitting.filter(({ command, decision, file }) => {
  if (decision.outcome !== 'deny') return false;
  const sorts = decision.reasons.map((code) => `${command.do} ${code} ${decision.reasons.length === 1} ${file.fills.length > 0}`);
  const news = sorts.some((sort) => !covered.has(sort));
  for (const sort of sorts) covered.add(sort);
  return news;
});
/** Before each commit a part of them; all of them with the other tests. */
const refused = everyRefusal.filter((_, index) => index % Number(process.env['CLOSED_REFUSALS'] ?? 1) === 0);
/** The many roads back to the first prescription's tests, which hang on the numbers of the cadence. */
const backToFirst = permitting.filter(
  ({ file, decision }) => file.fills.length > 0 && decision.reasons.some((code) => code.startsWith('FIRST_TEST')),
);
const allowed = permitting.filter(({ decision }) => decision.outcome === 'allow');

/** The answer; a fault is an answer too, and never allows. */
function answer(file: Case, command: Command, edition: Edition): string {
  try {
    return decide(file, command, edition).outcome;
  } catch {
    return 'indeterminate';
  }
}

/** A copy in which that place holds something else. */
function withAt<T>(value: T, path: readonly (string | number)[], replacement: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return replacement as T;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>;
  copy[key] = withAt(copy[key], rest, replacement);
  return copy as T;
}

function numbersIn(node: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof node === 'number') return [path];
  // Of a list of numbers none is a rule by itself; a list of places is one of rules.
  if (node === null || typeof node !== 'object' || (Array.isArray(node) && typeof node[0] !== 'object')) return [];
  return Object.entries(node).flatMap(([key, value]) => numbersIn(value, [...path, key]));
}
// Of a hold, no number of days is an answer of its own: one negative is enough there.
const NUMBERS = numbersIn(EDITION).filter(
  (path) => !path.includes('negativeAfterDays') && !['effectiveFrom', 'questionnaires', 'categoryRules'].includes(path[0] ?? ''),
);

describe('I6: a rule that is missing', () => {
  test('never makes an allowance of a refusal, whichever number it is', () => {
    const opened: string[] = [];
    for (const path of NUMBERS) {
      const edition = withAt(EDITION, path, null);
      for (const { of, file, command } of path.includes('cadence') ? [...refused, ...backToFirst] : refused)
        if (answer(file, command, edition) === 'allow') opened.push(`${path.join('.')}: ${of}`);
    }
    expect(opened).toEqual([]);
    expect([NUMBERS.length > 40, everyRefusal.length > 100]).toEqual([true, true]);
  });

  test('refuses with RULE_MISSING, or is a fault, where the condition it belongs to is judged', () => {
    const first = allowed.find(
      ({ command, file }) => command.do === 'issue-authorization' && file.category === 'frp-adult' && file.fills.length === 0,
    ) as Moment;
    const needed = [
      ...['adulthoodAge', 'contraception.methodsNeeded', 'contraception.highlyEffectiveNeeded', 'contraception.lead'],
      ...[
        'tests.maxSensitivity',
        'tests.places.0.minAgeDays',
        'tests.places.0.maxAgeDays',
        'tests.places.1.maxAgeHours',
        'agreement.required',
      ],
      ...['categories.frp-adult.survey.days', 'categories.frp-adult.window.days', 'prescription.maxSupplyDays'],
    ];
    const passed = needed.filter((path) => {
      const edition = withAt(EDITION, path.split('.'), null);
      const decision = decide(first.file, first.command, edition);
      return !decision.reasons.includes('RULE_MISSING');
    });
    expect(passed).toEqual([]);
  });

  test('or a requirement that nobody knows, refuses', () => {
    for (const when of ['issue', 'verify', 'reserve', 'dispense'] as const) {
      const edition = withAt(EDITION, ['judged', when], [...EDITION.judged[when], 'the moon is full']);
      const at = allowed.find(({ command }) => command.do === (when === 'issue' ? 'issue-authorization' : when)) as Moment;
      expect([when, decide(at.file, at.command, edition).reasons]).toEqual([when, ['RULE_MISSING']]);
    }
  });

  test('or a whole chapter of the edition, never makes an allowance of a refusal', () => {
    for (const chapter of Object.keys(EDITION)) {
      const { [chapter as keyof Edition]: _, ...rest } = EDITION;
      const opened = refused.filter(({ file, command }) => answer(file, command, rest as Edition) === 'allow');
      expect([chapter, opened.map(({ of }) => of)]).toEqual([chapter, []]);
    }
  });
});

/** Facts that permit something. The others (dangers, capsules in hand, interruptions) forbid, and taking them away is another question. */
function permits(fact: Evidence, file: Case): boolean {
  if (fact.kind === 'pregnancy-test') {
    const corrected = file.evidence.some((each) => 'test' in each && each.test === fact.test.id);
    // On therapy an older test says when a gap began, and with it which cadence counts (case files, ruling 10): without it the gap is another.
    const later = file.evidence.some((each) => each.kind === 'pregnancy-test' && each.test.collected.at > fact.test.collected.at);
    const older = file.fills.length > 0 && later;
    return fact.test.result === 'negative' && !corrected && !older;
  }
  if (fact.kind === 'survey') return fact.answers === 'consistent';
  return [
    'contraception',
    'abstinence',
    'contraindication',
    'counseling',
    'contraception-confirmed',
    'clearing',
    'discrepancy-resolved',
  ].includes(fact.kind);
}

function* weakened({ file, command }: Moment): Generator<[string, Case]> {
  yield ['no enrollment', { ...file, enrollment: null }];
  yield ['no category', { ...file, category: null }];
  yield ['no birth date', { ...file, answers: { ...file.answers, birthDate: null } }];
  yield ['nobody known', { ...file, participants: {} }];
  yield ['no accommodation', { ...file, accommodations: [] }];
  // Not of any pharmacy: one that loses its certification gives back what it held, and that is another's gain (rules §9.6).
  for (const id of [command.by.id, file.enrollment?.prescriber ?? ''])
    if (file.participants[id]) yield [`${id} uncertified`, withAt(file, ['participants', id, 'certifiedFrom'], null)];
  for (const [index, fact] of file.evidence.entries()) {
    if (permits(fact, file)) yield [`without ${fact.id}`, { ...file, evidence: file.evidence.filter((other) => other !== fact) }];
    if (fact.kind === 'pregnancy-test' && permits(fact, file))
      for (const unknown of ['sensitivity', 'setting'] as const)
        yield [`${fact.id} of unknown ${unknown}`, withAt(file, ['evidence', index, 'test', unknown], null)];
  }
}

describe('I6: a fact that is missing', () => {
  test('never makes an allowance of a refusal', () => {
    const opened: string[] = [];
    let tried = 0;
    for (const moment of refused)
      for (const [what, less] of weakened(moment)) {
        tried += 1;
        if (answer(less, moment.command, moment.edition) === 'allow') opened.push(`${what}: ${moment.of}`);
      }
    expect(opened).toEqual([]);
    expect(tried).toBeGreaterThan(1_000);
  });

  test('I3: refuses an issue when it is any one of the attestations', () => {
    const passed: string[] = [];
    for (const { of, file, command, edition } of allowed.filter((each) => each.command.do === 'issue-authorization'))
      for (const kind of ['agreement', 'counseling'] as const)
        if (answer({ ...file, evidence: file.evidence.filter((fact) => fact.kind !== kind) }, command, edition) === 'allow')
          passed.push(`${kind}: ${of}`);
    expect(passed).toEqual([]);
  });
});

const danger = (hold: HoldKind, file: Case, at: number): Case => {
  const collected = { at: at - 1, until: at - 1, on: new Date(at).toISOString().slice(0, 10) };
  const evidence: Evidence =
    hold === 'positive-test' || hold === 'indeterminate-test'
      ? {
          kind: 'pregnancy-test',
          id: 'danger',
          recordedAt: at,
          test: {
            id: 'danger',
            collected,
            result: hold === 'positive-test' ? 'positive' : 'indeterminate',
            method: 'urine',
            value: null,
            sensitivity: 25,
            setting: 'home',
            source: 'patient',
          },
        }
      : { kind: 'danger', id: 'danger', recordedAt: at, hold, since: at, on: collected.on, method: null, holds: true };
  return { ...file, evidence: [...file.evidence, evidence] };
};

describe('I5: danger', () => {
  test.each((Object.keys(EDITION.holds) as HoldKind[]).filter((hold) => hold !== 'survey-discrepancy'))(
    '%s refuses every issue, verification, reservation and hand-over that would be allowed without it, and says so',
    (hold) => {
      const silent: string[] = [];
      // A negative of the very instant of the report lifts it there and then, where one is enough.
      const earlier = allowed.filter(({ file, command: { at } }) =>
        file.evidence.every((fact) => fact.kind !== 'pregnancy-test' || fact.test.collected.at < at),
      );
      for (const { of, file, command, edition } of earlier) {
        const { outcome, reasons, earliest } = decide(danger(hold, file, command.at), command, edition);
        // A hand-over that happened is recorded all the same, and never as permitted.
        const told = reasons.includes(edition.holds[hold].reason) && earliest === null;
        if (outcome === 'allow' || !told) silent.push(`${of}: ${outcome}`);
      }
      expect(silent).toEqual([]);
      expect(earlier.length).toBeGreaterThan(150);
    },
  );

  test('on the record of a suspected double refuses as if it were her own', () => {
    const silent: string[] = [];
    for (const { of, file, command, edition } of allowed) {
      const double = {
        patient: 'double',
        category: file.category,
        fills: [],
        evidence: danger('positive-test', { ...file, evidence: [] }, command.at).evidence,
      };
      const { reasons } = decide({ ...file, linked: [double] }, command, edition);
      if (!reasons.includes('PREGNANCY_TEST_POSITIVE')) silent.push(of);
    }
    expect(silent).toEqual([]);
  });
});

describe('I7: a refusal', () => {
  test('has its reasons, each once, in the catalogue’s order, with somebody who can mend it, and changes nothing', () => {
    for (const { of, file, decision } of MOMENTS.filter((each) => each.decision.outcome === 'deny')) {
      const { reasons, effects, warnings, validThrough } = decision;
      expect([of, reasons.length > 0, reasons, validThrough, warnings]).toEqual([of, true, inCatalogueOrder(reasons), null, warnings]);
      expect(reasons.every((code) => REASONS[code].mendedBy !== undefined)).toBe(true);
      expect(apply(file, effects)).toEqual(file);
    }
  });

  test('promises no earliest instant that hangs on somebody’s judgement', () => {
    const promised = MOMENTS.filter(
      ({ decision }) => decision.earliest !== null && decision.reasons.some((code) => REASONS[code].judgement),
    );
    expect(promised.map(({ of }) => of)).toEqual([]);
  });
});

const ATTESTS: readonly Command['do'][] = [
  ...([
    'certify-counseling',
    'issue-authorization',
    'sign-agreement',
    'state-contraindication',
    'change-category',
    'enroll-patient',
  ] as const),
  ...(['re-enroll-patient', 'clear-pregnancy-hold', 'interrupt-therapy', 'resume-therapy', 'end-therapy', 'change-dose'] as const),
];
const SPEAKS: readonly Command['do'][] = ['confirm-contraception', 'complete-survey'];

describe('I9: nobody attests for another', () => {
  test('what her prescriber attests is refused to delegates, other prescribers, pharmacies, the system and herself', () => {
    const others = [
      { role: 'delegate', id: 'de-1' },
      { role: 'pharmacy', id: 'ph-1' },
      { role: 'administrator', id: 'ad-1' },
      { role: 'laboratory', id: 'laboratory' },
      { role: 'system', id: 'system' },
      { role: 'patient', id: 'patient' },
      { role: 'guardian', id: 'guardian' },
      { role: 'prescriber', id: 'dr-2' },
    ] as const;
    const passed: string[] = [];
    const seen = new Set<string>();
    for (const { of, file, command, edition } of MOMENTS.filter(
      (each) => ATTESTS.includes(each.command.do) && each.decision.outcome === 'allow',
    )) {
      seen.add(command.do);
      for (const by of others) {
        // To enroll, or to enroll again, is to become her prescriber.
        const becomes = by.id === 'dr-2' && (command.do.endsWith('enroll-patient') || command.by.id === 'dr-2' || file.enrollment === null);
        // An agreement is also hers to sign, in person.
        const hers = command.do === 'sign-agreement' && (by.role === 'patient' || by.role === 'guardian');
        if (!becomes && !hers && answer(file, { ...command, by }, edition) === 'allow') passed.push(`${by.id}: ${of}`);
      }
    }
    expect(passed).toEqual([]);
    expect([...seen].sort()).toEqual([...ATTESTS].sort());
  });

  test('what the patient says is refused to everybody but her, and the guardian of a child', () => {
    const passed = MOMENTS.filter((each) => SPEAKS.includes(each.command.do) && each.decision.outcome === 'allow').flatMap(
      ({ of, file, command, edition }) =>
        (['prescriber', 'delegate', 'pharmacy', 'administrator', 'system'] as const)
          .filter((role) => answer(file, { ...command, by: { role, id: role } }, edition) === 'allow')
          .map((role) => `${role}: ${of}`),
    );
    expect(passed).toEqual([]);
  });
});

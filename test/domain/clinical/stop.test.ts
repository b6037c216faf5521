import { describe, expect, test } from '@jest/globals';
import type { Given } from '../../../src/case-file/world.js';
import type { Edition } from '../../../src/domain/program.js';
import { EDITION } from '../../support/cases.js';
import { CLOSED, Life, made } from '../../support/made-up.js';

// A clinical warning stops only where the edition says so; then it stops whatever anybody acknowledges, unless the edition says otherwise.

const WHEN = '2026-03-20T15:00';
const LATER = '2026-03-20T15:10';
const DIGOXIN: Given = { ...CLOSED, medications: [{ name: 'digoxin' }] };
const asked = (moment: 'issue' | 'reserve') => [...made().judged[moment], 'clinical'];

const stopping = (stops: unknown, drug: Edition['drug'] = EDITION.drug ?? null): Edition => ({
  ...made({
    clinicalStops: { value: stops, source: 'made up', verified: false },
    'judged.value.issue': asked('issue'),
    'judged.value.reserve': asked('reserve'),
  }),
  drug,
});
const ALWAYS = [{ warning: 'INTERACTION', untilAcknowledged: false }];
const UNTIL_SEEN = [{ warning: 'INTERACTION', untilAcknowledged: true }];

const issued = (edition: Edition, given = DIGOXIN) => {
  const life = new Life([edition], given, WHEN);
  const decision = life.prescribed(WHEN, 'rx-1');
  return { life, answer: [decision.outcome, decision.reasons] as const, warnings: decision.warnings };
};
const again = (life: Life, when = LATER) => {
  const { outcome, reasons } = life.says({ do: 'issue-authorization', authorization: 'rx-1' }, when);
  return [outcome, reasons];
};
const seen = (life: Life, by?: string) =>
  life.says({ do: 'acknowledge-warning', authorization: 'rx-1', warnings: ['INTERACTION'], ...(by ? { by } : {}) }, '2026-03-20T15:05')
    .outcome;

describe('an edition that says so', () => {
  test('refuses the issue for the warning it names, with one general reason', () => {
    expect(issued(stopping(ALWAYS)).answer).toEqual(['deny', ['CLINICAL_STOP']]);
    expect(issued(stopping(ALWAYS), CLOSED).answer).toEqual(['allow', []]);
  });

  test('lets another warning pass, and one that names none lets all pass', () => {
    const other = issued(stopping([{ warning: 'NOT_SCREENED', untilAcknowledged: false }]));
    expect([other.answer, other.warnings]).toEqual([['allow', []], ['INTERACTION']]);
    const none = issued({ ...made(), drug: EDITION.drug ?? null });
    expect([none.answer, none.warnings]).toEqual([['allow', []], ['INTERACTION']]);
  });

  test('an acknowledged warning does not lift the stop', () => {
    const { life } = issued(stopping(ALWAYS));
    expect(seen(life)).toBe('allow');
    expect(again(life)).toEqual(['deny', ['CLINICAL_STOP']]);
  });

  test('nothing is let pass where the stops, or the facts they need, are not known', () => {
    expect(issued(stopping(null)).answer).toEqual(['deny', ['RULE_MISSING']]);
    expect(issued(stopping(ALWAYS, null), CLOSED).answer).toEqual(['deny', ['RULE_MISSING']]);
  });

  test('at the counter too, when the medicine was written down after the issue', () => {
    const { life, answer } = issued(stopping(ALWAYS), CLOSED);
    expect(answer).toEqual(['allow', []]);
    life.says({ do: 'record-medications', medicines: [{ name: 'digoxin' }] }, LATER);
    expect(life.says({ do: 'reserve', authorization: 'rx-1' }, LATER).reasons).toEqual(['CLINICAL_STOP']);
  });
});

describe('an edition that stops until the prescriber has seen it', () => {
  test('the prescriber’s word lifts it; the pharmacist’s does not', () => {
    const { life, answer } = issued(stopping(UNTIL_SEEN));
    expect(answer).toEqual(['deny', ['CLINICAL_STOP']]);
    expect(seen(life, 'ph-1')).toBe('allow');
    expect(again(life)).toEqual(['deny', ['CLINICAL_STOP']]);
    expect(seen(life)).toBe('allow');
    expect(again(life)).toEqual(['allow', []]);
  });

  test('what was written down after it has not been seen', () => {
    const { life } = issued(stopping(UNTIL_SEEN));
    expect(seen(life)).toBe('allow');
    life.says({ do: 'record-medications', whole: false, medicines: [{ name: 'warfarin' }] }, '2026-03-20T15:07');
    expect(again(life)).toEqual(['deny', ['CLINICAL_STOP']]);
  });
});

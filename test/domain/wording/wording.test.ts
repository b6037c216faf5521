import { describe, expect, test } from '@jest/globals';
import { REASON_CODES, REASONS, type ReasonCode, WARNINGS } from '../../../src/domain/reason.js';
import { type Answer, answerFor } from '../../../src/wording/answer.js';
import type { Audience, Facts } from '../../../src/wording/audience.js';
import { cannotDecide } from '../../../src/wording/disclose.js';
import { RECORDED_OUTSIDE } from '../../../src/wording/verdict.js';
import { warningFor } from '../../../src/wording/warning.js';

const AUDIENCES: readonly Audience[] = ['prescriber', 'pharmacist', 'patient', 'guardian', 'auditor'];
const DESK = '1-800-555-0100';
const BARE: Facts = { deskPhone: DESK };
const FULL: Facts = {
  deskPhone: DESK,
  office: { name: 'Dr. Lee', phone: '212-555-0142' },
  earliest: 'Mon 22 February, 9:00 am Eastern',
  ends: 'Mon 15 March, 11:59 pm Eastern',
  reservedUntil: 'Wed 10 March, 2:10 pm Eastern',
  handOverBy: 'Wed 10 March, 2:10 pm Eastern',
  filledOn: 'Tue 9 March',
  filledAt: 'Corner Pharmacy',
  lastTestOn: 'Fri 5 March',
  testFrom: 'Mon 8 March',
  neededBy: 'Thu 11 March',
  certificationEndedOn: 'Wed 10 March',
  goodElsewhere: true,
};

interface Line {
  readonly of: string;
  readonly words: string;
}

/** Everything that audience can ever be shown, with all facts known and with none. */
function everyLine(audience: Audience): Line[] {
  const lines: Line[] = [];
  for (const facts of [BARE, FULL]) {
    const answers: Answer[] = REASON_CODES.flatMap((code) => [answerFor(code, audience, facts), answerFor(code, audience, facts, true)]);
    for (const { code, verdict, text, nextAct } of answers) lines.push({ of: code, words: `${verdict} ${text} ${nextAct}` });
    for (const code of WARNINGS) {
      const warning = warningFor(code, audience, facts);
      if (warning) lines.push({ of: code, words: `${warning.text} ${warning.nextAct}` });
    }
  }
  lines.push({ of: 'cannot decide', words: cannotDecide(audience, DESK).headline });
  lines.push({ of: 'recorded', words: RECORDED_OUTSIDE[audience](DESK) });
  return lines;
}

const linesWith = (audience: Audience, pattern: RegExp): Line[] => everyLine(audience).filter(({ words }) => pattern.test(words));

describe('every reason has words for every reader', () => {
  test.each(AUDIENCES)('%s: a text, a next act, who can mend it, and a telephone number', (audience) => {
    for (const facts of [BARE, FULL])
      for (const code of REASON_CODES)
        for (const told of [false, true]) {
          const answer = answerFor(code, audience, facts, told);
          expect(answer.text).toMatch(/^[A-Z].*[.!]$/);
          expect(answer.nextAct).toMatch(/^[A-Z0-9].*[.]$/);
          expect(answer.phone).toMatch(/^[\d-]{10,}$/);
          expect(answer.who).toBeTruthy();
        }
  });

  test.each(AUDIENCES)('%s: facts that are not known leave no hole', (audience) => {
    expect(linesWith(audience, /undefined|null|\[object| {2}|\.\.|\(\)|,\.| ,/)).toEqual([]);
  });

  test.each(AUDIENCES)('%s: nobody has to count days or guess a midnight', (audience) => {
    expect(linesWith(audience, /\bin (\d+|a few|some) days\b|midnight|12:00/i)).toEqual([]);
  });

  test.each(AUDIENCES)('%s: when no decision can be reached, a telephone number and a next act', (audience) => {
    expect(cannotDecide(audience, DESK)).toMatchObject({ outcome: 'indeterminate', headline: expect.stringContaining(DESK), reasons: [] });
    expect(RECORDED_OUTSIDE[audience](DESK)).toContain(DESK);
  });
});

describe('words that are not said', () => {
  test.each(AUDIENCES)('%s: no blame', (audience) => {
    const blaming = everyLine(audience).filter(({ of, words }) =>
      /fail|non-?complian|violat|invalid|your fault/i.test(words.replace(`${of}:`, '')),
    );
    expect(blaming).toEqual([]);
  });

  test.each(['prescriber', 'pharmacist', 'patient', 'guardian'] as const)('%s: no code is shown in a text', (audience) => {
    expect(linesWith(audience, /[A-Z]{2,}_|\b(NOT|TEST|SURVEY)\b/)).toEqual([]);
  });

  test('auditor: the code comes first', () => {
    for (const code of REASON_CODES) expect(answerFor(code, 'auditor', BARE).text.startsWith(`${code}: `)).toBe(true);
  });

  test('I20: the pharmacist reads nothing of tests, pregnancy, contraception or surveys', () => {
    const aboutThePatient =
      /pregnan|positive|hcg|contracept|birth control|abstin|survey|menstru|period|category change|\btest|result|danger|suspend|revoke|cancel/i;
    expect(linesWith('pharmacist', aboutThePatient)).toEqual([]);
  });

  test('I20: a patient who has not been told reads of no danger by name', () => {
    const dangers = REASON_CODES.filter((code) => REASONS[code].group === 'danger');
    expect(dangers.length).toBe(7);
    for (const facts of [BARE, FULL]) {
      const answers = dangers.map((code) => JSON.stringify(answerFor(code, 'patient', facts)));
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).not.toMatch(/pregnan|positive|test|result|period|bleed|birth control|sex\b|unclear/i);
    }
  });

  test('once she has been told, it is her own record', () => {
    expect(answerFor('PREGNANCY_TEST_POSITIVE', 'patient', FULL, true).text).toContain('positive');
    expect(answerFor('MISSED_PERIOD', 'patient', FULL, true).text).toContain('period');
  });

  test('a guardian reads done or due: nothing of birth control, tests, answers or periods, told or not', () => {
    const privately = /pregnan|positive|contracept|birth control|abstin|survey|question|period|\btests?\b|sex\b|bleed/i;
    expect(linesWith('guardian', privately)).toEqual([]);
  });

  test('no wording moves anybody to leave off another medicine', () => {
    for (const audience of AUDIENCES)
      for (const code of WARNINGS) {
        const warning = warningFor(code, audience, FULL);
        if (warning) expect(`${warning.text} ${warning.nextAct}`).not.toMatch(/\b(stop|leave off|do not take|skip)\b/i);
      }
  });
});

describe('plain words', () => {
  /** Vowel groups, without a silent e at the end: close enough to compare with a bound. */
  const syllables = (word: string): number => {
    const spoken = word.toLowerCase().replace(/(?:[^laeiouy]es|[^laeiouytd]ed|[^laeiouy]e)$/, '');
    return Math.max(1, spoken.match(/[aeiouy]{1,2}/g)?.length ?? 1);
  };

  /** Flesch–Kincaid grade, of the words alone: names, dates and telephone numbers are not read for their grammar. */
  function grade(words: string): number {
    const plain = words
      .replace(/Dr\. Lee’s office|Corner Pharmacy/g, 'the office')
      .replace(/\w{3} \d+ [A-Z][a-z]+(, \d+:\d+ [ap]m Eastern)?/g, 'noon')
      .replace(/[\d-]{10,}/g, 'this');
    const sentences = plain.split(/[.!?:;]+\s|[.!?:;]+$/).filter((each) => each.trim() !== '');
    const all = plain.match(/[a-z’]+/gi) ?? [];
    const sounds = all.reduce((sum, word) => sum + syllables(word), 0);
    return 0.39 * (all.length / sentences.length) + 11.8 * (sounds / all.length) - 15.59;
  }

  test('the measure tells plain from learned', () => {
    expect(grade('The cat sat on the mat. It was warm.')).toBeLessThan(2);
    expect(grade('Authorization eligibility necessitates contemporaneous documentation of contraceptive counseling.')).toBeGreaterThan(15);
  });

  test.each(['patient', 'guardian'] as const)('what a %s reads needs no more than twelve years of age', (audience) => {
    const tooHard = everyLine(audience)
      .map(({ of, words }) => ({ of, age: Math.round((grade(words) + 5) * 10) / 10, words }))
      .filter(({ age }) => age > 12);
    expect(tooHard).toEqual([]);
  });
});

describe('what each reader is told', () => {
  const text = (code: ReasonCode, audience: Audience): string => answerFor(code, audience, FULL).text;

  test('W1 the window is over: when it ended, for prescriber and pharmacist', () => {
    expect(text('AUTHORIZATION_EXPIRED', 'prescriber')).toContain(FULL.ends);
    expect(text('AUTHORIZATION_EXPIRED', 'pharmacist')).toContain(FULL.ends);
  });

  test('W2 a test that is due: since when the last one, from when and until when the next', () => {
    const { text: said, nextAct } = answerFor('TEST_TOO_OLD', 'prescriber', FULL);
    expect(`${said} ${nextAct}`).toMatch(/Fri 5 March.*Mon 8 March.*Thu 11 March/);
    expect(text('TEST_TOO_OLD', 'patient')).toContain('Thu 11 March');
  });

  test('W7 too early: from when', () => {
    for (const audience of ['prescriber', 'pharmacist', 'patient'] as const) {
      const { text: said, nextAct } = answerFor('TOO_EARLY_FOR_NEXT_FILL', audience, FULL);
      expect(`${said} ${nextAct}`).toContain(FULL.earliest);
    }
  });

  test('W8 filled or held: when, until when; the pharmacist never learns where', () => {
    expect(text('ALREADY_DISPENSED', 'patient')).toContain('Tue 9 March at Corner Pharmacy');
    expect(text('ALREADY_DISPENSED', 'pharmacist')).toContain('Tue 9 March');
    expect(linesWith('pharmacist', /Corner Pharmacy/)).toEqual([]);
    expect(text('ALREADY_RESERVED', 'pharmacist')).toContain('Wed 10 March, 2:10 pm Eastern');
  });
});

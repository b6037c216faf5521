import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/domain/authorization/command.js';
import { type Decision, decide } from '../../src/domain/authorization/decide.js';
import { addDays, type Instant } from '../../src/domain/calendar.js';
import type { Authorization, Case } from '../../src/domain/patient.js';
import type { Edition } from '../../src/domain/program.js';
import { at, commands, EDITION, Story, world } from '../support/cases.js';

// What takes two persons: how often an exception may be granted (rules §9.14), and a word that takes somebody out of reproductive potential (§1.3).

const WHEN = '2027-03-08T10:00';
const grant = (kind: string) => ({ do: 'grant-exception', kind, reason: 'documented', by: ['ad-1', 'ad-2'] });

describe('an exception of one kind', () => {
  const issued = (): Story => {
    const story = new Story(world('male-on', WHEN), at(WHEN));
    expect(story.says({ do: 'prescribe' }).outcome).toBe('allow');
    return story;
  };

  test('is granted once on an authorization; another kind is another exception', () => {
    const story = issued();
    expect(story.says(grant('administrative-window')).outcome).toBe('allow');
    const { expiresAt } = story.file.authorizations[0] as Authorization;
    expect(story.says(grant('administrative-window')).reasons).toEqual(['EXCEPTION_NOT_ALLOWED']);
    expect(story.file.authorizations[0]?.expiresAt).toBe(expiresAt);
    expect(story.says(grant('lost-supply')).outcome).toBe('allow');
  });

  /** Granted on earlier authorizations, so many days before. */
  const earlier = (kind: string, daysBefore: readonly number[]): Story => {
    const story = issued();
    const [open] = story.file.authorizations as [Authorization];
    const grantedAt = (days: number): Instant => at(`${addDays('2027-03-08', -days)}T10:00`);
    const before = daysBefore.map(
      (days, place): Authorization => ({
        ...open,
        id: `before-${place}`,
        state: 'dispensed',
        exceptions: [{ kind, grantedAt: grantedAt(days), by: ['ad-1', 'ad-2'], reason: 'documented' }],
      }),
    );
    return new Story({ ...story.file, authorizations: [...before, open] }, story.now);
  };

  test('is granted three times a patient in a year, and the day a year is over again', () => {
    expect(earlier('travel', [100, 200]).says(grant('travel')).outcome).toBe('allow');
    expect(earlier('travel', [100, 200, 364]).says(grant('travel')).reasons).toEqual(['EXCEPTION_NOT_ALLOWED']);
    expect(earlier('travel', [100, 200, 365]).says(grant('travel')).outcome).toBe('allow');
    expect(earlier('holiday-closure', [100, 200, 300]).says(grant('travel')).outcome).toBe('allow');
  });

  test('is not even asked for when nobody could grant it', () => {
    const asked = { do: 'request-exception', by: 'ad-1', kind: 'travel', reason: 'a journey', evidence: 'tickets' };
    expect(earlier('travel', [100, 200]).says(asked).outcome).toBe('allow');
    expect(earlier('travel', [100, 200, 300]).says(asked).reasons).toEqual(['EXCEPTION_NOT_ALLOWED']);
  });

  test('is none where the edition says no number (RULE_MISSING)', () => {
    const { exceptionLimits: _, ...silent } = EDITION;
    const story = issued();
    expect(new Story(story.file, story.now, silent as Edition).says(grant('travel')).reasons).toContain('RULE_MISSING');
  });
});

describe('determined not to be fertile', () => {
  const answered = (file: Case, more: object): Decision => {
    const [command] = commands(
      { do: 'change-category', by: 'dr-1', category: 'female-not-frp-adult', grounds: 'correction' },
      at(WHEN),
      file,
    );
    return decide(file, { ...command, answers: { determinedNotFertile: true }, ...more } as Command, EDITION);
  };
  const file = world('frp-first', WHEN);
  const determination = { by: 'Dr. Ada Brook', licence: 'NY 123456', on: '2027-03-01' };

  test('by one person’s tick alone: refused, and the category stays', () => {
    expect(answered(file, {}).reasons).toEqual(['SECOND_PERSON_REQUIRED']);
    expect(answered(file, { determination: { ...determination, by: '' } }).reasons).toEqual(['SECOND_PERSON_REQUIRED']);
    expect(answered(file, { determination: { ...determination, by: 'dr-1' } }).reasons).toEqual(['SECOND_PERSON_REQUIRED']);
  });

  test('by a specialist’s document that the prescriber attests', () => {
    const decision = answered(file, { determination });
    expect(decision.outcome).toBe('allow');
    expect(decision.effects).toContainEqual(expect.objectContaining({ kind: 'category', category: 'female-not-frp-adult' }));
  });

  test('not by the prescriber’s own licence, and not by a document of tomorrow', () => {
    const own = { ...file, participants: { ...file.participants, 'dr-1': { ...file.participants['dr-1'], licence: '123456 NY' } } } as Case;
    expect(answered(own, { determination }).reasons).toEqual(['SECOND_PERSON_REQUIRED']);
    expect(answered(file, { determination: { ...determination, on: '2027-03-09' } }).reasons).toEqual(['FUTURE_DATE']);
  });

  test('once on record, it needs no second document to stay', () => {
    const before = { ...file, answers: { ...file.answers, determinedNotFertile: true } };
    expect(answered(before, {}).outcome).toBe('allow');
    // Sent all the same, its date is looked at.
    expect(answered(before, { determination: { ...determination, on: '2027-03-09' } }).reasons).toEqual(['FUTURE_DATE']);
  });
});

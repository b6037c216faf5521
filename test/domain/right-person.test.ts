import { describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/domain/authorization/command.js';
import { decide } from '../../src/domain/authorization/decide.js';
import { apply } from '../../src/domain/authorization/effect.js';
import { standingDangers } from '../../src/domain/danger.js';
import { type Participant, sameLicence } from '../../src/domain/participant.js';
import type { Evidence, LinkedRecord } from '../../src/domain/patient.js';
import { acceptedNegatives, contradictsItself, standingTests } from '../../src/domain/pregnancy-test.js';
import { firstRules } from '../../src/domain/therapy.js';
import { at, commands, EDITION, Story, world } from '../support/cases.js';

// Facts count from the right person, about the right person, and for as long as they mean what they say.

const WHEN = '2027-01-15T12:00';
const child = () => new Story(world('frp-child-first', WHEN), at(WHEN));
const woman = (changed = {}) => new Story(world('frp-first', WHEN, changed), at(WHEN));
const SUSPENDED = { participants: [{ id: 'dr-1', kind: 'prescriber', certifiedFrom: '2020-01-01', suspendedAt: '2027-01-02T00:00' }] };

describe('an agreement signed without the prescriber (I9)', () => {
  const sign = (by: string, signedBy: string[], category = 'frp-child') => ({ do: 'sign-agreement', by, category, signedBy });

  test('a child’s signature is never the guardian’s', () => {
    expect(child().says(sign('patient', ['guardian'])).reasons).toEqual(['MAY_NOT_ATTEST']);
    expect(child().says(sign('patient', ['patient', 'guardian'])).reasons).toEqual(['MAY_NOT_ATTEST']);
    expect(child().says(sign('patient', ['patient'])).outcome).toBe('allow');
  });

  test('a guardian signs as guardian, and only for a child', () => {
    expect(child().says(sign('guardian', ['guardian'])).outcome).toBe('allow');
    expect(child().says(sign('guardian', ['patient'])).reasons).toEqual(['MAY_NOT_ATTEST']);
    expect(woman().says(sign('guardian', ['guardian'], 'frp-adult')).reasons).toEqual(['MAY_NOT_ATTEST']);
  });

  test('may carry the time of a clock five minutes ahead, and counts once that time has come (T9)', () => {
    const signing = (signedAt: string) => {
      const story = woman({
        agreement: { category: 'frp-adult', signedAt: '2026-12-10T09:00', signedBy: ['patient'], withdrawnAt: '2027-01-14T09:00' },
      });
      const [command] = commands(sign('dr-1', ['patient'], 'frp-adult'), story.now, story.file) as [Command & { do: 'sign-agreement' }];
      const signed = { at: at(signedAt), until: at(signedAt), on: signedAt.slice(0, 10) };
      const decision = decide(story.file, { ...command, agreement: { ...command.agreement, signed } }, EDITION);
      return { reasons: decision.reasons, story: new Story(apply(story.file, decision.effects), story.now) };
    };
    expect(signing('2027-01-15T12:05:00.001').reasons).toEqual(['FUTURE_DATE']);
    const { reasons, story } = signing('2027-01-15T12:05');
    expect(reasons).toEqual([]);
    story.says({ do: 'start-authorization' });
    const issue = { do: 'issue-authorization' };
    expect(story.says(issue, '2027-01-15T12:04:59.999').reasons).toContain('AGREEMENT_MISSING');
    expect(story.says(issue, '2027-01-15T12:05').reasons).not.toContain('AGREEMENT_MISSING');
  });

  test('before the prescriber both may sign', () => {
    expect(child().says(sign('dr-1', ['patient', 'guardian'])).outcome).toBe('allow');
  });
});

describe('a result changed by a prescriber is his signature (I8)', () => {
  const correct = (by: string, result: string) => ({
    do: 'correct-pregnancy-test',
    by,
    test: 't2',
    result,
    reason: 'read again',
  });

  test('by the patient’s own, certified prescriber only', () => {
    expect(woman().says(correct('dr-1', 'negative')).outcome).toBe('allow');
    expect(woman().says(correct('dr-2', 'negative')).reasons).toEqual(['NOT_THIS_PATIENTS_PRESCRIBER']);
    expect(woman(SUSPENDED).says(correct('dr-1', 'negative')).reasons).toEqual(['PRESCRIBER_NOT_CERTIFIED']);
    const retract = { do: 'retract-pregnancy-test', test: 't2', reason: 'another patient’s' };
    expect(woman().says({ ...retract, by: 'dr-2' }).reasons).toEqual(['NOT_THIS_PATIENTS_PRESCRIBER']);
  });

  test('but a danger is taken from any of them', () => {
    expect(woman(SUSPENDED).says(correct('dr-1', 'positive')).outcome).toBe('allow');
    expect(woman().says(correct('dr-2', 'indeterminate')).outcome).toBe('allow');
  });

  test('a discrepancy is resolved by that prescriber, or the office', () => {
    const discrepant = () => {
      const story = woman();
      story.says({ do: 'complete-survey', by: 'patient', answers: 'discrepant' });
      return story;
    };
    const resolve = (by: string) => ({ do: 'resolve-discrepancy', by, grounds: 'talked about it' });
    expect(discrepant().says(resolve('dr-2')).reasons).toEqual(['NOT_THIS_PATIENTS_PRESCRIBER']);
    expect(discrepant().says(resolve('dr-1')).outcome).toBe('allow');
    expect(discrepant().says(resolve('ad-1')).outcome).toBe('allow');
  });
});

describe('a danger on the record of what may be the same person (rules §9.15)', () => {
  const now = at(WHEN);
  const reported: Evidence = {
    kind: 'danger',
    id: 'reported',
    recordedAt: at('2027-01-05T10:00'),
    hold: 'missed-period',
    since: at('2027-01-05T10:00'),
    on: '2027-01-05',
    method: null,
    holds: true,
  };
  const standing = (hers: readonly Evidence[], ours: readonly Evidence[] = []) => {
    const linked: LinkedRecord = { patient: 'double', category: 'frp-adult', evidence: hers, fills: [] };
    const file = world('frp-first', WHEN, { tests: [] });
    return standingDangers({ ...file, evidence: [...file.evidence, ...ours], linked: [linked] }, now, EDITION).length;
  };
  const negative = world('frp-first', WHEN).evidence.filter((fact) => fact.kind === 'pregnancy-test' && fact.test.id === 't2');

  test('stands here until it is ended on either record', () => {
    expect(negative).toHaveLength(1);
    expect(standing([reported])).toBe(1);
    expect(standing([reported], negative)).toBe(0);
    expect(standing([reported, ...negative])).toBe(0);
  });

  test('what ends a danger there ends none of her own', () => {
    expect(standing(negative, [reported])).toBe(1);
  });
});

test('the day of shipping is a day of the zone on the site’s row, whatever the request says; without one, of what it says', () => {
  const shipped = (zone: string | undefined, siteZone: string | null) => {
    const file = world('frp-first', '2027-01-15T15:00');
    const site = { ...(file.participants['ph-1'] as Participant), ...(zone === undefined ? {} : { zone }) };
    const story = new Story({ ...file, participants: { ...file.participants, 'ph-1': site } }, at('2027-01-15T15:00'));
    expect(story.says({ do: 'prescribe' }).outcome).toBe('allow');
    expect(story.says({ do: 'reserve' }, '2027-01-15T23:30').outcome).toBe('allow');
    // Half past midnight in New York; in Los Angeles it is still the day of the reservation.
    const [command] = commands({ do: 'dispense', method: 'ship' }, at('2027-01-16T00:30'), story.file);
    return decide(story.file, { ...command, siteZone } as Command, EDITION).reasons;
  };
  expect(shipped('America/New_York', 'America/Los_Angeles')).toEqual(['SHIP_SAME_DAY']);
  expect(shipped('America/Los_Angeles', 'America/New_York')).toEqual([]);
  expect(shipped(undefined, 'America/Los_Angeles')).toEqual([]);
  expect(shipped(undefined, null)).toEqual(['SHIP_SAME_DAY']);
});

test('a determination is another person’s: the licence tells, however the name is typed', () => {
  expect(sameLicence('NY 123456', '123456 (New York)')).toBe(true);
  expect(sameLicence('NY 123456', 'NY 123457')).toBe(false);
  expect(sameLicence('AB-12', 'ab 12')).toBe(true);
  expect(sameLicence('', '')).toBe(false);

  const file = world('frp-first', WHEN);
  const doctor = file.participants['dr-1'] as Participant;
  const clear = (own: string | undefined, licence: string) => {
    const participants = { ...file.participants, 'dr-1': own === undefined ? doctor : { ...doctor, licence: own } };
    const story = new Story({ ...file, participants }, at(WHEN));
    story.says({ do: 'record-pregnancy-test', by: 'dr-1', id: 'p', collectedAt: '2027-01-15T11:00', result: 'positive' });
    const [command] = commands(
      { do: 'clear-pregnancy-hold', by: 'dr-1', grounds: 'x', tests: [], determinedBy: 'M. Lee' },
      story.now,
      story.file,
    );
    return decide(story.file, { ...command, licence } as Command, EDITION).reasons.includes('SECOND_PERSON_REQUIRED');
  };
  expect(clear('NY 123456', '123456, NY')).toBe(true);
  expect(clear('NY 123456', 'NY 999999')).toBe(false);
  expect(clear(undefined, '123456, NY')).toBe(false);
});

test('a clearing before the re-enrollment does not spare the first tests after it', () => {
  const clearing = (recordedAt: string): Evidence => ({
    kind: 'clearing',
    id: 'clearing',
    recordedAt: at(recordedAt),
    tests: [],
    through: at(recordedAt),
    grounds: 'false-positive',
    determinedBy: 'a specialist',
  });
  const file = world('frp-first', WHEN);
  const again = (recordedAt: string) => ({
    ...file,
    enrollment: file.enrollment && { ...file.enrollment, reEnrolledAt: at('2027-01-03T09:00') },
    evidence: [...file.evidence, clearing(recordedAt)],
  });
  expect(firstRules(again('2026-12-20T09:00'), at(WHEN), EDITION).tests).toBe(true);
  expect(firstRules(again('2027-01-10T09:00'), at(WHEN), EDITION).tests).toBe(false);
});

describe('a result entered by a prescriber who could not sign at that moment (I8)', () => {
  const WEEK_LATER = '2027-01-22T12:00';
  const entered = (participant: object, result = 'negative') => {
    const certified = { kind: 'prescriber', certifiedFrom: '2020-01-01' };
    const story = woman({
      participants: [
        { ...certified, id: 'dr-1', ...participant },
        { ...certified, id: 'dr-2' },
      ],
    });
    story.says({ do: 'record-pregnancy-test', by: 'dr-1', id: 'now', collectedAt: WHEN, result, source: 'laboratory' });
    return story;
  };
  const counts = ({ file }: Story) =>
    acceptedNegatives(file, at(WEEK_LATER), EDITION, EDITION.tests.onTherapy).some((test) => test.id === 'now');

  test.each([
    ['suspended for cause', { suspendedAt: '2027-01-02T00:00' }],
    ['never certified', { certifiedFrom: null }],
    ['certified until the day before', { certifiedUntil: '2027-01-14T23:59:59.999' }],
  ])('%s: it waits for a signature like a delegate’s', (_, participant) => {
    const story = entered(participant);
    expect(standingTests(story.file).find((test) => test.id === 'now')?.source).toBe('delegate-unsigned');
    expect(counts(story)).toBe(false);
  });

  test('a certified one signs, and the prescriber who takes the patient over can sign for what stands', () => {
    expect(counts(entered({}))).toBe(true);
    const story = entered({ suspendedAt: '2027-01-02T00:00' });
    expect(story.says({ do: 'transfer-patient', by: 'ad-1', to: 'dr-2' }).outcome).toBe('allow');
    expect(counts(story)).toBe(false);
    story.says({ do: 'correct-pregnancy-test', by: 'dr-2', test: 'now', source: 'laboratory', reason: 'report seen' });
    expect(counts(story)).toBe(true);
  });

  test('a danger counts whoever enters it', () => {
    const story = entered({ suspendedAt: '2027-01-02T00:00' }, 'positive');
    expect(standingDangers(story.file, at(WEEK_LATER), EDITION).map((each) => each.hold)).toEqual(['positive-test']);
  });
});

test('a negative with a value that every accepted test has to see contradicts itself', () => {
  expect(contradictsItself({ result: 'negative', value: 50 }, EDITION)).toBe(true);
  expect(contradictsItself({ result: 'negative', value: 49.9 }, EDITION)).toBe(false);
  expect(contradictsItself({ result: 'positive', value: 120_000 }, EDITION)).toBe(false);
  expect(contradictsItself({ result: 'negative', value: null }, EDITION)).toBe(false);
});

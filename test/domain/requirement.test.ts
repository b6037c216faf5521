import { describe, expect, test } from '@jest/globals';
import type { GivenLine } from '../../src/domain/authorization/command.js';
import { gateOf } from '../../src/domain/gate.js';
import type { Judgement } from '../../src/domain/judgement.js';
import type { Case } from '../../src/domain/patient.js';
import type { Edition } from '../../src/domain/program.js';
import { REQUIREMENTS, unmet } from '../../src/domain/requirement.js';
import { at, EDITION, Story, world } from '../support/cases.js';

// Single requirements asked by themselves, where a whole decision would answer the same for another reason too, or where the case language has no
// words for what they are asked about: packages line by line, a suspicion that two records are one person, the instant at which something ends.

const NOW = '2027-01-15T15:00';
const ON = '2027-01-15';
const story = new Story(world('frp-first', NOW), at(NOW));
story.says({ do: 'prescribe' });
const [authorization] = story.file.authorizations;
if (authorization === undefined) throw new Error('nothing was prescribed');

const judgement: Judgement = {
  file: story.file,
  edition: EDITION,
  at: at(NOW),
  on: ON,
  by: { role: 'pharmacy', id: 'ph-1' },
  authorization,
  effective: { state: 'authorized', live: null, lapsedHolder: null },
  presented: null,
  handover: null,
};
const says = (name: string, changed: Partial<Judgement>) => REQUIREMENTS[name]?.({ ...judgement, ...changed });
const withPerson = (id: string, changed: object): Case => {
  const person = story.file.participants[id];
  if (person === undefined) throw new Error(`there is no ${id}`);
  return { ...story.file, participants: { ...story.file.participants, [id]: { ...person, ...changed } } };
};

describe('the prescriber behind an authorization', () => {
  test('suspended, she refuses it at the counter, from that instant until the suspension ends', () => {
    const suspended = (since: number, until: number | null) =>
      says('prescriber-not-suspended', { file: withPerson('dr-1', { suspendedAt: since, suspendedUntil: until }) });
    expect(suspended(at(NOW), null)).toEqual(['PRESCRIBER_NOT_CERTIFIED']);
    expect(suspended(at(NOW) + 1, null)).toEqual([]);
    expect(suspended(at('2027-01-01T00:00'), at(NOW) - 1)).toEqual([]);
    expect(suspended(at('2027-01-01T00:00'), at(NOW))).toEqual(['PRESCRIBER_NOT_CERTIFIED']);
  });

  test('is who issued it, not who treats her now', () => {
    const file = withPerson('dr-2', { suspendedAt: at('2027-01-01T00:00') });
    expect(says('prescriber-not-suspended', { file })).toEqual([]);
    expect(says('prescriber-not-suspended', { file, authorization: { ...authorization, issuedBy: 'dr-2' } })).toEqual([
      'PRESCRIBER_NOT_CERTIFIED',
    ]);
  });

  test('unknown, nobody vouches for it', () => {
    expect(says('prescriber-not-suspended', { authorization: { ...authorization, issuedBy: 'dr-9' } })).toEqual([
      'PRESCRIBER_NOT_CERTIFIED',
    ]);
    expect(
      says('prescriber-not-suspended', { file: { ...story.file, enrollment: null }, authorization: { ...authorization, issuedBy: null } }),
    ).toEqual(['PRESCRIBER_NOT_CERTIFIED']);
  });
});

test('a patient is active until the very instant at which she is deactivated', () => {
  const { enrollment } = story.file;
  if (enrollment === null) throw new Error('she is enrolled');
  const deactivated = (deactivatedAt: number) =>
    says('patient-active', { file: { ...story.file, enrollment: { ...enrollment, deactivatedAt } } });
  expect(deactivated(at(NOW) + 1)).toEqual([]);
  expect(deactivated(at(NOW))).toEqual(['PATIENT_DEACTIVATED']);
});

test('counseling counts for its own prescription, by the prescriber who signs it', () => {
  const asked = { by: { role: 'prescriber' as const, id: 'dr-1' } };
  expect(says('counseling', asked)).toEqual([]);
  expect(says('counseling', { by: { role: 'prescriber', id: 'dr-2' } })).toEqual(['COUNSELING_NOT_CERTIFIED']);
  expect(says('counseling', { ...asked, authorization: { ...authorization, id: 'rx-2' } })).toEqual(['COUNSELING_NOT_CERTIFIED']);
});

describe('two records that may be one person', () => {
  const record = { patient: 'other', evidence: [], fills: [] };
  const outside = {
    ...EDITION,
    categories: { ...EDITION.categories, beside: { ...EDITION.categories['male-adult'], enrolled: false } },
  } as typeof EDITION;
  const man = new Story(world('male-first', NOW), at(NOW)).file;
  const linked = (category: string | null, file: Case = man): Case => ({ ...file, linked: [{ ...record, category }] });

  test('the stricter category of either contradicts the other', () => {
    const asked = (file: Case) => says('category-known', { file });
    expect(asked(linked('frp-adult'))).toEqual(['CATEGORY_CONTRADICTED']);
    expect(asked(linked('male-adult'))).toEqual([]);
    expect(asked(linked('nobody knows'))).toEqual([]);
    expect(asked(linked('frp-adult', story.file))).toEqual([]);
  });

  test('and keeps the gate up for who would be outside the program', () => {
    const gate = (category: string) => gateOf({ file: { ...linked(category), category: 'beside' }, on: ON, edition: outside });
    expect(gate('frp-adult')).toBe('hard');
    expect(gate('male-adult')).toBe('none');
    expect(gate('nobody knows')).toBe('none');
  });
});

describe('what is presented', () => {
  const lines = [
    { strengthMg: 5, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } },
    { strengthMg: 10, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } },
  ];
  const two = { ...authorization, prescription: { ...authorization.prescription, lines, supplyDays: 28 } };
  const base = {
    identifiersMatch: true,
    shows: ['number', 'category'] as const,
    showsCategory: null,
    capsules: null,
    strengthMg: null,
    supplyDays: null,
  };
  const quantity = (shown: object) => says('quantity', { authorization: two, presented: { ...base, ...shown } });
  const packages = (...some: readonly [number, number][]) =>
    quantity({
      lines: some.map(([strengthMg, capsules]): GivenLine => ({ strengthMg, capsules, code: null, lot: null }) as unknown as GivenLine),
    });

  test('may be as much as is authorized, of each strength and in all, and for as many days', () => {
    expect(packages([5, 21], [10, 21])).toEqual([]);
    expect(packages([5, 10], [5, 11])).toEqual([]);
    expect(packages([5, 11], [5, 11])).toEqual(['MORE_THAN_AUTHORIZED']);
    expect(packages([5, 22], [10, 20])).toEqual(['MORE_THAN_AUTHORIZED']);
    expect(packages([5, 21], [15, 1])).toEqual(['WRONG_PRODUCT']);
    expect(packages([10, 22], [15, 1])).toEqual(['MORE_THAN_AUTHORIZED', 'WRONG_PRODUCT']);
    expect(quantity({ capsules: 42, supplyDays: 28 })).toEqual([]);
    expect(quantity({ capsules: 43 })).toEqual(['MORE_THAN_AUTHORIZED']);
    expect(quantity({ supplyDays: 29 })).toEqual(['MORE_THAN_AUTHORIZED']);
    expect(quantity({ strengthMg: 10 })).toEqual([]);
    expect(quantity({ strengthMg: 15 })).toEqual(['WRONG_PRODUCT']);
  });

  test('shows the category of the authorization, where the authorization has one', () => {
    const shown = { ...base, showsCategory: 'frp-adult' };
    expect(says('presented-prescription', { presented: shown })).toEqual([]);
    expect(says('presented-prescription', { presented: { ...shown, showsCategory: 'male-adult' } })).toEqual(['CATEGORY_CONTRADICTED']);
    expect(says('presented-prescription', { presented: shown, authorization: { ...authorization, category: null } })).toEqual([]);
  });
});

test('a hand-over without a word about checklist and guide went without them', () => {
  expect(says('checklist', {})).toEqual(['CHECKLIST_MISSING']);
  expect(says('medication-guide', {})).toEqual(['MEDICATION_GUIDE_MISSING']);
  expect(says('ship-same-day', {})).toEqual([]);
});

test('what is neither authorized nor reserved has no window to stand in', () => {
  expect(says('window', {})).toEqual([]);
  for (const state of ['expired', 'dispensed', 'ready', 'counseling'] as const)
    expect(says('window', { effective: { ...judgement.effective, state } })).toEqual(['AUTHORIZATION_NOT_ISSUED']);
});

test('a site that is not on record has no certification', () => {
  expect(says('pharmacy-certified', { by: { role: 'pharmacy', id: 'ph-9' } })).toEqual(['PHARMACY_NOT_CERTIFIED']);
});

describe('I6: a value that nobody knows refuses by itself, whatever else is well', () => {
  const { tests, contraception, categories, therapy } = EDITION;
  const woman = categories['frp-adult'];
  if (woman === undefined) throw new Error('the edition has her category');
  const ofHers = (changed: Partial<typeof woman>): Edition => ({
    ...EDITION,
    categories: { ...categories, 'frp-adult': { ...woman, ...changed } },
  });
  const place = (index: number, changed: object): Edition => ({
    ...EDITION,
    tests: { ...tests, places: tests.places.map((each, at) => (at === index ? { ...each, ...changed } : each)) },
  });
  const survey = { kind: 'per-authorization', first: true, days: 30, afterCounseling: false } as const;

  test.each<[string, string, Edition]>([
    ['the age of adulthood', 'category-known', { ...EDITION, adulthoodAge: null }],
    ['how weak a test may be', 'tests', { ...EDITION, tests: { ...tests, maxSensitivity: null } }],
    ['how old the first test may be', 'tests', place(0, { maxAgeDays: null })],
    ['how young the first test may be', 'tests', place(0, { minAgeDays: null })],
    ['how many hours old the second may be', 'tests', place(1, { maxAgeHours: null })],
    ['where the second may be taken', 'tests', place(1, { settings: null })],
    ['how many methods', 'contraception', { ...EDITION, contraception: { ...contraception, methodsNeeded: null } }],
    ['how many highly effective ones', 'contraception', { ...EDITION, contraception: { ...contraception, highlyEffectiveNeeded: null } }],
    ['how long before', 'contraception', { ...EDITION, contraception: { ...contraception, lead: null } }],
    ['whether a survey is asked', 'survey', ofHers({ survey: null })],
    ['how old a survey may be', 'survey', ofHers({ survey: { ...survey, days: null } })],
    ['whether a survey comes after counseling', 'survey', ofHers({ survey: { ...survey, afterCounseling: null } } as never)],
    ['in how many months a survey is due', 'survey', ofHers({ survey: { kind: 'calendar', first: true, months: null } } as never)],
    ['when to enroll again', 'enrollment-current', { ...EDITION, therapy: { ...therapy, reenrollAfterMonths: null } }],
    ['how long an agreement is good', 'agreement', { ...EDITION, agreement: { required: true, validMonths: null } }],
    ['how many days may be left', 'days-left', { ...EDITION, authorization: { ...EDITION.authorization, maxDaysLeft: null } }],
  ])('%s', (_, requirement, edition) => {
    expect(says(requirement, { by: { role: 'prescriber', id: 'dr-1' } })).toEqual([]);
    expect(says(requirement, { by: { role: 'prescriber', id: 'dr-1' }, edition })).toContain('RULE_MISSING');
  });

  test('a requirement that the edition names and nobody knows', () => {
    const edition = { ...EDITION, judged: { ...EDITION.judged, verify: ['nobody-knows'] } };
    expect(unmet('verify', { ...judgement, edition })).toEqual(['RULE_MISSING']);
  });
});

describe('what lies on the counter, at each act that the edition judges', () => {
  const shown = {
    identifiersMatch: true,
    shows: ['number', 'category'] as const,
    showsCategory: null,
    capsules: null,
    strengthMg: null,
    supplyDays: null,
  };

  test.each(['verify', 'reserve', 'dispense'] as const)('%s: of another person, or more than was authorized, it is refused', (when) => {
    expect(unmet(when, { ...judgement, presented: { ...shown, identifiersMatch: false } })).toContain('IDENTIFIERS_DO_NOT_MATCH');
    expect(unmet(when, { ...judgement, presented: { ...shown, capsules: 22 } })).toContain('MORE_THAN_AUTHORIZED');
    const asIssued = unmet(when, { ...judgement, presented: { ...shown, capsules: 21 } });
    expect(asIssued.filter((code) => code === 'IDENTIFIERS_DO_NOT_MATCH' || code === 'MORE_THAN_AUTHORIZED')).toEqual([]);
  });
});

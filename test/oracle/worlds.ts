// The worlds that random timelines begin in: one patient each, mostly in order, with one thing or another just inside or just outside a bound.

import { DAY, type Day, dayAt, dayOf, HOUR, MINUTE, type Ms, readDay, startOf, writeDay, writeTime } from './days.js';
import type { Dice } from './dice.js';
import type { Fields } from './life.js';
import type { Potential, Table } from './tables.js';

export const ZONES = ['America/New_York', 'America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Honolulu', 'Europe/London', 'Pacific/Auckland'];

export interface World {
  readonly given: Fields;
  readonly start: Ms;
  readonly potential: Potential;
  readonly category: string;
}

/** Days on which something is odd: both clock changes, leap days, ends of months and years. */
const ODD_DAYS: readonly Day[] = [
  dayOf(2027, 1, 15),
  dayOf(2027, 3, 14),
  dayOf(2027, 3, 15),
  dayOf(2027, 3, 20),
  dayOf(2027, 11, 7),
  dayOf(2027, 11, 8),
  dayOf(2027, 11, 15),
  dayOf(2028, 2, 29),
  dayOf(2028, 3, 1),
  dayOf(2028, 3, 10),
  dayOf(2027, 8, 31),
  dayOf(2027, 2, 28),
  dayOf(2027, 12, 31),
];

export const tick = (dice: Dice): number =>
  dice.weighted<number>([
    [6, 0],
    [2, 1],
    [2, -1],
  ]);

const clockOf = (dice: Dice): number =>
  dice.weighted<number>([
    [5, dice.whole(8, 18) * HOUR + dice.whole(0, 59) * MINUTE],
    [1, 0],
    [1, DAY - 1],
    [1, 22 * HOUR + 30 * MINUTE],
  ]);

const DAYS_BEFORE = [-28, -27, -29, -30, -31, -14, -15, -10, -9, -13, -11, -7, -8, -6, -1, -56, -57];

export function worldFor(dice: Dice, table: Table): World {
  const zone = table.zone;
  const odd =
    zone === 'Europe/London' ? [...ODD_DAYS, dayOf(2027, 3, 28), dayOf(2027, 3, 31), dayOf(2027, 10, 31), dayOf(2027, 11, 3)] : ODD_DAYS;
  const day = dice.chance(60) ? dice.of(odd) : dayOf(2027, 1, 1) + dice.whole(0, 700);
  const start = startOf(day, zone) + clockOf(dice);
  const now = dayAt(start, zone);
  const [category, row] = dice.weighted(
    Object.entries(table.categories).map((each) => [each[1].potential === 'can' ? (each[1].age === 'adult' ? 8 : 3) : 2, each] as const),
  );
  const on = dice.chance(55);
  const child = row.age === 'child' || (row.age === 'any' && dice.chance(25));
  const lastFill =
    now -
    dice.weighted<number>([
      [4, 21],
      [2, 20],
      [3, dice.whole(1, 27)],
      [3, 28],
      [1, dice.whole(28, 70)],
      [1, 364],
      [1, 395],
    ]);
  const at = (days: Day, clock = clockOf(dice)): string => writeTime(Math.min(startOf(days, zone) + clock, start), zone);
  const enrolled = (on ? lastFill : now) - dice.of([40, 60, 90, 31]);
  const given: Fields = {
    category,
    categorySince: at(enrolled, 9 * HOUR),
    enrollment: { enrolledAt: at(enrolled, 9 * HOUR) },
    patient: answers(dice, table.answers === 'by-laboratory' && row.potential === 'cannot' ? 'male' : row.potential, child, now),
    agreement: {
      category,
      signedAt: at(enrolled, 9 * HOUR),
      signedBy: child ? dice.of([['guardian'], ['patient', 'guardian']]) : ['patient'],
    },
  };
  if (on) {
    const issued = startOf(lastFill, zone) + 9 * HOUR;
    const fills = [{ dispensedAt: writeTime(issued + HOUR, zone), issuedAt: writeTime(issued, zone) }];
    if (dice.chance(40) && lastFill - 28 > enrolled)
      fills.unshift({ dispensedAt: at(lastFill - 28, 10 * HOUR), issuedAt: at(lastFill - 28, 9 * HOUR) });
    given['fills'] = fills.filter((each) => each.dispensedAt <= writeTime(start, zone));
  }
  if (row.potential === 'can') {
    given['contraception'] = methods(dice, now);
    if (dice.chance(12)) given['abstinence'] = dice.chance(40) ? { never: true } : { from: writeDay(now + dice.of(DAYS_BEFORE)) };
    given['tests'] = tests(dice, table, start, on, lastFill);
    if (table.tests.second && dice.chance(90))
      given['menses'] = [{ on: writeDay(now - dice.of([0, 1, 2, 3, 4, 5, 6, 8])), kind: 'menses' }];
    if (dice.chance(5)) {
      given['contraception'] = [
        { method: 'male-condom', from: writeDay(now - 60) },
        { method: 'diaphragm', from: writeDay(now - dice.of([60, 28, 27])) },
      ];
      given['contraindicated'] = dice.of([['hormonal'], ['hormonal', 'iud'], ['iud'], ['hormonal', 'iud']]);
    } else if (dice.chance(4)) given['contraindicated'] = dice.of([['hormonal'], ['hormonal', 'iud'], ['iud']]);
  }
  if (row.survey !== 'none' && dice.chance(90)) {
    const ago = dice.weighted<number>([
      [6, 0],
      [1, 30],
      [1, 31],
      [2, dice.whole(0, 33)],
      [row.survey === 'six-monthly' ? 4 : 0, dice.of([181, 182, 184, 150, 185])],
    ]);
    given['surveys'] = [{ completedAt: writeTime(Math.min(startOf(now - ago, zone) + clockOf(dice), start), zone) }];
    if (dice.chance(8)) given['surveys'][0].for = 'rx-0';
    if (dice.chance(3)) given['surveys'][0].answers = 'discrepant';
  }
  if (table.counseledOnce.includes(row.potential) && dice.chance(85)) given['counseled'] = [{ at: at(enrolled, 9 * HOUR) }];
  spoil(dice, given, start, now, zone);
  return { given, start, potential: row.potential, category };
}

function answers(dice: Dice, potential: Potential, child: boolean, now: Day): Fields {
  const age = child ? dice.whole(9, 17) : potential === 'cannot' ? dice.whole(50, 80) : dice.whole(18, 55);
  const birth = dice.chance(10)
    ? now - Math.round(365.2425 * (child ? 18 : potential === 'cannot' ? 50 : 18)) + dice.whole(child ? 1 : -20, child ? 20 : 0)
    : now - Math.round(365.2425 * age) - dice.whole(1, 300);
  const birthDate = dice.chance(4) ? (child ? '2012-02-29' : '1976-02-29') : writeDay(birth);
  if (potential === 'male') return { birthDate, sex: 'male' };
  const woman = {
    birthDate,
    sex: 'female',
    menarche: true,
    amenorrhea: null,
    hysterectomy: false,
    bilateralOophorectomy: false,
    cycle: dice.of(['regular', 'regular', 'irregular']),
  };
  if (potential === 'can') return woman;
  if (child && dice.chance(80)) return { ...woman, menarche: false, cycle: 'none' };
  if (dice.chance(15)) return { ...woman, cycle: 'none', hysterectomy: true };
  const months = dice.of([24, 24, 23, 25, 60]);
  const since = writeDay(now - Math.round(months * 30.44) - dice.whole(-2, 2));
  return { ...woman, cycle: 'none', amenorrhea: { since, cause: dice.chance(92) ? 'natural' : 'medical-treatment' } };
}

function methods(dice: Dice, now: Day): Fields[] {
  const long = now - dice.whole(40, 450);
  const from = (): string => writeDay(dice.chance(75) ? long : now + dice.of(DAYS_BEFORE));
  const high = dice.of(['implant', 'iud-hormonal', 'tubal-ligation', 'injection', 'ring', 'partner-vasectomy', 'combined-pill']);
  const list: Fields[] = [
    { method: high, from: from() },
    { method: dice.of(['male-condom', 'diaphragm', 'cervical-cap']), from: from() },
  ];
  if (dice.chance(6)) list.splice(dice.whole(0, 1), 1);
  if (dice.chance(5))
    list[dice.whole(0, list.length - 1)]!['method'] = dice.of([
      'progestin-only-pill',
      'withdrawal',
      'female-condom',
      'male-condom',
      'patch',
    ]);
  if (dice.chance(12)) {
    const until = now + dice.of([-1, 0, 1, -20, 10, 5]);
    list[0]!['until'] = writeDay(Math.max(until, readDay(list[0]!['from'])));
    if (dice.chance(70)) list.push({ method: dice.of(['implant', 'injection', 'patch']), from: writeDay(until + dice.of([1, 1, 2])) });
  }
  if (dice.chance(3)) list[0]!['from'] = list[0]!['from'].slice(0, 7);
  return list.filter((each) => each['from'] <= writeDay(now));
}

function tests(dice: Dice, table: Table, start: Ms, on: boolean, lastFill: Day): Fields[] {
  const now = dayAt(start, table.zone);
  const list: Fields[] = [];
  const drawn = (day: Day, clock = clockOf(dice)): Ms => Math.min(startOf(day, table.zone) + clock, start);
  const add = (at: Ms): void => {
    const zone = dice.chance(85) ? table.zone : dice.of(ZONES);
    list.push({
      id: `g${list.length + 1}`,
      collectedAt: dice.chance(4) ? writeDay(dayAt(at, table.zone)) : writeTime(at, zone),
      result: 'negative',
    });
  };
  if (on)
    for (
      let day = Math.max(lastFill, now - 90);
      day < now;
      day += dice.weighted([
        [6, 7],
        [1, 8],
        [2, 14],
        [2, 28],
        [1, dice.whole(8, 60)],
      ])
    )
      if (dice.chance(85)) add(drawn(day));
  if (table.tests.second && (!on || dice.chance(25))) add(drawn(now - dice.of([19, 18, 20, 21, 25, 24, 23, 30])));
  else if (!on || dice.chance(25))
    add(
      drawn(
        now -
          dice.weighted([
            [5, 11],
            [2, 10],
            [2, 14],
            [1, 9],
            [1, 15],
            [2, dice.whole(1, 20)],
          ]),
      ),
    );
  if (dice.chance(88)) {
    const hours = dice.weighted<number>([
      [5, dice.whole(0, 23) * HOUR],
      [2, 24 * HOUR + tick(dice)],
      [on ? 6 : 1, dice.whole(0, 8) * DAY],
    ]);
    add(start - hours);
  }
  for (const each of list) spoilTest(dice, each);
  return list.sort((a, b) => (a['collectedAt'] < b['collectedAt'] ? -1 : 1));
}

/** One test in twelve is something else than a good negative. */
export function spoilTest(dice: Dice, test: Fields): void {
  if (!dice.chance(8)) return;
  const how = dice.whole(1, 8);
  if (how === 1) test['sensitivity'] = dice.of([50, 51, 100, 25, null]);
  else if (how === 2) test['setting'] = dice.of(['home', 'home', null]);
  else if (how === 3) test['source'] = dice.of(['prescriber', 'delegate-unsigned', 'patient']);
  else if (how === 4) test['result'] = dice.of(['positive', 'indeterminate', 'invalid', 'indeterminate']);
  else if (how === 5)
    Object.assign(test, { method: 'serum-quantitative', value: dice.of([1, 2, 5, 49.9, 50, 51]), sensitivity: dice.of([5, 25]) });
  else if (how === 6) Object.assign(test, { setting: 'home', sensitivity: dice.of([50, 100, 25]) });
}

/** One world in five has something wrong with its people or papers. */
function spoil(dice: Dice, given: Fields, start: Ms, now: Day, zone: string): void {
  if (dice.chance(5))
    given['accommodations'] = [
      {
        kind: dice.of(['home-tests', 'telephone-prescription']),
        from: '2020-03-26',
        until: dice.chance(50) ? null : writeDay(now + dice.of([0, -1, 1, 3])),
      },
    ];
  if (dice.chance(5))
    given['participants'] = [
      {
        id: 'dr-1',
        kind: 'prescriber',
        certifiedFrom: '2020-01-01',
        ...(dice.chance(50) ? { certifiedUntil: writeDay(now + dice.whole(-1, 3)) } : {}),
      },
      { id: 'dr-2', kind: 'prescriber', certifiedFrom: '2020-01-01' },
      { id: 'de-1', kind: 'delegate', actsFor: 'dr-1' },
      {
        id: 'ph-1',
        kind: 'pharmacy',
        certifiedFrom: '2020-01-01',
        ...(dice.chance(70)
          ? { certifiedUntil: dice.chance(50) ? writeDay(now + dice.whole(0, 3)) : writeTime(start + dice.whole(0, 40) * HOUR, zone) }
          : {}),
      },
      { id: 'ph-2', kind: 'pharmacy', certifiedFrom: dice.chance(90) ? '2020-01-01' : null },
    ];
  if (dice.chance(3))
    given['holds'] = [
      {
        kind: dice.of([
          'missed-period',
          'abnormal-bleeding',
          'unprotected-contact',
          'method-failure',
          'positive-test',
          'pregnancy',
          'survey-discrepancy',
          'indeterminate-test',
        ]),
        since: writeTime(start - dice.whole(1, 30) * DAY, zone),
      },
    ];
  if (dice.chance(2)) delete given['agreement'];
  if (dice.chance(2) && given['agreement']) given['agreement'].signedBy = dice.of([['patient'], ['guardian'], ['patient', 'guardian']]);
  if (dice.chance(1)) given['patient'].birthDate = null;
  if (dice.chance(2) && given['patient'].sex === 'female') given['patient'].hysterectomy = dice.of([true, null, false]);
  if (dice.chance(3))
    given['therapy'] = dice.chance(60)
      ? { interruptedAt: writeTime(start - dice.whole(1, 20) * DAY, zone) }
      : { endedAt: writeTime(start - dice.whole(1, 40) * DAY, zone) };
}

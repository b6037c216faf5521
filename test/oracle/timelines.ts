// Seeded random timelines in case-file format, weighted so that bounds are hit: the instants after which something changes are drawn far
// more often than the rest, a millisecond early, on time, and a millisecond late.

import { DAY, dayAt, endOf, HOUR, MINUTE, type Ms, startOf, writeDay, writeTime } from './days.js';
import { Dice } from './dice.js';
import type { Fields } from './life.js';
import type { Table } from './tables.js';
import { spoilTest, tick, type World, worldFor, ZONES } from './worlds.js';

class Telling {
  readonly events: Fields[] = [];
  /** Instants at which something may begin or end. */
  private readonly bounds: Ms[] = [];
  private labels = 0;
  private tests = 0;
  now: Ms;

  constructor(
    readonly dice: Dice,
    readonly table: Table,
    readonly world: World,
  ) {
    this.now = world.start;
  }

  say(event: Fields): void {
    this.events.push({ at: writeTime(this.now, this.table.zone), ...event });
  }

  wait(by: number): void {
    this.now += Math.max(0, by);
  }

  /** Remembers that something happens so many days after a day, at the midnight before or after it. */
  bound(from: Ms, ...days: number[]): void {
    const day = dayAt(from, this.table.zone);
    for (const each of days) this.bounds.push(startOf(day + each, this.table.zone));
  }

  after(from: Ms, hours: number): void {
    this.bounds.push(from + hours * HOUR);
  }

  /** Goes on by a little, or to a bound. */
  pass(): void {
    const next = this.bounds.filter((each) => each > this.now).sort((a, b) => a - b);
    if (next.length > 0 && this.dice.chance(40)) {
      const bound =
        next[
          Math.min(
            next.length - 1,
            this.dice.weighted<number>([
              [5, 0],
              [2, 1],
              [1, 2],
              [1, this.dice.whole(0, next.length - 1)],
            ]),
          )
        ]!;
      this.now = Math.max(this.now, bound + tick(this.dice));
      return;
    }
    this.wait(
      this.dice.weighted<number>([
        [3, 0],
        [5, this.dice.whole(1, 120) * MINUTE],
        [1, 24 * HOUR],
        [2, this.dice.whole(1, 4) * DAY],
        [1, this.dice.whole(5, 40) * DAY],
        [1, endOf(dayAt(this.now, this.table.zone), this.table.zone) - this.now + this.dice.whole(0, 1)],
      ]),
    );
  }

  newLabel(): string {
    this.labels += 1;
    return `rx-${this.labels}`;
  }

  newTest(): string {
    this.tests += 1;
    return `t${this.tests}`;
  }

  /** Mostly the youngest; sometimes an older one, or one that never was. */
  label(): string {
    if (this.dice.chance(2)) return 'unknown';
    return `rx-${this.dice.chance(85) ? Math.max(1, this.labels) : this.dice.whole(1, Math.max(1, this.labels))}`;
  }

  testIds(): string[] {
    return [
      ...((this.world.given['tests'] ?? []) as Fields[]).map((each) => each['id'] as string),
      ...Array.from({ length: this.tests }, (_, index) => `t${index + 1}`),
    ];
  }

  today(plus = 0): string {
    return writeDay(dayAt(this.now, this.table.zone) + plus);
  }
}

const pharmacy = (telling: Telling): Fields => (telling.dice.chance(80) ? {} : { pharmacy: 'ph-2' });

function test(telling: Telling, more: Fields = {}): void {
  const { dice, table } = telling;
  const ago = dice.weighted<number>([
    [8, 0],
    [2, dice.whole(0, 240) * MINUTE],
    [1, dice.whole(1, 5) * DAY],
    [1, 72 * HOUR + tick(dice)],
  ]);
  const at = telling.now - ago;
  const zone = dice.chance(85) ? table.zone : dice.of(ZONES);
  const event: Fields = {
    do: 'record-pregnancy-test',
    id: telling.newTest(),
    collectedAt: writeTime(at, zone),
    result: 'negative',
    ...more,
  };
  if (Object.keys(more).length === 0) spoilTest(dice, event);
  telling.say(event);
  telling.bound(at, 7, 8, 10, 14, 15, 21, 28);
  telling.after(at, 24);
}

/** A whole cycle as it should go, with a step left out now and then. */
function cycle(telling: Telling): void {
  const { dice, world } = telling;
  if (world.potential === 'can' && dice.chance(80)) test(telling);
  if (dice.chance(80)) telling.say({ do: 'complete-survey', ...(dice.chance(4) ? { answers: 'discrepant' } : {}) });
  if (dice.chance(30)) telling.pass();
  prescribe(telling);
  if (dice.chance(50)) telling.pass();
  else telling.wait(dice.whole(0, 90) * MINUTE);
  if (dice.chance(75)) fill(telling);
}

const FORMS: readonly Fields[] = [
  { daysSupply: 29 },
  { daysSupply: 14 },
  { strengthMg: 10 },
  { strengthMg: 7 },
  { channel: 'telephone' },
  { channel: 'written' },
  { refills: 1 },
  { capsules: null },
  {
    lines: [
      { strengthMg: 10, capsules: 21 },
      { strengthMg: 5, capsules: 21 },
    ],
  },
  { capsules: 28 },
  { lines: [{ strengthMg: 10, capsules: 28 }] },
  { lines: [{ strengthMg: 10, capsules: 28, regimen: { perDay: 1, daysOn: 28, cycleDays: 28 } }] },
  { lines: [{ strengthMg: 5, capsules: 14 }] },
];

function prescribe(telling: Telling): void {
  const { dice } = telling;
  const label = telling.newLabel();
  telling.bound(telling.now, 7, 8, 30, 31);
  if (dice.chance(75)) {
    telling.say({
      do: 'prescribe',
      authorization: label,
      ...(dice.chance(10) ? dice.of(FORMS) : {}),
      ...(dice.chance(3) ? { by: 'dr-2' } : {}),
      ...(dice.chance(4) ? { topics: ['partner-pregnancy'] } : {}),
    });
    return;
  }
  telling.say({
    do: 'start-authorization',
    authorization: label,
    ...(dice.chance(10) ? dice.of(FORMS) : {}),
    ...(dice.chance(10) ? { by: 'de-1' } : {}),
  });
  if (dice.chance(30)) telling.pass();
  if (dice.chance(92))
    telling.say({
      do: 'certify-counseling',
      authorization: label,
      ...(dice.chance(6) ? { by: dice.of(['de-1', 'dr-2']) } : {}),
      ...(dice.chance(10) ? { topics: ['partner-pregnancy'] } : {}),
    });
  if (telling.world.potential === 'can' && dice.chance(92))
    telling.say({ do: 'confirm-contraception', authorization: label, ...(dice.chance(5) ? { by: dice.of(['de-1', 'guardian']) } : {}) });
  if (dice.chance(30)) telling.pass();
  if (dice.chance(92))
    telling.say({ do: 'issue-authorization', authorization: label, ...(dice.chance(6) ? { by: dice.of(['de-1', 'dr-2']) } : {}) });
}

const ASKED: readonly Fields[] = [
  { identifiers: 'mismatch' },
  { shows: ['number'] },
  { shows: ['category'] },
  { showsCategory: 'male-adult' },
  { capsules: 22 },
  { strengthMg: 20 },
  { daysSupply: 29 },
  { capsules: 7, daysSupply: 7 },
  { capsules: 11, daysSupply: 14 },
];
const asked = (dice: Dice): Fields => (dice.chance(8) ? dice.of(ASKED) : {});

const handing = (dice: Dice): Fields =>
  dice.chance(75)
    ? {}
    : dice.of([
        { method: 'ship' },
        { method: 'ship', siteZone: 'America/Los_Angeles' },
        { method: 'ship', siteZone: 'Asia/Tokyo' },
        { checklist: false },
        { medicationGuide: false },
      ]);

function fill(telling: Telling): void {
  const { dice } = telling;
  const label = telling.label();
  const at = pharmacy(telling);
  telling.after(telling.now, 24);
  if (dice.chance(50)) {
    telling.say({ do: 'fill', authorization: label, ...at, ...asked(dice), ...handing(dice) });
    telling.bound(telling.now, 20, 21, 22, 28, 49, 50);
    return;
  }
  telling.say({ do: 'reserve', authorization: label, ...at, ...asked(dice) });
  if (dice.chance(70)) telling.pass();
  if (dice.chance(15)) other(telling);
  const told = dice.chance(20)
    ? { handedOverAt: writeTime(telling.now - dice.of([0, 10 * MINUTE, 2 * HOUR, DAY, 1]), telling.table.zone) }
    : {};
  telling.say({ do: 'dispense', authorization: label, ...(dice.chance(90) ? at : pharmacy(telling)), ...handing(dice), ...told });
  telling.bound(telling.now, 20, 21, 22, 28, 49, 50);
}

/** A false positive cleared as it should be, or nearly. */
function clearing(telling: Telling): void {
  const { dice } = telling;
  test(telling, { result: 'positive' });
  telling.wait(dice.whole(1, 30) * HOUR);
  const ids: string[] = [];
  for (let index = 0; index < 2; index += 1) {
    const at = telling.now;
    ids.push(telling.newTest());
    telling.say({
      do: 'record-pregnancy-test',
      id: ids[index]!,
      collectedAt: writeTime(at, telling.table.zone),
      result: 'negative',
      method: dice.chance(95) ? 'serum-quantitative' : 'urine',
      value: dice.chance(95) ? dice.whole(1, 2) : null,
      sensitivity: dice.of([5, 25, 25, 50]),
    });
    if (index === 0)
      telling.wait(
        48 * HOUR +
          dice.weighted<number>([
            [4, dice.whole(0, 20) * HOUR],
            [1, -1],
            [1, 0],
          ]),
      );
  }
  telling.wait(dice.whole(0, 10) * HOUR);
  telling.say({
    do: 'clear-pregnancy-hold',
    grounds: 'false-positive',
    tests: ids,
    determinedBy: dice.chance(90) ? 'ob-1' : 'dr-1',
    ...(dice.chance(5) ? { by: dice.of(['de-1', 'dr-2']) } : {}),
  });
}

function correction(telling: Telling): void {
  const { dice, table } = telling;
  const ids = telling.testIds();
  if (ids.length === 0) return;
  const id = dice.chance(60) ? ids[ids.length - 1]! : dice.of(ids);
  const reason = 'entered wrongly';
  if (dice.chance(25)) {
    telling.say({ do: 'retract-pregnancy-test', test: id, reason });
    return;
  }
  const changed = dice.weighted<Fields>([
    [
      4,
      {
        collectedAt: writeTime(
          telling.now - dice.of([0, HOUR, DAY, 24 * HOUR + 1, 3 * DAY, 7 * DAY, 8 * DAY, 10 * DAY, 14 * DAY, 15 * DAY, 9 * DAY]),
          table.zone,
        ),
      },
    ],
    [1, { result: 'indeterminate' }],
    [1, { result: 'invalid' }],
    [1, { result: 'positive' }],
    [1, { sensitivity: dice.of([50, 100, 51]) }],
    [1, { setting: 'home' }],
    [1, { source: 'patient' }],
  ]);
  telling.say({ do: 'correct-pregnancy-test', test: id, reason, ...changed });
}

type Act = (telling: Telling) => void;

/** A report of a day, with what ends it remembered. */
const report =
  (event: Fields): Act =>
  (telling) => {
    const ago = telling.dice.of([0, 0, 1, 5, 20, 21]);
    telling.say({ ...event, on: telling.today(-ago) });
    telling.bound(telling.now - ago * DAY, 20, 21, 22);
  };

const people =
  (act: string, ids: readonly string[]): Act =>
  (telling) => {
    const until = telling.dice.chance(30) ? { until: telling.today(telling.dice.whole(0, 5)) } : {};
    telling.say({ do: act, participant: telling.dice.of(ids), ...until });
    telling.bound(telling.now, 1, 2, 3);
  };

const OTHERS: readonly (readonly [number, Act])[] = [
  [6, (telling) => test(telling)],
  [3, (telling) => telling.say({ do: 'complete-survey', ...(telling.dice.chance(15) ? { answers: 'discrepant' } : {}) })],
  [2, correction],
  [3, (telling) => telling.say({ do: 'verify', authorization: telling.label(), ...pharmacy(telling), ...asked(telling.dice) })],
  [2, (telling) => telling.say({ do: 'reserve', authorization: telling.label(), ...pharmacy(telling), ...asked(telling.dice) })],
  [1, (telling) => telling.say({ do: 'release', authorization: telling.label(), ...pharmacy(telling) })],
  [1, (telling) => telling.say({ do: 'transfer-reservation', authorization: telling.label(), to: telling.dice.of(['ph-2', 'ph-1']) })],
  [1, (telling) => telling.say({ do: 'return', authorization: telling.label(), ...(telling.dice.chance(20) ? { unopened: false } : {}) })],
  [1, (telling) => telling.say({ do: 'cancel-authorization', authorization: telling.label(), reason: 'no longer needed' })],
  [1, report({ do: 'report-missed-period', kind: 'missed' })],
  [1, report({ do: 'report-missed-period', kind: 'abnormal-bleeding' })],
  [1, report({ do: 'report-unprotected-contact' })],
  [1, report({ do: 'report-method-failure', method: 'male-condom' })],
  [
    1,
    (telling) =>
      telling.say({
        do: 'report-menses',
        on: telling.today(-telling.dice.whole(0, 3)),
        ...(telling.dice.chance(70) ? { cycle: telling.dice.of(['regular', 'irregular']) } : {}),
      }),
  ],
  [
    1,
    (telling) =>
      telling.say({
        do: 'report-pregnancy',
        who: telling.world.potential === 'male' ? 'partner' : telling.dice.of(['patient', 'partner']),
      }),
  ],
  [1, clearing],
  [1, (telling) => telling.say({ do: 'resolve-discrepancy', grounds: 'a misunderstanding' })],
  [
    1,
    (telling) =>
      telling.say({
        do: 'record-contraception',
        method: telling.dice.of(['implant', 'male-condom', 'injection', 'withdrawal']),
        from: telling.today(-telling.dice.whole(0, 30)),
        ...(telling.dice.chance(30) ? { until: telling.today(telling.dice.whole(0, 30)) } : {}),
      }),
  ],
  [1, (telling) => telling.say({ do: 'declare-abstinence', from: telling.today(-telling.dice.of([0, 10, 27, 28, 60, 400])) })],
  [0.3, (telling) => telling.say({ do: 'state-contraindication', of: telling.dice.of(['hormonal', 'iud']) })],
  [1, (telling) => telling.say({ do: 'interrupt-therapy', on: telling.today(-telling.dice.whole(0, 2)) })],
  [1, (telling) => telling.say({ do: 'resume-therapy', on: telling.today() })],
  [0.5, (telling) => telling.say({ do: 'end-therapy', on: telling.today() })],
  [
    0.5,
    (telling) =>
      telling.say({
        do: 'change-dose',
        on: telling.today(),
        regimen: { perDay: 1, daysOn: 21, cycleDays: 28 },
        earlierCapsulesStopped: true,
      }),
  ],
  [
    0.5,
    (telling) =>
      telling.say({
        do: 'grant-exception',
        authorization: telling.label(),
        kind: telling.dice.of(['lost-supply', 'travel', 'dispensing-error', 'holiday-closure']),
        reason: 'documented',
        by: telling.dice.of([
          ['ad-1', 'ad-2'],
          ['ad-1', 'ad-2'],
          ['ad-1', 'ad-1'],
          ['ad-1', 'dr-1'],
        ]),
      }),
  ],
  [0.4, people('suspend-prescriber', ['dr-1', 'dr-1', 'dr-2'])],
  [0.4, people('certify-prescriber', ['dr-1'])],
  [0.6, people('suspend-pharmacy', ['ph-1', 'ph-1', 'ph-2'])],
  [0.6, people('certify-pharmacy', ['ph-1', 'ph-2'])],
  [0.4, (telling) => telling.say({ do: 'transfer-patient', to: telling.dice.of(['dr-2', 'dr-2', 'dr-1']) })],
  [
    0.6,
    (telling) =>
      telling.say({
        do: 'sign-agreement',
        category: telling.world.category,
        signedBy: ['patient', 'guardian'],
        ...(telling.dice.chance(40) ? { by: 'dr-2' } : {}),
      }),
  ],
  [0.3, (telling) => telling.say({ do: 'withdraw-agreement', reason: 'asked to' })],
  [0.3, (telling) => telling.say({ do: 'deactivate-patient', reason: 'moved away' })],
  [0.1, (telling) => telling.say({ do: 'record-death' })],
  [
    0.4,
    (telling) =>
      telling.say({
        do: 'set-accommodation',
        kind: telling.dice.of(['home-tests', 'telephone-prescription']),
        from: telling.today(),
        until: telling.dice.chance(50) ? null : telling.today(telling.dice.whole(0, 5)),
      }),
  ],
  [0.8, changeCategory],
  [
    0.4,
    (telling) =>
      telling.say({
        do: 're-enroll-patient',
        category: telling.world.category,
        agreement: {
          category: telling.world.category,
          signedAt: writeTime(telling.now, telling.table.zone),
          signedBy: ['patient', 'guardian'],
        },
      }),
  ],
];

function changeCategory(telling: Telling): void {
  const { dice, table, world } = telling;
  const grounds = dice.of(['hysterectomy', 'menarche', 'correction', 'oophorectomy', 'correction']);
  const { age } = table.categories[world.category]!;
  const same = Object.keys(table.categories).filter((each) => table.categories[each]!.age === age);
  const category = dice.chance(70) ? dice.of(same) : world.category;
  const agreement = dice.chance(80)
    ? { agreement: { category, signedAt: writeTime(telling.now, table.zone), signedBy: ['patient', 'guardian'] } }
    : {};
  telling.say({ do: 'change-category', category, grounds, ...agreement });
}

function other(telling: Telling): void {
  telling.dice.weighted(OTHERS)(telling);
}

/** One timeline; the same seed and table give the same one. */
export function timeline(seed: number, table: Table): Fields {
  const dice = new Dice(seed);
  const world = worldFor(dice, table);
  const telling = new Telling(dice, table, world);
  telling.bound(world.start, 1, 7);
  const steps = dice.whole(1, 6);
  for (let step = 0; step < steps; step += 1) {
    if (dice.chance(55)) cycle(telling);
    else other(telling);
    telling.pass();
  }
  if (telling.events.length === 0) prescribe(telling);
  return { id: `seed-${seed}`, given: world.given, events: telling.events };
}

// What belongs together in a timeline: a cycle, a fill, a clearing, a correction, a site in trouble; now and then with a step left out.

import { DAY, HOUR, MINUTE, writeTime } from './days.js';
import type { Dice } from './dice.js';
import type { Fields } from './life.js';
import type { Act, Telling } from './telling.js';
import { spoilTest, tick, ZONES } from './worlds.js';

export const pharmacy = (telling: Telling): Fields => (telling.dice.chance(80) ? {} : { pharmacy: 'ph-2' });

export function test(telling: Telling, more: Fields = {}): void {
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

/** The usual strength, where it is not the one that case files take for granted. */
const usual = ({ table }: Telling): Fields => (table.usualStrength === 25 ? {} : { strengthMg: table.usualStrength });

/** A whole cycle as it should go, with a step left out now and then. */
export function cycle(telling: Telling, between: Act = () => undefined): void {
  const { dice, world } = telling;
  if (world.potential === 'can' && dice.chance(80)) test(telling);
  if (dice.chance(80)) telling.say({ do: 'complete-survey', ...(dice.chance(4) ? { answers: 'discrepant' } : {}) });
  if (dice.chance(30)) telling.pass();
  prescribe(telling);
  if (dice.chance(50)) telling.pass();
  else telling.wait(dice.whole(0, 90) * MINUTE);
  if (dice.chance(75)) fill(telling, between);
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

export function prescribe(telling: Telling): void {
  const { dice } = telling;
  const label = telling.newLabel();
  telling.bound(telling.now, 7, 8, 30, 31);
  if (dice.chance(75)) {
    telling.say({
      do: 'prescribe',
      authorization: label,
      ...usual(telling),
      ...(dice.chance(10) ? dice.of(FORMS) : {}),
      ...(dice.chance(3) ? { by: 'dr-2' } : {}),
      ...(dice.chance(4) ? { topics: ['partner-pregnancy'] } : {}),
    });
    return;
  }
  telling.say({
    do: 'start-authorization',
    authorization: label,
    ...usual(telling),
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
  { capsules: 22 },
  { strengthMg: 20 },
  { daysSupply: 29 },
  { capsules: 7, daysSupply: 7 },
  { capsules: 11, daysSupply: 14 },
];
export function asked({ dice, table }: Telling): Fields {
  const other = { showsCategory: Object.keys(table.categories).at(-1) };
  return dice.chance(8) ? dice.of([...ASKED, other]) : {};
}

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

export function fill(telling: Telling, between: Act = () => undefined): void {
  const { dice } = telling;
  const label = telling.label();
  const at = pharmacy(telling);
  telling.after(telling.now, 24);
  if (dice.chance(50)) {
    telling.say({ do: 'fill', authorization: label, ...at, ...asked(telling), ...handing(dice) });
    telling.bound(telling.now, 20, 21, 22, 28, 49, 50);
    return;
  }
  telling.say({ do: 'reserve', authorization: label, ...at, ...asked(telling) });
  if (dice.chance(70)) telling.pass();
  if (dice.chance(15)) between(telling);
  const told = dice.chance(20)
    ? { handedOverAt: writeTime(telling.now - dice.of([0, 10 * MINUTE, 2 * HOUR, DAY, 1]), telling.table.zone) }
    : {};
  telling.say({ do: 'dispense', authorization: label, ...(dice.chance(90) ? at : pharmacy(telling)), ...handing(dice), ...told });
  telling.bound(telling.now, 20, 21, 22, 28, 49, 50);
}

/** A false positive cleared as it should be, or nearly. */
export function clearing(telling: Telling): void {
  const { dice } = telling;
  test(telling, { result: dice.chance(85) ? 'positive' : 'indeterminate' });
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

export function correction(telling: Telling): void {
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

/** The site that holds a number loses its certification for a while. */
export function siteInTrouble(telling: Telling): void {
  const { dice } = telling;
  prescribe(telling);
  const authorization = telling.label();
  telling.say({ do: 'reserve', authorization });
  telling.after(telling.now, 24);
  telling.wait(dice.whole(0, 30) * HOUR);
  const short = dice.chance(30);
  telling.say({ do: 'suspend-pharmacy', participant: 'ph-1', ...(short ? { until: telling.today() } : {}) });
  if (short) telling.wait(DAY);
  else if (dice.chance(70)) {
    telling.wait(dice.whole(0, 3) * HOUR);
    telling.say({ do: 'certify-pharmacy', participant: 'ph-1' });
  }
  telling.pass();
  telling.say({ do: dice.of(['dispense', 'reserve', 'verify', 'release']), authorization, ...pharmacy(telling) });
}

/** Her category changes while a number is open. */
export const changedWhileOpen =
  (change: Act): Act =>
  (telling) => {
    prescribe(telling);
    const authorization = telling.label();
    if (telling.dice.chance(40)) telling.say({ do: 'reserve', authorization });
    change(telling);
    telling.say({ do: telling.dice.of(['verify', 'fill']), authorization });
  };

/** A partner's pregnancy, and counseling before or after its report, with or without its topic. */
export function partner(telling: Telling): void {
  const { dice } = telling;
  prescribe(telling);
  telling.say({ do: 'report-pregnancy', who: 'partner' });
  telling.wait(dice.whole(0, 2) * DAY);
  telling.say({ do: 'complete-survey' });
  telling.say({
    do: 'prescribe',
    authorization: telling.newLabel(),
    ...usual(telling),
    ...(dice.chance(50) ? { topics: ['partner-pregnancy'] } : {}),
  });
}

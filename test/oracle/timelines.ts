// Seeded random timelines in case-file format, weighted so that bounds are hit: the instants after which something changes are drawn far
// more often than the rest, a millisecond early, on time, and a millisecond late.

import { DAY, writeTime } from './days.js';
import { Dice } from './dice.js';
import type { Fields } from './life.js';
import { asked, changedWhileOpen, clearing, correction, cycle, partner, pharmacy, prescribe, siteInTrouble, test } from './scenes.js';
import type { Table } from './tables.js';
import { type Act, Telling } from './telling.js';
import { worldFor } from './worlds.js';

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
  [3, (telling) => telling.say({ do: 'verify', authorization: telling.label(), ...pharmacy(telling), ...asked(telling) })],
  [2, (telling) => telling.say({ do: 'reserve', authorization: telling.label(), ...pharmacy(telling), ...asked(telling) })],
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
  [0.6, siteInTrouble],
  [0.8, changedWhileOpen(changeCategory)],
  [0.6, partner],
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
    if (dice.chance(55)) cycle(telling, other);
    else other(telling);
    telling.pass();
  }
  if (telling.events.length === 0) prescribe(telling);
  return { id: `seed-${seed}`, given: world.given, events: telling.events };
}

// Somebody telling a timeline: the clock, the names of prescriptions and tests, and the instants worth going to.

import { DAY, dayAt, endOf, HOUR, MINUTE, type Ms, startOf, writeDay, writeTime } from './days.js';
import type { Dice } from './dice.js';
import type { Fields } from './life.js';
import type { Table } from './tables.js';
import { tick, type World } from './worlds.js';

export type Act = (telling: Telling) => void;

export class Telling {
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

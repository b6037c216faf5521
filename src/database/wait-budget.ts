/**
 * How long one command may still wait for its turns at the database, over all of them together. What it works meanwhile does not count, and
 * waits side by side count once.
 */
export class WaitBudget {
  private waits = 0;
  private since = 0;
  private spentMs = 0;

  constructor(private readonly waitMs: number) {}

  get leftMs(): number {
    const underWay = this.waits > 0 ? performance.now() - this.since : 0;
    return Math.max(0, this.waitMs - this.spentMs - underWay);
  }

  /** A wait begins. @returns to be called once when it has ended */
  wait(): () => void {
    if (this.waits++ === 0) this.since = performance.now();
    return () => {
      if (--this.waits === 0) this.spentMs += performance.now() - this.since;
    };
  }
}

/** Of commands that wait for one turn together: what the one with the least has left, and each pays. */
export const together = (some: readonly Waits[]): Waits => ({
  get leftMs() {
    return Math.min(...some.map((each) => each.leftMs));
  },
  wait() {
    const ends = some.map((each) => each.wait());
    return () => {
      for (const end of ends) end();
    };
  },
});

export type Waits = Pick<WaitBudget, 'leftMs' | 'wait'>;

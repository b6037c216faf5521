import { Problem } from '../http/problem.js';

/**
 * How many wrong numbers or names may be tried (T6). Only misses count, so honest work never meets a limit, however much of it there is. Each
 * scope is a bucket that fills by one a miss and drains evenly, refusing while it has no room for a whole one; misses that were under way when
 * it filled make it deeper and the wait longer. In-process like the other limits of the edge: with several processes each counts for itself.
 */
export interface MissLimits {
  readonly windowMs: number;
  /** Misses that one person may make at once, and again in each window. */
  readonly perCaller: number;
  /** A site has several people and counters. */
  readonly perSite: number;
  /** Of all callers together. Beyond it nobody is locked out, as that would be an outage: each caller's own allowance shrinks. */
  readonly overall: number;
  readonly perCallerInAlarm: number;
}

/** @param perCaller misses of one person in ten minutes */
export const missLimits = (perCaller: number): MissLimits => ({
  windowMs: 10 * 60_000,
  perCaller,
  perSite: 2 * perCaller,
  overall: 100 * perCaller,
  perCallerInAlarm: Math.min(3, perCaller),
});

export type MissScope = 'caller' | 'site' | 'overall';

/** Too many did not match; nothing was looked up. */
export class TooManyMisses extends Problem {
  constructor(waitMs: number) {
    super({
      status: 429,
      code: 'too-many-misses',
      title: 'Too many numbers did not match',
      detail:
        'Nothing was looked up and nothing was refused. Wait as long as the Retry-After header says, then try again with the prescription in ' +
        'hand; if a patient is waiting, call the program’s desk.',
      headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
    });
  }
}

/** Callers and sites remembered; beyond it the longest-known is forgotten. */
const MAX_KEYS = 20_000;

interface Level {
  misses: number;
  at: number;
}

export class MissBudget {
  readonly #levels: Readonly<Record<'caller' | 'site', Map<string, Level>>> = { caller: new Map(), site: new Map() };
  readonly #overall: Level = { misses: 0, at: 0 };

  /** `onFull` is told each time a bucket fills; `nowMs` is monotonic time. */
  constructor(
    private readonly limits: MissLimits,
    private readonly onFull: (scope: MissScope) => void = () => {},
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @throws TooManyMisses while the caller or the site has none left */
  check(caller: string, site: string | null): void {
    const waitMs = this.waitMs(caller, site);
    if (waitMs > 0) throw new TooManyMisses(waitMs);
  }

  /** How long until the caller and the site may miss once more; 0: now. */
  waitMs(caller: string, site: string | null): number {
    const { perCaller, perSite, overall, perCallerInAlarm } = this.limits;
    const inAlarm = this.#drained(this.#overall, overall).misses > overall - 1;
    const callersWait = this.#waitAt(this.#levels.caller.get(caller), inAlarm ? perCallerInAlarm : perCaller);
    return callersWait > 0 || site === null ? callersWait : this.#waitAt(this.#levels.site.get(site), perSite);
  }

  missed(caller: string, site: string | null): void {
    const { perCaller, perSite, overall } = this.limits;
    this.#add(this.#levelOf('caller', caller), perCaller, 'caller');
    if (site !== null) this.#add(this.#levelOf('site', site), perSite, 'site');
    this.#add(this.#overall, overall, 'overall');
  }

  #waitAt(level: Level | undefined, limit: number): number {
    if (!level) return 0;
    const { misses } = this.#drained(level, limit);
    return misses > limit - 1 ? ((misses - limit + 1) / limit) * this.limits.windowMs : 0;
  }

  #add(level: Level, limit: number, scope: MissScope): void {
    const before = this.#drained(level, limit).misses;
    level.misses = before + 1;
    if (before <= limit - 1 && level.misses > limit - 1) this.onFull(scope);
  }

  #drained(level: Level, limit: number): Level {
    const now = this.nowMs();
    level.misses = Math.max(0, level.misses - ((now - level.at) / this.limits.windowMs) * limit);
    level.at = now;
    return level;
  }

  #levelOf(scope: 'caller' | 'site', key: string): Level {
    const levels = this.#levels[scope];
    let level = levels.get(key);
    if (!level) {
      if (levels.size >= MAX_KEYS) levels.delete(levels.keys().next().value as string);
      level = { misses: 0, at: this.nowMs() };
      levels.set(key, level);
    }
    return level;
  }
}

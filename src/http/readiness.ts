/** Resolves when the part can do its work, rejects when it cannot. The reason stays inside: only the part's name is told. */
export type ReadinessCheck = () => Promise<void> | void;

export type PartState = 'ready' | 'not-ready';

const PART = /^[a-z][a-z-]{0,39}$/;

/** The parts that have to work before this process should get requests. Modules add theirs; `/health/ready` asks all of them. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();
  #stopping = false;
  #running: Promise<Record<string, PartState>> | undefined;

  constructor(private readonly timeoutMs = 1_000) {}

  /** `part` is a fixed word such as `database`; it is shown to anybody. */
  add(part: string, check: ReadinessCheck): void {
    if (!PART.test(part)) throw new Error('a readiness part is named by a lower-case word');
    this.#checks.set(part, check);
  }

  /** From now on not ready, whatever the parts say, so that the load balancer turns away before the door closes. */
  stopping(): void {
    this.#stopping = true;
  }

  /** State of every part. Callers who ask at the same time share one round, so that probing cannot become load. */
  async states(): Promise<Readonly<Record<string, PartState>>> {
    if (this.#stopping) return { service: 'not-ready' };
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #ask(): Promise<Record<string, PartState>> {
    const answers = await Promise.all([...this.#checks].map(async ([part, check]) => [part, await this.#stateOf(check)] as const));
    return Object.fromEntries(answers);
  }

  async #stateOf(check: ReadinessCheck): Promise<PartState> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<PartState>((resolve) => {
      timer = setTimeout(() => resolve('not-ready'), this.timeoutMs);
    });
    const asked = (async (): Promise<PartState> => {
      await check();
      return 'ready';
    })().catch((): PartState => 'not-ready');
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

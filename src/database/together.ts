import { Overloaded } from './errors.js';

export interface TogetherOptions {
  /** Questions in one batch at the most. */
  readonly most: number;
  /** Batches under way at once. */
  readonly atOnce: number;
  /** The longest wait before a question is sent; after it the caller hears that there is too much to do, milliseconds. */
  readonly waitMs: number;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly since: number;
  readonly resolve: (answer: Answer | Promise<Answer>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends questions together that come at the same moment: while batches are under way, further questions collect and go as one. Nobody waits for
 * company: with a free place a question goes at once, alone if it is.
 */
export class Together<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private underWay = 0;
  private soon: NodeJS.Immediate | undefined;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param ask answers a batch in its order, at once or one by one; a batch that fails as a whole fails each of its questions. It is told since
   * when the first of them has been waiting, by `performance.now()`, so that a wait of its own comes out of the same time.
   */
  constructor(
    private readonly ask: (questions: readonly Question[], waitingSince: number) => Promise<readonly (Answer | Promise<Answer>)[]>,
    private readonly options: TogetherOptions,
  ) {}

  /** @throws Overloaded when it could not be sent in time; whatever `ask` throws */
  answer(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, since: performance.now(), resolve, reject });
      // After whatever else has arrived by now: those that come in one breath of the event loop go in one batch.
      this.soon ??= setImmediate(() => {
        this.soon = undefined;
        this.send();
      });
    });
  }

  private send(): void {
    while (this.underWay < this.options.atOnce && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.most);
      this.underWay++;
      void this.run(batch).finally(() => {
        this.underWay--;
        this.send();
      });
    }
    if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.refuseTheLate(), this.options.waitMs);
  }

  private async run(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const since = batch[0]?.since ?? performance.now();
      const answers = await this.ask(
        batch.map((each) => each.question),
        since,
      );
      if (answers.length !== batch.length) throw new Error(`${batch.length} questions were given ${answers.length} answers.`);
      for (const [place, each] of batch.entries()) each.resolve(answers[place] as Answer | Promise<Answer>);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }

  private refuseTheLate(): void {
    this.timer = undefined;
    const now = performance.now();
    const late = this.waiting.filter((each) => now - each.since >= this.options.waitMs);
    this.waiting = this.waiting.slice(late.length);
    for (const each of late) each.reject(new Overloaded(`No turn came within ${this.options.waitMs} ms. Try again in a moment.`));
    const [oldest] = this.waiting;
    if (oldest) this.timer = setTimeout(() => this.refuseTheLate(), this.options.waitMs - (now - oldest.since));
  }
}

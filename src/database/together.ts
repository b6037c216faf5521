import { Overloaded } from './errors.js';
import { together, WaitBudget, type Waits } from './wait-budget.js';

export interface TogetherOptions {
  /** Questions in one batch at the most. */
  readonly most: number;
  /** Batches under way at once. */
  readonly atOnce: number;
  /**
   * The longest wait before a question is sent that comes without a budget of its own; after it the caller hears that there is too much to do,
   * milliseconds.
   */
  readonly waitMs: number;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly budget: Waits;
  /** It waits no longer: it was sent, or refused. */
  readonly waited: () => void;
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
   * @param ask answers a batch in its order, at once or one by one; a batch that fails as a whole fails each of its questions. A wait of its own
   * comes out of the budgets of all of them.
   */
  constructor(
    private readonly ask: (questions: readonly Question[], budget: Waits) => Promise<readonly (Answer | Promise<Answer>)[]>,
    private readonly options: TogetherOptions,
  ) {}

  /** @throws Overloaded when it could not be sent in time; whatever `ask` throws */
  answer(question: Question, budget: Waits = new WaitBudget(this.options.waitMs)): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, budget, waited: budget.wait(), resolve, reject });
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
    this.watch();
  }

  private async run(batch: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      for (const each of batch) each.waited();
      const answers = await this.ask(
        batch.map((each) => each.question),
        together(batch.map((each) => each.budget)),
      );
      if (answers.length !== batch.length) throw new Error(`${batch.length} questions were given ${answers.length} answers.`);
      for (const [place, each] of batch.entries()) each.resolve(answers[place] as Answer | Promise<Answer>);
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }

  /** Looks again when the first of those who wait has waited all he may. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.timer = setTimeout(() => this.refuseTheLate(), Math.ceil(Math.min(...this.waiting.map((each) => each.budget.leftMs))));
  }

  private refuseTheLate(): void {
    const late = this.waiting.filter((each) => each.budget.leftMs === 0);
    this.waiting = this.waiting.filter((each) => !late.includes(each));
    for (const { waited, reject } of late) {
      waited();
      reject(new Overloaded('No turn came in time. Try again in a moment.'));
    }
    this.watch();
  }
}

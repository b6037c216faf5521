import type { ProblemLike } from '../http/problem.js';

/** Answers that are no decision: nothing was decided, nothing is stored, and the same key may be sent again. */

class NoDecision extends Error implements ProblemLike {
  readonly headers?: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    retryAfterSeconds?: number,
  ) {
    super(title);
    if (retryAfterSeconds !== undefined) this.headers = { 'Retry-After': String(retryAfterSeconds) };
  }
}

/** The service cannot decide now (I6): never an allow, never told as a refusal. */
export class Indeterminate extends NoDecision {
  constructor(override readonly cause: unknown) {
    super(
      503,
      'indeterminate',
      'We cannot answer right now',
      'Nothing was refused and nothing is lost. Do not hand over yet. Send the same request with the same Idempotency-Key in a minute.',
      5,
    );
  }
}

/** Others kept changing the same patient's record. */
export class TooMuchTraffic extends NoDecision {
  constructor() {
    super(
      503,
      'busy-record',
      'Somebody else is working on this record',
      'Nothing was changed. Send the same request again in a moment.',
      1,
    );
  }
}

export class NotFound extends NoDecision {
  constructor() {
    super(404, 'not-found', 'There is nothing here', 'No such thing exists, or it is not yours to see.');
  }
}

/** The same key came with another body: one of the two is a mistake, and the first stands. */
export class KeyUsedOtherwise extends NoDecision {
  constructor() {
    super(
      409,
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request',
      'Nothing was changed. The first request with this key stands. Send a new key with a new request.',
    );
  }
}

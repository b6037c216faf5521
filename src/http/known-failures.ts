import { AuthError } from '../auth/auth.errors.js';
import { Overloaded as DatabaseOverloaded, DatabaseUnavailable, OutcomeUnknown } from '../database/errors.js';
import { Overloaded } from './overload.js';
import { Problem, type ProblemLike } from './problem.js';

const TITLES: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Please sign in',
  STEP_UP_REQUIRED: 'Please sign in again before you sign',
  FORBIDDEN: 'This is not open to you',
  SIGN_IN_UNAVAILABLE: 'Sign-in cannot be checked right now',
};

/** The problem for what sign-in and database throw; they know nothing of HTTP bodies. Undefined for everything else. */
export function knownFailure(thrown: unknown): ProblemLike | undefined {
  if (thrown instanceof AuthError) {
    return new Problem({
      status: thrown.status,
      code: thrown.code,
      title: TITLES[thrown.code] ?? 'Please sign in',
      detail: thrown.message, // written for the reader
      ...(thrown.wwwAuthenticate === null ? {} : { headers: { 'www-authenticate': thrown.wwwAuthenticate } }),
    });
  }
  if (thrown instanceof DatabaseOverloaded) return new Overloaded();
  if (thrown instanceof DatabaseUnavailable) {
    return new Problem({
      status: 503,
      code: 'database-unavailable',
      title: 'The records cannot be reached right now',
      detail: 'Nothing was changed and nothing was decided. Wait as long as the Retry-After header says, then send the same request again.',
    });
  }
  if (thrown instanceof OutcomeUnknown) {
    return new Problem({
      status: 503,
      code: 'outcome-unknown',
      title: 'We cannot tell yet whether this was done',
      detail: 'Do not take it for refused. Send the same request with the same Idempotency-Key again: it is done once at most.',
    });
  }
  return undefined;
}

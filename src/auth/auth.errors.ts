import type { Principal } from './principal.js';
import type { TokenFault } from './token.js';

/**
 * Refusals before any decision. The HTTP edge turns them into RFC 9457 problems; `message` is written for the reader, `code` is stable,
 * `wwwAuthenticate` is the header of RFC 6750 and RFC 9470, or null when there is none.
 */
export abstract class AuthError extends Error {
  abstract readonly status: 401 | 403 | 503;
  abstract readonly code: string;
  abstract readonly wwwAuthenticate: string | null;
}

/** No token, or one that does not count. `fault` is for metrics and logs; the caller is not told which check failed. */
export class Unauthenticated extends AuthError {
  readonly status = 401;
  readonly code = 'UNAUTHENTICATED';
  readonly wwwAuthenticate: string;

  constructor(readonly fault: TokenFault | 'absent') {
    super(
      fault === 'absent' ? 'Sign in first: send an access token.' : 'Sign in again: this access token does not count here, or no longer.',
    );
    // RFC 6750 §3.1: a request without any token gets no error code.
    this.wwwAuthenticate = fault === 'absent' ? 'Bearer realm="rems"' : 'Bearer realm="rems", error="invalid_token"';
  }
}

/** What is to be signed needs a sign-in of the last 15 minutes. */
export class StepUpRequired extends AuthError {
  readonly status = 401;
  readonly code = 'STEP_UP_REQUIRED';
  readonly wwwAuthenticate: string;

  constructor(readonly maxAgeSeconds: number) {
    super(`You are about to sign. Prove that it is you: sign in again, then repeat this within ${Math.round(maxAgeSeconds / 60)} minutes.`);
    this.wwwAuthenticate = `Bearer realm="rems", error="insufficient_user_authentication", max_age="${maxAgeSeconds}"`;
  }
}

/** Signed in, but this role may not ask for this. Carries who and what, so that the refusal can be written down. */
export class Forbidden extends AuthError {
  readonly status = 403;
  readonly code = 'FORBIDDEN';
  readonly wwwAuthenticate = 'Bearer realm="rems", error="insufficient_scope"';

  constructor(
    readonly operation: string | null,
    readonly principal: Principal | null,
  ) {
    super('Your role does not include this. Somebody else in your team or the program’s desk can do it.');
  }
}

/** Whether the token counts cannot be told now. Nothing was refused and nothing was decided. */
export class SignInUnavailable extends AuthError {
  readonly status = 503;
  readonly code = 'SIGN_IN_UNAVAILABLE';
  readonly wwwAuthenticate = null;
  readonly retryAfterSeconds = 2;

  constructor(override readonly cause: unknown) {
    super('We cannot check your sign-in right now. Nothing was refused and nothing is lost. Try again in a moment.');
  }
}

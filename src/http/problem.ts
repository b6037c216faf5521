import { randomBytes } from 'node:crypto';

/**
 * What any part of the service throws to be answered as an RFC 9457 problem. It is a shape, not a base class, so that
 * auth, database and services need not import the edge. Everything in it is sent to the caller: never put input in it.
 */
export interface ProblemLike {
  /** 400–599. */
  readonly status: number;
  /** Stable name, `outcome-unknown` or `OUTCOME_UNKNOWN`; becomes `/problems/outcome-unknown`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the answer, such as `reasons` or `errors`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** One field that has to change; `pointer` is an RFC 6901 JSON pointer into the body or the query. */
export interface FieldProblem {
  readonly pointer: string;
  readonly message: string;
}

/** The answer on the wire, `application/problem+json`. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** `urn:uuid:` and the request id. */
  readonly instance: string;
  /** Eight characters to read aloud to the help desk; the log line of the request carries them too. */
  readonly reference: string;
  readonly errors?: readonly FieldProblem[];
  readonly [extension: string]: unknown;
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

export class Problem extends Error implements ProblemLike {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;

  constructor(problem: ProblemLike) {
    super(problem.title);
    this.name = 'Problem';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    if (problem.headers) this.headers = problem.headers;
    if (problem.extensions) this.extensions = problem.extensions;
  }
}

/** The request named fields that have to change. */
export function fieldsInvalid(errors: readonly FieldProblem[]): Problem {
  return new Problem({
    status: 400,
    code: 'fields-invalid',
    title: 'Some fields need another look',
    detail: 'Nothing was changed. Correct the fields named in errors and send the request again.',
    extensions: { errors },
  });
}

export function isProblemLike(value: unknown): value is ProblemLike {
  if (typeof value !== 'object' || value === null) return false;
  const { status, code, title, detail } = value as Partial<ProblemLike>;
  return (
    typeof status === 'number' &&
    Number.isInteger(status) &&
    status >= 400 &&
    status <= 599 &&
    typeof code === 'string' &&
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(code) &&
    typeof title === 'string' &&
    typeof detail === 'string'
  );
}

// Keyed by status: what is said when nobody who knew more has spoken. A framework's own message is never used, because it quotes input.
const STANDARD: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  400: [
    'bad-request',
    'The request could not be read',
    'Nothing was changed. Check the request against the API description and send it again.',
  ],
  401: ['sign-in-needed', 'Please sign in', 'The request carries no valid sign-in. Sign in again and repeat it.'],
  403: ['not-allowed', 'This is not open to you', 'Your role does not include this. Ask the person responsible for it.'],
  404: ['not-found', 'There is nothing here', 'No such thing exists, or it is not yours to see. Check the address or the number.'],
  405: [
    'method-not-allowed',
    'This address does not do that',
    'The address exists but does not take this method. The Allow header lists those it takes.',
  ],
  408: ['too-slow', 'The request took too long to arrive', 'Nothing was changed. Check the connection and send the request again.'],
  409: ['conflict', 'Something changed in the meantime', 'Nothing was changed. Load the latest state and decide again.'],
  413: ['too-large', 'The request is too large', 'Nothing was changed. A body may have at most 64 kB.'],
  414: ['address-too-long', 'The address is too long', 'Check the identifier in the address.'],
  415: ['unsupported-media-type', 'The body is of a type this address does not read', 'Send JSON with Content-Type: application/json.'],
  417: ['expectation-failed', 'That expectation cannot be met', 'Send the request without the Expect header.'],
  429: ['too-many-requests', 'Too many requests', 'Wait as long as the Retry-After header says, then send the request again.'],
  431: ['headers-too-large', 'The request headers are too large', 'Nothing was changed. Send fewer or shorter headers.'],
  500: [
    'unexpected',
    'Something went wrong on our side',
    'We do not know whether the change was made. Repeat the request with the same Idempotency-Key, or call the help desk with the reference.',
  ],
  503: [
    'unavailable',
    'The service is busy or stopping',
    'Wait as long as the Retry-After header says, then repeat the request with the same Idempotency-Key.',
  ],
};

/** The problem for a status that came without one. */
export function standardProblem(status: number, headers?: Readonly<Record<string, string>>): Problem {
  const known = STANDARD[status] ?? STANDARD[status >= 500 ? 500 : 400]!;
  const [code, title, detail] = known;
  return new Problem({ status, code, title, detail, ...(headers ? { headers } : {}) });
}

// Without 0 O 1 I L, without vowels and without letters that sound like another one on a bad line (B/P/V, S/Z, A/8 …).
const READ_ALOUD = '2345679CDFGHJKMQRTWXY';

/** Eight characters, easy to read aloud; about 3.8e10 of them, enough to find one line in a day's log. */
export function newReference(): string {
  let reference = '';
  for (const byte of randomBytes(8)) reference += READ_ALOUD[byte % READ_ALOUD.length];
  return reference;
}

/** `/problems/…` of a code. */
export function problemSlug(code: string): string {
  return code.toLowerCase().replaceAll('_', '-');
}

export function toProblemBody(problem: ProblemLike, requestId: string, reference: string): ProblemBody {
  return {
    // Extensions first: none of them can replace a standard member.
    ...problem.extensions,
    type: `/problems/${problemSlug(problem.code)}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    instance: `urn:uuid:${requestId}`,
    reference,
  };
}

/** Headers of a problem; 429 and 503 always tell when to come back, spread so that clients do not come back together. */
export function problemHeaders(problem: ProblemLike): Record<string, string> {
  const headers: Record<string, string> = { ...problem.headers };
  const tellsWhen = Object.keys(headers).some((name) => name.toLowerCase() === 'retry-after');
  if ((problem.status === 503 || problem.status === 429) && !tellsWhen) headers['retry-after'] = spreadRetryAfterSeconds();
  return headers;
}

/** 1–3 whole seconds, at random. */
export function spreadRetryAfterSeconds(): string {
  return String(1 + (randomBytes(1)[0]! % 3));
}

// The three ways in which the database can fail a caller who did nothing wrong. None of them is a "no": decisions become indeterminate.
import pg from 'pg';

/** Too many callers at once, or too much contention. Nothing was written. Answer 503 with Retry-After. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}

/** No connection could be had, or it broke before COMMIT was sent. Nothing was written. Answer 503. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** The connection broke after the work was sent: it may or may not have been committed. Ask by idempotency key; never answer "failed". */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** The SQLSTATE of an error that Postgres itself sent, else null. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError && error.code ? error.code : null;
}

/** Serialization failure or deadlock: Postgres rolled back and asks for the whole transaction again, with fresh reads. */
export function asksForRetry(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/**
 * Whether the connection can no longer be trusted: everything that is not a plain answer of Postgres about one statement.
 * 57P is the server going down or cutting us off, 08 a connection failure, 25P03 an end for idling in a transaction.
 */
export function breaksConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state === null || state.startsWith('08') || state.startsWith('57P') || state === '25P03' || state === '25P04';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

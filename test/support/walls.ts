// What keeps two decisions on one patient apart, to be taken away in controls: the guard of the statement, and the unique indexes.
import type { DatabaseProxy } from './tcp-proxy.js';

const GUARD = / AND revision = (\$\d+)::integer/;
const HOLD = /(SELECT id, revision FROM enrollment WHERE [^()]*?)(?: ORDER BY id)? FOR UPDATE/;

/**
 * Takes the guard out of the real service's statements on their way to the database: the revision that was decided on, and the lock on the row.
 * @returns how many kinds of statements have lost theirs, so that a control cannot pass because there was nothing to take away
 */
export function removeGuard(proxy: DatabaseProxy): () => number {
  let removed = 0;
  proxy.rewrite((statement) => {
    if (!GUARD.test(statement) || !HOLD.test(statement)) return statement;
    removed += 1;
    return statement.replace(GUARD, (_, read: string) => ` AND ${read}::integer IS NOT NULL`).replace(HOLD, '$1');
  });
  return () => removed;
}

export const UNIQUE_INDEXES = ['fill_once', 'entry_version', 'authorization_one_open'];

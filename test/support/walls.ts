// What keeps two decisions on one patient apart, to be taken away in controls: the guard of the statement, and the unique indexes.

/** The real service's statement without the revision it was decided on; the row is locked no more either. */
export const withoutGuard = (statement: string): string =>
  statement.replace(/ AND revision = (\$\d+)::integer FOR UPDATE/, (_, read: string) => ` AND ${read}::integer IS NOT NULL`);

export const UNIQUE_INDEXES = ['fill_once', 'entry_version', 'authorization_one_open'];

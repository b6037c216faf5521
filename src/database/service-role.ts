// The database's own word that the log cannot be rewritten by the service: the role it runs as has no right to. Checked at every start.
import type { QueryPool } from './pools.js';

interface RoleFacts {
  readonly role: string;
  readonly superuser: boolean;
  readonly owned: string[];
  readonly rewritable: string[];
}

// MEMBER, not USAGE: a role that may SET ROLE to the owner is as good as the owner. The table's partitions are asked one by one,
// since a right on a partition works without one on the table; a table without any is not in its own partition tree.
const question = `
  SELECT current_user::text AS role,
         (SELECT bool_or(rolsuper) FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')) AS superuser,
         ARRAY(SELECT c.oid::regclass::text
                 FROM pg_class c
                WHERE c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')
                  AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                  AND c.relpersistence <> 't'
                ORDER BY 1 LIMIT 5) AS owned,
         ARRAY(SELECT kind || ' ' || log.relid::text
                 FROM (SELECT to_regclass('entry') UNION SELECT relid FROM pg_partition_tree(to_regclass('entry'))) AS log (relid),
                      unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS kind
                WHERE has_table_privilege(log.relid, kind)
                   OR (kind = 'UPDATE' AND has_any_column_privilege(log.relid, kind))
                ORDER BY 1 LIMIT 5) AS rewritable`;

/**
 * Refuses a service role that could change the past.
 * @throws Error with one sentence that says which right is too many, for the person who set up the database
 */
export async function refuseOverpoweredRole(pool: Pick<QueryPool, 'query'>): Promise<void> {
  const { rows } = await pool.query<RoleFacts>(question);
  const facts = rows[0];
  if (!facts) throw new Error('The database did not say what the service role may do.');
  const trouble = facts.superuser
    ? 'is a superuser'
    : facts.owned.length > 0
      ? `owns tables (${facts.owned.join(', ')})`
      : facts.rewritable.length > 0
        ? `may change recorded entries (${facts.rewritable.join(', ')})`
        : null;
  if (trouble) {
    throw new Error(
      `The service does not start because its database role "${facts.role}" ${trouble}, so it could rewrite the log. Name a role without these rights in DATABASE_URL.`,
    );
  }
}

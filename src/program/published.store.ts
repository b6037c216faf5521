import type { QueryPool, Tx } from '../database/pools.js';

type Db = Pick<QueryPool, 'query'> | Tx;

/** A document as it lies in the table. */
export interface StoredDocument {
  readonly hash: string;
  readonly program: string;
  /** Milliseconds. */
  readonly effectiveFrom: number;
  readonly text: string;
  /** Approved here and not withdrawn. */
  readonly governs: boolean;
}

export interface Published {
  readonly revision: number;
  readonly documents: readonly StoredDocument[];
}

/** What the programs folder of this release brings. */
export interface Shipped {
  readonly hash: string;
  readonly program: string;
  readonly edition: string;
  readonly effectiveFrom: number;
  readonly text: string;
}

export interface MaterialFile {
  readonly sha256: string;
  readonly text: string;
}

const DOCUMENT = `SELECT d.hash, d.program, epoch_ms(d.effective_from) AS "effectiveFrom", convert_from(d.document, 'UTF8') AS text,
    EXISTS (SELECT 1 FROM edition_step s WHERE s.hash = d.hash AND s.step = 'approved')
      AND NOT EXISTS (SELECT 1 FROM edition_step s WHERE s.hash = d.hash AND s.step = 'withdrawn') AS governs
  FROM edition_document d`;

/** Documents and materials, by what they hash to. They are only ever added. */
export class PublishedStore {
  /** All that was ever approved or shipped, as of one revision: one statement, so that no step can fall between the two. */
  async read(db: Db): Promise<Published> {
    const { rows } = await db.query<Published>(
      `SELECT (SELECT coalesce(max(s.revision), 0) FROM edition_step s) AS revision,
        (SELECT coalesce(json_agg(x), '[]') FROM (${DOCUMENT} WHERE d.origin = 'shipped'
          OR EXISTS (SELECT 1 FROM edition_step s WHERE s.hash = d.hash AND s.step = 'approved')) x) AS documents`,
    );
    const [row] = rows;
    if (!row) throw new Error('The database answered a question about editions with no row.');
    return row;
  }

  /** Any document, drafts too; null when none has that hash. */
  async document(db: Db, hash: string): Promise<StoredDocument | null> {
    const { rows } = await db.query<StoredDocument>(`${DOCUMENT} WHERE d.hash = $1`, [hash]);
    return rows[0] ?? null;
  }

  /** Keeps what this release ships; what is there already stays as it is. */
  async keep(db: Db, shipped: readonly Shipped[], materials: readonly MaterialFile[]): Promise<void> {
    await db.query(
      `INSERT INTO edition_document (hash, program, edition, origin, document, effective_from, recorded_at)
        SELECT hash, program, edition, 'shipped', convert_to(text, 'UTF8'), to_timestamp("effectiveFrom" / 1000.0), rems_now()
        FROM jsonb_to_recordset($1::jsonb) AS f (hash text, program text, edition text, text text, "effectiveFrom" bigint)
        WHERE NOT EXISTS (SELECT 1 FROM edition_document d WHERE d.hash = f.hash) ON CONFLICT DO NOTHING`,
      [JSON.stringify(shipped)],
    );
    await this.keepMaterials(db, materials);
  }

  async keepMaterials(db: Db, materials: readonly MaterialFile[]): Promise<void> {
    if (materials.length === 0) return;
    await db.query(
      `INSERT INTO edition_material (sha256, content, recorded_at) SELECT sha256, convert_to(text, 'UTF8'), rems_now()
        FROM jsonb_to_recordset($1::jsonb) AS f (sha256 text, text text)
        WHERE NOT EXISTS (SELECT 1 FROM edition_material m WHERE m.sha256 = f.sha256) ON CONFLICT DO NOTHING`,
      [JSON.stringify(materials)],
    );
  }

  async material(db: Db, sha256: string): Promise<string | null> {
    const { rows } = await db.query<{ text: string }>(
      "SELECT convert_from(content, 'UTF8') AS text FROM edition_material WHERE sha256 = $1",
      [sha256],
    );
    return rows[0]?.text ?? null;
  }

  /** Which of these materials are on file. */
  async materialsKept(db: Db, hashes: readonly string[]): Promise<string[]> {
    const { rows } = await db.query<{ sha256: string }>('SELECT sha256 FROM edition_material WHERE sha256 = ANY($1::text[])', [hashes]);
    return rows.map((each) => each.sha256);
  }
}

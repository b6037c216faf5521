import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { CaseStore } from '../../src/authorization/case.store.js';
import { canonicalText, EditionCatalogue, hashOfDocument } from '../../src/program/edition.catalogue.js';
import { hashOfText } from '../../src/program/materials.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { nextEdition, shippedDocument } from '../support/editions.js';

const DAY_MS = 86_400_000;
const [author, second] = [uuidv7(), uuidv7()];
const PROGRAM = String(shippedDocument()['program']);
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ demoClock: false });
});
afterAll(() => database.close());

const rest = () => database.pools.rest;
let day = 1_000;
const fresh = (changes: Readonly<Record<string, unknown>> = {}) => {
  day += 1;
  return nextEdition(Date.now() + day * DAY_MS, changes);
};

async function keep(document: object, hash = hashOfDocument(document)): Promise<string> {
  const { program, edition } = document as Record<string, string>;
  await rest().query(
    `INSERT INTO edition_document (hash, program, edition, origin, document, effective_from, drafted_by, recorded_at)
      VALUES ($1, $2, $3, 'drafted', convert_to($4, 'UTF8'), now(), $5, now())`,
    [hash, program, edition, canonicalText(document), author],
  );
  return hash;
}

const AFTER: Readonly<Record<string, string | null>> = { drafted: null, checked: 'drafted', approved: 'checked', withdrawn: 'approved' };
const step = (hash: string, name: string, by: string, revision: number | null = null, follows = AFTER[name]) =>
  rest().query(
    `INSERT INTO edition_step (hash, step, follows, drafted_by, taken_by, at, entry_id, reason, revision) VALUES ($1, $2, $3, $4, $5, now(), $6, 'r', $7)`,
    [hash, name, follows, author, by, uuidv7(), revision],
  );

async function revision(): Promise<number> {
  const { rows } = await rest().query<{ last: number }>('SELECT coalesce(max(revision), 0) AS last FROM edition_step');
  return rows[0]?.last ?? Number.NaN;
}

async function approved(document: object): Promise<string> {
  const hash = await keep(document);
  await step(hash, 'drafted', author);
  await step(hash, 'checked', author);
  await step(hash, 'approved', second, (await revision()) + 1);
  return hash;
}

describe('it is the constraint, and nothing before it, that stops', () => {
  test('an approval by the author', async () => {
    const hash = await keep(fresh());
    await step(hash, 'drafted', author);
    await step(hash, 'checked', author);
    await expect(step(hash, 'approved', author, 900)).rejects.toMatchObject({ constraint: 'edition_step_two_persons' });
    await expect(step(hash, 'approved', second, 900)).resolves.toMatchObject({ rowCount: 1 });
    await step(hash, 'withdrawn', author, 901);
  });

  test('an approval without a check, also one that names it', async () => {
    const hash = await keep(fresh());
    await step(hash, 'drafted', author);
    await expect(step(hash, 'approved', second, 910)).rejects.toMatchObject({ constraint: 'edition_step_order' });
    await expect(step(hash, 'approved', second, 910, 'drafted')).rejects.toMatchObject({ constraint: 'edition_step_follows' });
  });

  test('another author than the document’s, who would make a second person of the first', async () => {
    const hash = await keep(fresh());
    const other = uuidv7();
    const text = `INSERT INTO edition_step (hash, step, drafted_by, taken_by, at, entry_id) VALUES ($1, 'drafted', $2, $2, now(), $3)`;
    await expect(rest().query(text, [hash, other, uuidv7()])).rejects.toMatchObject({ constraint: 'edition_step_author' });
  });

  test('a document or a text under a hash that is not its own', async () => {
    await expect(keep(fresh(), 'a'.repeat(64))).rejects.toMatchObject({ constraint: 'edition_document_is_its_hash' });
    const text = "INSERT INTO edition_material (sha256, content, recorded_at) VALUES ($1, convert_to('x', 'UTF8'), now())";
    await expect(rest().query(text, ['b'.repeat(64)])).rejects.toMatchObject({ constraint: 'edition_material_is_its_hash' });
  });

  test('two changes of one revision, the same step twice, and a change that counts nothing', async () => {
    const [one, two] = [await keep(fresh()), await keep(fresh())];
    for (const hash of [one, two]) {
      await step(hash, 'drafted', author);
      await step(hash, 'checked', author);
    }
    await step(one, 'approved', second, 920);
    await expect(step(two, 'approved', second, 920)).rejects.toMatchObject({ constraint: 'edition_step_one_change' });
    await expect(step(two, 'checked', second)).rejects.toMatchObject({ code: '23505' });
    await expect(step(two, 'approved', second, null)).rejects.toMatchObject({ constraint: 'edition_step_revision' });
    await step(one, 'withdrawn', author, 921);
  });
});

describe('the catalogue', () => {
  test('keeps what the release ships, so that another release still finds it by its hash', async () => {
    const shipped = EditionCatalogue.fromFolder();
    await shipped.open(rest());
    const hash = hashOfDocument(shippedDocument());
    const { rows } = await rest().query<{ origin: string }>('SELECT origin FROM edition_document WHERE hash = $1', [hash]);
    expect(rows).toEqual([{ origin: 'shipped' }]);
    // A release that brings no edition at all.
    const later = new EditionCatalogue([], shipped.schema);
    await later.open(rest());
    expect([later.programs(), later.inForce(PROGRAM, Date.now()), later.withHash(hash)?.hash]).toEqual([[], undefined, hash]);
  });

  test('reads what a read of a case says is new, once, and not before', async () => {
    const catalogue = EditionCatalogue.fromFolder();
    await catalogue.open(rest());
    const document = fresh();
    const hash = await approved(document);
    expect(catalogue.withHash(hash)).toBeUndefined();
    const store = new CaseStore(catalogue);
    await store.loadParticipants(rest(), [], 'nobody', '');
    const at = Date.parse(String((document['effectiveFrom'] as { value: string }).value));
    expect([catalogue.revision, catalogue.inForce(PROGRAM, at)?.hash, catalogue.inForce(PROGRAM, at - 1)?.hash === hash]).toEqual([
      await revision(),
      hash,
      false,
    ]);
    expect(catalogue.nextChange(PROGRAM, at - 1)).toBe(at);

    let asked = 0;
    const counting: Parameters<EditionCatalogue['keepUp']>[0] = {
      query: <Row>(text: string, values?: readonly unknown[], name?: string) => {
        asked += 1;
        return rest().query<Row>(text, values, name);
      },
    };
    await catalogue.keepUp(counting, catalogue.revision, [hash]);
    expect(asked).toBe(0);
    await Promise.all([1, 2, 3].map(() => catalogue.keepUp(counting, catalogue.revision, ['c'.repeat(64)])));
    const once = asked;
    await catalogue.keepUp(counting, catalogue.revision, ['c'.repeat(64)]);
    expect([once > 0, asked]).toEqual([true, once]);
  });

  test('also when only a case is read, by any of its roads', async () => {
    const catalogue = EditionCatalogue.fromFolder();
    await catalogue.open(rest());
    const hash = await approved(fresh());
    const store = new CaseStore(catalogue);
    const nobody = { by: 'number', value: 'NOBODYSNUMBER0', participants: [], caller: 'nobody', key: '' } as const;
    await store.loadOrNobody(database.pools.counter, nobody);
    expect(catalogue.withHash(hash)?.hash).toBe(hash);
  });

  test('lets a withdrawn one govern nothing, and still finds it by its hash', async () => {
    const document = fresh();
    const hash = await approved(document);
    await step(hash, 'withdrawn', author, (await revision()) + 1);
    const catalogue = EditionCatalogue.fromFolder();
    await catalogue.open(rest());
    expect(catalogue.editionsOf(PROGRAM).map((each) => each.hash)).not.toContain(hash);
    expect(catalogue.withHash(hash)?.hash).toBe(hash);
  });

  test('answers nothing where an edition governs that this release cannot read (I6)', async () => {
    const at = Date.now() + 5_000 * DAY_MS;
    const document = { ...nextEdition(at), program: 'unread-us', ofTheFuture: true };
    const hash = hashOfDocument(document);
    await rest().query(
      `INSERT INTO edition_document (hash, program, edition, origin, document, effective_from, drafted_by, recorded_at)
        VALUES ($1, 'unread-us', 'e', 'drafted', convert_to($2, 'UTF8'), to_timestamp($3 / 1000.0), $4, now())`,
      [hash, canonicalText(document), at, author],
    );
    await step(hash, 'drafted', author);
    await step(hash, 'checked', author);
    await step(hash, 'approved', second, (await revision()) + 1);
    const catalogue = EditionCatalogue.fromFolder();
    await catalogue.open(rest());
    expect([catalogue.programs().includes('unread-us'), catalogue.inForce('unread-us', at), catalogue.withHash(hash)]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect(await catalogue.recall(rest(), hash)).toBeNull();
  });

  test('finds a draft by its hash only when it is asked of the table', async () => {
    const hash = await keep(fresh());
    const catalogue = EditionCatalogue.fromFolder();
    await catalogue.open(rest());
    expect([catalogue.withHash(hash), (await catalogue.recall(rest(), hash))?.hash]).toEqual([undefined, hash]);
  });

  test('keeps texts by their hash, each once', async () => {
    const catalogue = EditionCatalogue.fromFolder();
    const text = 'Für alle.';
    const material = { sha256: hashOfText(text), text };
    await catalogue.keepMaterials(rest(), [material]);
    await catalogue.keepMaterials(rest(), [material]);
    expect([await catalogue.material(rest(), material.sha256), await catalogue.material(rest(), 'd'.repeat(64))]).toEqual([text, null]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { mintToken } from '../../../src/demo/issuer/access-token.js';
import { runList, runPublish } from '../../../src/program/command.js';
import { hashOfDocument } from '../../../src/program/edition.catalogue.js';
import { hashOfText } from '../../../src/program/materials.js';
import { nextEdition, remove, shippedDocument } from '../../support/editions.js';
import { PROGRAM } from '../../support/enrolled.js';
import { addPeople, type Caller, openRunning, type Running } from '../../support/running-service.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOTICE_MS = 5 * 60_000;

let running: Running;
let author: Caller;
let second: Caller;
let auditor: Caller;
let pharmacist: Caller;
beforeAll(async () => {
  running = await openRunning();
  await addPeople(running);
  author = await running.as('steward');
  second = await running.as('steward-2');
  auditor = await running.as('auditor');
  pharmacist = await running.as('pharmacist');
}, 60_000);
afterAll(() => running?.close());

type Body = Awaited<ReturnType<Caller['get']>>['body'];
const codes = (reply: { body: Body }): string[] => reply.body.reasons.map((each: { code: string }) => each.code);
const draft = (document: object, materials: object[] = [], who = author) =>
  who.post('/v1/editions', { document: JSON.stringify(document), materials });
const step = (hash: string, name: string, who = author, body?: object) => who.post(`/v1/editions/${hash}/${name}`, body);
let day = 400;
/** A fresh edition, a day after the last one that a test made. */
const fresh = (changes: Readonly<Record<string, unknown>> = {}) => {
  day += 1;
  return nextEdition(Date.now() + day * DAY_MS, changes);
};
/** Drafted and checked. */
async function checked(document: object): Promise<string> {
  expect((await draft(document)).status).toBe(201);
  const hash = hashOfDocument(document);
  expect((await step(hash, 'check')).status).toBe(200);
  return hash;
}

describe('the life of an edition', () => {
  test('drafted, checked, approved by a second person, and each step is one entry of its program', async () => {
    const document = fresh();
    const hash = hashOfDocument(document);
    const drafted = await draft(document);
    expect([drafted.status, drafted.body.edition]).toEqual([
      201,
      expect.objectContaining({ hash, program: PROGRAM, state: 'draft', origin: 'drafted' }),
    ]);
    const early = await step(hash, 'approve', second);
    expect([early.status, codes(early)]).toEqual([409, ['WRONG_STATE']]);
    expect((await step(hash, 'check')).body.edition.state).toBe('checked');
    const alone = await step(hash, 'approve', author);
    expect([alone.status, codes(alone)]).toEqual([409, ['SECOND_PERSON_REQUIRED']]);
    expect(alone.body.title).toBe('Not yet. Another steward than its author approves it.');
    const approved = await step(hash, 'approve', second);
    expect([approved.status, approved.body.edition.state, approved.body.headline]).toEqual([
      200,
      'approved',
      expect.stringContaining('takes effect'),
    ]);

    const { rows } = await running.database.owner.query(
      `SELECT command, outcome, version, convert_from(bytes, 'UTF8')::jsonb #>> '{edition,hash}' AS hash,
          convert_from(bytes, 'UTF8')::jsonb -> 'effects' AS effects FROM entry WHERE aggregate = 'program' ORDER BY recorded_at, id`,
    );
    expect(rows.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['draft-edition', 'allow'],
      ['approve-edition', 'deny'],
      ['check-edition', 'allow'],
      ['approve-edition', 'deny'],
      ['approve-edition', 'allow'],
    ]);
    expect(rows.map(({ version }) => version)).toEqual([1, null, 2, null, 3]);
    expect(rows.every((each) => each.hash === hash)).toBe(true);
    expect(rows.at(-1)?.effects).toEqual([{ kind: 'edition', id: hash, state: 'approved' }]);
  });

  test('each of its decisions is taken again from the log alone (I21)', async () => {
    const { rows } = await running.database.owner.query<{ id: string }>("SELECT id FROM entry WHERE aggregate = 'program'");
    expect(rows.length).toBeGreaterThan(3);
    for (const { id } of rows) {
      const again = await auditor.get(`/v1/log/entries/${id}/replay`);
      expect([again.status, again.body.same, again.body.differences]).toEqual([200, true, []]);
    }
  });

  test('the same draft under the same key is answered the same, under another key it is on file already', async () => {
    const document = fresh();
    const key = uuidv7();
    const body = { document: JSON.stringify(document) };
    const first = await author.post('/v1/editions', body, key);
    const again = await author.post('/v1/editions', body, key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(codes(await author.post('/v1/editions', body))).toEqual(['WRONG_STATE']);
  });

  test('what the release ships is on file, effective, and nothing is left to decide about it', async () => {
    const hash = hashOfDocument(shippedDocument());
    const { editions } = (await author.get(`/v1/editions?program=${PROGRAM}`)).body;
    expect(editions).toContainEqual(expect.objectContaining({ hash, state: 'effective', origin: 'shipped', steps: [] }));
    for (const name of ['check', 'approve']) expect(codes(await step(hash, name, second))).toContain('WRONG_STATE');
    expect(codes(await step(hash, 'withdraw', second, { reason: 'No.' }))).toContain('WRONG_STATE');
  });

  test('a withdrawn one takes no effect, and its name and moment are free again', async () => {
    const document = fresh();
    const hash = await checked(document);
    expect((await step(hash, 'approve', second)).status).toBe(200);
    const withdrawn = await step(hash, 'withdraw', author, { reason: 'The letter was taken back.' });
    expect([withdrawn.status, withdrawn.body.edition.state]).toEqual([200, 'withdrawn']);
    const other = { ...document, title: 'The same again' };
    expect((await step(await checked(other), 'approve', second)).status).toBe(200);
  });

  test('an edition that could take effect within five minutes is approved too late', async () => {
    const { rows } = await running.database.owner.query<{ now: number }>('SELECT rems_now() AS now');
    const now = Number(rows[0]?.now);
    const late = nextEdition(now + NOTICE_MS - 1_000);
    const hash = await checked(late);
    expect(codes(await step(hash, 'approve', second))).toContain('EDITION_TOO_LATE');
  });
});

describe('a draft that cannot be an edition', () => {
  test.each([
    ['no JSON', '{"program": ', '/document'],
    ['a key given twice', '{"program": "a", "program": "b"}', '/document'],
    ['a list', '[]', '/document'],
  ])('%s is a 400', async (_, document, pointer) => {
    const reply = await author.post('/v1/editions', { document });
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('a broken shape is a 400 that names each place', async () => {
    const document = fresh();
    remove(document, '/zone');
    const reply = await draft(document);
    expect([reply.status, reply.body.errors]).toEqual([400, [{ pointer: '/document/zone', message: 'This is missing.' }]]);
  });

  test('a broken meaning is drafted with its flaws told, and its check is refused with the place', async () => {
    const document = fresh({ '/contraception/methodsNeeded': 99 });
    const drafted = await draft(document);
    const flaw = expect.objectContaining({ path: '/contraception/methodsNeeded', weight: 'refusal' });
    expect([drafted.status, drafted.body.flaws]).toEqual([201, expect.arrayContaining([flaw])]);
    const refused = await step(hashOfDocument(document), 'check');
    expect([refused.status, codes(refused), refused.body.flaws]).toEqual([409, ['EDITION_NOT_SOUND'], expect.arrayContaining([flaw])]);
  });

  test('two that take effect at the same moment: the second approval is refused, also when both are asked at once', async () => {
    const one = fresh();
    const two = { ...one, edition: '2099-12-31' };
    const hashes = [await checked(one), await checked(two)];
    const replies = await Promise.all(hashes.map((hash) => step(hash, 'approve', second)));
    expect(replies.map((each) => each.status).sort()).toEqual([200, 409]);
    expect(codes(replies.find((each) => each.status === 409) ?? { body: { reasons: [] } })).toEqual(['EDITION_NOT_SOUND']);
  });
});

describe('rems program publish', () => {
  test('drafts and checks, again does nothing, is refused to its author and approved by the second person', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rems-publish-'));
    const file = join(folder, 'edition.json');
    writeFileSync(file, JSON.stringify(fresh()));
    await running.service.app.listen(0, '127.0.0.1');
    const url = await running.service.app.getUrl();
    const publish = async (as: string, approve = false): Promise<[number, string]> => {
      const lines: string[] = [];
      const service = { url, token: await mintToken({ as, dataDir: running.dataDir }) };
      return [await runPublish(file, service, { json: false, approve }, (line) => void lines.push(line)), lines.join('\n')];
    };
    expect(await publish('steward-2', true)).toEqual([1, expect.stringContaining('There is nothing here')]);
    expect(await publish('steward')).toEqual([0, expect.stringContaining('Checked. Another steward approves it next.')]);
    expect(await publish('steward')).toEqual([0, expect.stringContaining('Drafted and checked already.')]);
    expect(await publish('steward', true)).toEqual([1, expect.stringContaining('SECOND_PERSON_REQUIRED')]);
    expect(await publish('steward-2', true)).toEqual([0, expect.stringContaining('Approved.')]);
    const listed: string[] = [];
    const auditorsToken = await mintToken({ as: 'auditor', dataDir: running.dataDir });
    expect(await runList({ url, token: auditorsToken }, { json: false }, (line) => void listed.push(line))).toBe(0);
    expect(listed.join('\n')).toMatch(new RegExp(`${PROGRAM} .* approved `));
    rmSync(folder, { recursive: true });
  });
});

describe('what it changes', () => {
  test('is told in words, beside the one before it', async () => {
    const hash = await checked(fresh({ '/prescription/maxSupplyDays': 21 }));
    const { body } = await auditor.get(`/v1/editions/${hash}/changes?from=${hashOfDocument(shippedDocument())}`);
    expect(body.changes.map((each: { says: string }) => each.says)).toContain(
      'Most that one prescription may last: 21 days; before, 28 days.',
    );
  });
});

describe('guides and forms', () => {
  const text = '# Patient guide\n\nKeep the capsules away from others.\n';
  const named = () => {
    const document = fresh();
    const materials = {
      guide: {
        title: { value: 'Patient Guide', source: 'test', verified: false },
        file: 'materials/guide.md',
        sha256: hashOfText(text),
        categories: null,
        audience: 'patient',
      },
    };
    return { ...document, materials };
  };

  test('come with the draft and are read by their hash', async () => {
    const document = named();
    const missing = await draft(document);
    expect(missing.body.flaws).toContainEqual(expect.objectContaining({ path: '/materials/guide/file', weight: 'refusal' }));
    const other = { ...document, title: 'With its text' };
    const sent = await draft(other, [{ file: 'materials/guide.md', text }]);
    expect([sent.status, sent.body.flaws.filter((each: { weight: string }) => each.weight === 'refusal')]).toEqual([201, []]);
    const read = await pharmacist.get(`/v1/materials/${hashOfText(text)}`);
    expect([read.status, read.text, read.headers['content-type']]).toEqual([200, text, 'text/markdown; charset=utf-8']);
    expect((await pharmacist.get(`/v1/materials/${'0'.repeat(64)}`)).status).toBe(404);
  });

  test('a text of another hash is refused', async () => {
    const reply = await draft(named(), [{ file: 'materials/guide.md', text: 'Something else.' }]);
    expect([reply.status, reply.body.errors[0].pointer]).toEqual([400, '/materials/0/file']);
  });
});

describe('a program is chosen by product and jurisdiction', () => {
  const product = { system: 'ndc', code: '99999-0425-21', title: 'Capsule, 25 mg' };

  test('an unknown product is a 404 that says what to do; a code that cannot be one a 400', async () => {
    const unknown = await pharmacist.get('/v1/programs/for-product?system=ndc&code=00000-0000-00&jurisdiction=US');
    expect([unknown.status, unknown.body.type, unknown.body.title]).toEqual([
      404,
      '/problems/product-unknown',
      'No program here has this product',
    ]);
    const wrong = await pharmacist.get('/v1/programs/for-product?system=ndc&code=x&jurisdiction=US');
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/code']);
  });

  test('a published edition brings its products with its instant, and the history stays to be read after the program has ended', async () => {
    const { rows } = await running.database.owner.query<{ now: number }>('SELECT rems_now() AS now');
    const from = Number(rows[0]?.now) + 2 * HOUR_MS;
    const document = nextEdition(from, { '/program': 'made-up-us' });
    document['products'] = { molecule: 'made-up', codes: { value: [product], source: 'test', verified: false } };
    const ending = nextEdition(from + DAY_MS, {
      '/program': 'made-up-us',
      '/effectiveUntil': { value: new Date(from + 2 * DAY_MS).toISOString(), source: 'test', verified: false },
    });
    ending['products'] = document['products'];
    for (const each of [document, ending]) expect((await step(await checked(each), 'approve', second)).status).toBe(200);
    const ask = () => pharmacist.get('/v1/programs/for-product?system=ndc&code=99999042521&jurisdiction=us');
    expect((await ask()).status).toBe(404);

    await running.database.advanceClock(2 * HOUR_MS + 1_000);
    const inForce = (await ask()).body;
    expect([inForce.program, inForce.edition, inForce.retired, inForce.editionHash]).toEqual([
      'made-up-us',
      document['edition'],
      false,
      hashOfDocument(document),
    ]);
    expect(inForce.history.map((each: { edition: string }) => each.edition)).toEqual([document['edition'], ending['edition']]);

    await running.database.advanceClock(3 * DAY_MS);
    const ended = (await ask()).body;
    expect([ended.retired, ended.edition, ended.history.length]).toEqual([true, ending['edition'], 2]);
    const { editions } = (await author.get('/v1/editions?program=made-up-us')).body;
    expect(editions.map((each: { state: string }) => each.state)).toEqual(['retired', 'retired']);
    const { programs } = (await pharmacist.get('/v1/programs')).body;
    expect(programs).toContainEqual(expect.objectContaining({ program: PROGRAM, retired: false }));
  });

  test('withdrawing comes too late for what has taken effect', async () => {
    const { editions } = (await author.get('/v1/editions?program=made-up-us')).body;
    const reply = await step(editions[0].hash, 'withdraw', author, { reason: 'Too late.' });
    expect([reply.status, codes(reply)]).toEqual([409, ['EDITION_TOO_LATE']]);
  });
});

test('a large document is taken on this road and on no other', async () => {
  const large = `${JSON.stringify(fresh())}${' '.repeat(300_000)}`;
  expect((await author.post('/v1/editions', { document: large })).status).toBe(201);
  const office = await running.as('administrator');
  const reply = await office.post('/v1/accommodations', {
    program: PROGRAM,
    kind: 'k',
    from: '2026-01-01T00:00:00Z',
    authority: 'x'.repeat(100_000),
  });
  expect(reply.status).toBe(413);
});

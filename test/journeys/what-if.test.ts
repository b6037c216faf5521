import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { insertCast, insertLives } from '../../bench/history/record.js';
import type { Edition } from '../../src/domain/program.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { cast, livesOf, signer } from '../support/lives.js';
import { otherDocument } from '../support/other-edition.js';
import { catalogue, PROGRAM } from '../support/world.js';

// `rems what-if` as it is run: a process of its own, threads, files, exit codes, memory.

jest.setTimeout(180_000);

const root = fileURLToPath(new URL('../..', import.meta.url));
const recorded = catalogue.named(PROGRAM, '2021-08-05') as Edition;
const folder = mkdtempSync(join(tmpdir(), 'rems-what-if-'));
const file = (name: string, document: object) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
};
const stricter = file('stricter.json', otherDocument({ '/tests/onTherapy/maxAgeDays': 3, '/authorization/maxDaysLeft': 3 }));
const same = file('same.json', otherDocument({}));

const until = ['--to', '2030-12-31'];

let database: TestDatabase;
let entries = 0;
const more = async (count: number, seed: number) => {
  const client = await database.owner.connect();
  for (let done = 0; done < count; done += 20) entries += await insertLives(client, livesOf(recorded, 20, seed + done * 10), signer);
  client.release();
};
beforeAll(async () => {
  database = await openTestDatabase();
  await database.setClock('2031-01-01T12:00:00Z');
  const client = await database.owner.connect();
  await insertCast(client, cast);
  client.release();
  await more(20, 1);
});
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function whatIf(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, ['dist/cli.js', 'what-if', '--program', PROGRAM, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, DATABASE_URL: database.serviceUrl, REMS_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, out: out.join(''), err: err.join('') });
    }),
  );
}

describe('rems what-if', () => {
  test('prints a table, JSON or CSV that say the same, on one thread and on two', async () => {
    const [table, one, two, csv] = await Promise.all([
      whatIf(['--edition', stricter, ...until]),
      whatIf(['--edition', stricter, ...until, '--json', '--threads', '1']),
      whatIf(['--edition', stricter, ...until, '--json', '--threads', '2', '--control', '1']),
      whatIf(['--edition', stricter, ...until, '--csv', '--threads', '2']),
    ]);
    expect([table, one, two, csv].map(({ code, err }) => `${code} ${err}`)).toEqual(['0 ', '0 ', '0 ', '0 ']);
    const report = JSON.parse(one.out) as Record<string, unknown>;
    // The run’s own figures, the moment it read, and how many were judged twice are each run’s own.
    const { run: _one, control: _few, asOf: _then, ...first } = report;
    const { run: _two, control, asOf: _now, ...second } = JSON.parse(two.out) as Record<string, unknown>;
    expect(second).toEqual(first);
    expect(control).toEqual({ decisions: entries, differing: 0 });
    expect(report).toMatchObject({
      decisions: entries,
      changed: [
        { before: 7, after: 3 },
        { before: 7, after: 3 },
      ],
    });
    expect(report['differing']).toBeGreaterThan(10);
    expect(table.out).toContain(`${String(report['differing'])} decisions would differ`);
    expect(csv.out.trim().split('\r\n').length - 1).toBe(report['differing']);
  });

  test('writes the list beside the report, for its owner alone; drills down to one timeline', async () => {
    const list = join(folder, 'list.csv');
    const { code, out } = await whatIf(['--edition', stricter, '--json', '--list', list]);
    expect(code).toBe(0);
    const [head, first] = readFileSync(list, 'utf8').split('\r\n');
    expect(head).toMatch(/^at,patient,/);
    const patient = first?.split(',')[1] ?? '';
    const timeline = await whatIf(['--edition', stricter, '--of', patient]);
    expect(timeline.code).toBe(0);
    expect(timeline.out).toContain(patient);
    expect(timeline.out).toContain('→ refused');
    expect(out + timeline.out + readFileSync(list, 'utf8')).not.toMatch(/Sample|familyName/);
  });

  test('exit codes: 0 done, 1 a check failed, 2 bad usage', async () => {
    const invalid = file('invalid.json', { program: PROGRAM });
    const runs: Readonly<Record<string, readonly [number, readonly string[]]>> = {
      'the same edition, nothing differs': [0, ['--edition', same, '--expect-same']],
      'something differs where nothing should': [1, ['--edition', stricter, '--expect-same']],
      'no edition named': [2, []],
      'no such file': [2, ['--edition', join(folder, 'nowhere.json')]],
      'not an edition': [2, ['--edition', invalid]],
      'a range that ends before it begins': [2, ['--edition', same, '--from', '2027-01-01', '--to', '2026-01-01']],
      'an id that is nobody’s': [2, ['--edition', same, '--of', '019a0000-0000-7000-8000-00000000ffff']],
      'no such option': [2, ['--edition', same, '--colour']],
    };
    const codes: Record<string, number | null> = {};
    for (const [name, [, args]] of Object.entries(runs)) codes[name] = (await whatIf(args)).code;
    expect(codes).toEqual(Object.fromEntries(Object.entries(runs).map(([name, [code]]) => [name, code])));
  });

  test('shows progress when it is asked to, on stderr', async () => {
    const { err, out } = await whatIf(['--edition', same, '--json', '--progress']);
    expect(err).toMatch(/100 % · [\d,]+ decisions · [\d,]+\/s · 0:00 left/);
    expect(() => JSON.parse(out) as unknown).not.toThrow();
  });

  test('ten times the history takes no more memory: it fits where a history that is kept would not', async () => {
    const few = entries;
    await more(180, 1_000_000);
    expect(entries).toBeGreaterThan(8 * few);
    // Every thread's heap is held to this. The rows alone are some two kilobytes a decision as text, and several times that once read.
    const heapMb = 64;
    const { rows } = await database.owner.query<{ mb: number }>(
      'SELECT (sum(length(values::text)) / 1048576)::float8 AS mb FROM entry_values',
    );
    expect((rows[0]?.mb ?? 0) * 3).toBeGreaterThan(heapMb);
    const { code, out, err } = await whatIf(['--edition', stricter, '--csv', '--threads', '1', '--thread-memory', String(heapMb)]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\r\n').length).toBeGreaterThan(100);
  });
});

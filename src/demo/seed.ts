import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../authorization/caller.js';
import { CaseStore, type LoadedCase } from '../authorization/case.store.js';
import { CommandRunner, type Request } from '../authorization/command.runner.js';
import { EntrySigner } from '../compliance-log/signer.js';
import type { Config } from '../config.js';
import { openPools, type Pools } from '../database/pools.js';
import type { Command } from '../domain/authorization/command.js';
import type { Actor } from '../domain/participant.js';
import { familyNameKey } from '../patient/family-name.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../program/edition.catalogue.js';
import { DEMO_ACCOUNTS, DEMO_IDS } from './accounts.js';
import { type DemoPerson, type DemoProduct, type Happening, tell } from './story.js';

export interface DemoDatabase {
  readonly ownerUrl: string;
  readonly serviceUrl: string;
}

interface DemoFile extends DemoProduct {
  readonly program: string;
  readonly people: readonly DemoPerson[];
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Fills an empty demo database: participants, some forty people in all categories and stages, and their history relative to today, made by the
 * same commands as everybody's, with the demo's clock set back to each moment. Does nothing when there are people already.
 */
export async function seedDemo(config: Config, database: DemoDatabase, say: (text: string) => void): Promise<void> {
  const owner = new pg.Client({ connectionString: database.ownerUrl, application_name: 'rems-seed' });
  await owner.connect();
  const pools = openPools(config, database.serviceUrl, silent);
  try {
    const { rows } = await owner.query<{ count: string }>('SELECT count(*) FROM participant');
    if (Number(rows[0]?.count) > 0) return;
    await writeParticipants(owner);
    await tellStories(config, owner, pools, say);
  } finally {
    await pools.close();
    await owner.query('UPDATE demo_clock SET offset_ms = 0');
    await owner.end();
  }
}

async function writeParticipants(owner: pg.Client): Promise<void> {
  const certified = "now() - interval '2 years'";
  const insert = (
    id: string,
    kind: string,
    name: string,
    phone: string,
    more: { actsFor?: string; chain?: string; zone?: string; licence?: string; trained?: string[] } = {},
  ) =>
    owner.query(
      `INSERT INTO participant (id, kind, name, phone, acts_for, chain_id, certified_from, trained, zone, licence, revision) VALUES ($1, $2, $3, $4, $5, $6, ${certified}, $7, $8, $9, 1)`,
      [
        id,
        kind,
        name,
        phone,
        more.actsFor ?? null,
        more.chain ?? null,
        JSON.stringify(Object.fromEntries((more.trained ?? []).map((person) => [person, null]))),
        more.zone ?? null,
        more.licence ?? null,
      ],
    );
  const named = (key: string) => DEMO_ACCOUNTS.find((account) => account.key === key)?.name ?? key;
  const D = DEMO_IDS;
  await insert(D.prescriber, 'prescriber', named('prescriber'), '1-555-0100', { licence: 'CA A100101' });
  await insert(D.prescriber2, 'prescriber', named('prescriber-2'), '1-555-0101', { licence: 'CA A100102' });
  await insert(D.delegate, 'delegate', named('delegate'), '1-555-0100', { actsFor: D.prescriber });
  await insert(D.site, 'pharmacy', 'Harbor Pharmacy, Dock Street', '1-555-0110', {
    chain: D.chain,
    zone: 'America/Los_Angeles',
    trained: [D.pharmacist, D.representative],
  });
  await insert(D.site2, 'pharmacy', 'Harbor Pharmacy, Mill Road', '1-555-0111', {
    chain: D.chain,
    zone: 'America/Los_Angeles',
    trained: [D.pharmacist2],
  });
  await insert(D.site3, 'pharmacy', 'Linden Pharmacy', '1-555-0112', { zone: 'America/Chicago', trained: [D.pharmacist3] });
  await insert(D.administrator, 'administrator', named('administrator'), '1-555-0120');
  await insert(D.administrator2, 'administrator', named('administrator-2'), '1-555-0120');
}

interface Told extends Happening {
  readonly program: string;
  readonly person: DemoPerson;
  readonly patient: string;
  readonly authorizations: string[];
}

async function tellStories(config: Config, owner: pg.Client, pools: Pools, say: (text: string) => void): Promise<void> {
  const catalogue = EditionCatalogue.fromFolder();
  const demo = catalogue.programs().flatMap((program) => readDemo(program));
  const store = new CaseStore(catalogue);
  const signer = EntrySigner.fromFileOrNew(config.signingKeyFile);
  const alarm = (why: string, detail: string) => say(`\n${why}: ${detail}\n`);
  const runner = new CommandRunner({ store, catalogue, signer, maxClockSkewMs: config.maxClockSkewMs, deskPhone: config.deskPhone, alarm });
  const now = Date.now();
  const told: Told[] = demo.flatMap((file) => {
    const edition = catalogue.inForce(file.program, now);
    if (!edition) return [];
    return file.people.flatMap((person) => {
      const patient = DEMO_IDS[person.key as keyof typeof DEMO_IDS] ?? uuidv7();
      const authorizations: string[] = [];
      return tell(person, file, edition, now).map((happening) => ({
        ...happening,
        program: file.program,
        person,
        patient,
        authorizations,
      }));
    });
  });
  told.sort((a, b) => a.at - b.at);
  const people = new Set(told.map((each) => each.patient)).size;
  say(`Writing the demo's history: ${people} invented people, ${told.length} acts …`);
  const started = performance.now();
  let done = 0;
  for (const happening of told) {
    await owner.query('UPDATE demo_clock SET offset_ms = round(extract(epoch FROM $1::timestamptz - clock_timestamp()) * 1000)', [
      new Date(happening.at).toISOString(),
    ]);
    await run(runner, store, pools, happening);
    done += 1;
    if (done % Math.ceil(told.length / 10) === 0) say(` ${Math.round((100 * done) / told.length)} %`);
  }
  say(` done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

function readDemo(program: string): DemoFile[] {
  try {
    return [JSON.parse(readFileSync(join(PROGRAMS_FOLDER, program, 'demo.json'), 'utf8')) as DemoFile];
  } catch {
    return [];
  }
}

/** Who speaks: the demo's accounts where there is one, else a person of the same kind. */
function callerOf({ who, person, patient, authorizations }: Told): { caller: Caller; actor: Actor } {
  const nobody = { personId: null, siteId: null, onBehalfOf: null, participantId: null, tokenId: 'demo-seed' };
  if (who === 'patient')
    return { caller: { ...nobody, subject: `demo:${person.key ?? patient}`, role: 'patient' }, actor: { role: 'patient', id: patient } };
  if (who === 'pharmacy') {
    const first = authorizations.length % 3 !== 0;
    const site = first ? DEMO_IDS.site : DEMO_IDS.site3;
    const pharmacist = first ? DEMO_IDS.pharmacist : DEMO_IDS.pharmacist3;
    const caller: Caller = {
      ...nobody,
      subject: first ? 'demo:pharmacist' : 'demo:pharmacist-3',
      role: 'pharmacist',
      siteId: site,
      personId: pharmacist,
    };
    return { caller, actor: { role: 'pharmacy', id: site, person: pharmacist } };
  }
  const id = DEMO_IDS[person.prescriber];
  const subject = person.prescriber === 'prescriber' ? 'demo:prescriber' : 'demo:prescriber-2';
  return { caller: { ...nobody, subject, role: 'prescriber', participantId: id }, actor: { role: 'prescriber', id } };
}

async function run(runner: CommandRunner, store: CaseStore, pools: Pools, told: Told): Promise<void> {
  const { caller, actor } = callerOf(told);
  const { what, program, person, patient } = told;
  const { authorization: index, ...rest } = what as typeof what & { authorization?: number };
  if (index !== undefined) told.authorizations[index] ??= uuidv7();
  const command = (loaded: LoadedCase, id: string): Command =>
    ({ ...rest, id, at: loaded.at, by: actor, ...(index === undefined ? {} : { authorization: told.authorizations[index] }) }) as Command;
  const request: Omit<Request, 'target'> = {
    principal: caller,
    lane: pools.rest,
    idempotency: null,
    mayTouch: () => true,
    command,
    answer: ({ decision }) => ({ status: decision.outcome === 'deny' ? 409 : 200, body: decision.reasons }),
  };
  const newcomer = {
    patient,
    onFile: false,
    program,
    givenName: person.givenName,
    familyName: person.familyName,
    familyNameKey: familyNameKey(person.familyName),
    birthDate: person.answers.birthDate ?? '',
    phone: '1-555-0199',
    postalCode: '00000',
    recordNumber: null,
  };
  const sent =
    what.do === 'enroll-patient'
      ? await runner.run({ ...request, newcomer, target: { by: 'enrollment', value: patient } })
      : await runner.run({
          ...request,
          target: { by: 'enrollment', value: (await store.enrollmentId(pools.rest, patient, program)) ?? patient },
        });
  if (sent.status !== 200) throw new Error(`The demo's story “${person.story}” cannot be told: ${what.do} was refused (${sent.text}).`);
}

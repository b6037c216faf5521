import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { loadConfig } from '../../../src/config.js';
import { DEMO_IDS, demoAccount } from '../../../src/demo/accounts.js';
import { mintToken } from '../../../src/demo/issuer/access-token.js';
import { authorizationNumberFrom, groupNumber } from '../../../src/domain/authorization-number.js';
import { createLogger } from '../../../src/http/logging.js';
import { familyNameKey } from '../../../src/patient/family-name.js';
import { EditionCatalogue } from '../../../src/program/edition.catalogue.js';
import { openService, type Service } from '../../../src/service.js';
import { openTestDatabase, type TestDatabase } from '../../support/database.js';
import { tokenOf } from '../../support/tokens.js';

export const HOUR_MS = 3_600_000;
const PROGRAM = 'lenalidomide-us';
const EDITION = EditionCatalogue.fromFolder().named(PROGRAM, '2021-08-05')!;

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Whatever the service answers, read field by field. */
  readonly body: ReturnType<typeof JSON.parse>;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** An authorization at the counter, with what stands on the patient's papers. */
export interface Issued {
  readonly id: string;
  readonly number: string;
  readonly patient: string;
  readonly enrollment: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly category: string;
}

export type Pharmacist = 'pharmacist' | 'pharmacist-2' | 'pharmacist-3' | 'pharmacist at mill road';

/** A service, a database with a clock that moves, three certified sites (two of one chain, in Los Angeles; the third has no zone on record), and authorizations with a number. */
export class CounterWorld {
  private constructor(
    readonly database: TestDatabase,
    readonly service: Service,
    private readonly tokens: ReadonlyMap<string, string>,
  ) {}

  static async open(env: Record<string, string> = {}): Promise<CounterWorld> {
    const dataDir = mkdtempSync(join(tmpdir(), 'rems-'));
    const database = await openTestDatabase();
    const config = loadConfig({ REMS_DATA_DIR: dataDir, REMS_RATE_PER_MINUTE: '1000000', ...env });
    const service = await openService(config, database.serviceUrl, createLogger({ level: 'silent' }));
    await service.app.init();
    await service.app.getHttpAdapter().getInstance().ready();
    const accounts = ['prescriber', 'pharmacist', 'pharmacist-2', 'pharmacist-3'];
    const tokens = new Map(await Promise.all(accounts.map(async (as) => [as, await mintToken({ as, dataDir })] as const)));
    // The first pharmacist on a day at the chain's other counter: the same account, another site.
    tokens.set('pharmacist at mill road', await tokenOf({ ...demoAccount('pharmacist'), siteId: DEMO_IDS.site2 }, dataDir));
    const world = new CounterWorld(database, service, tokens);
    const { prescriber, site, site2, site3, chain, pharmacist, pharmacist2, pharmacist3 } = DEMO_IDS;
    await world.sql(
      `INSERT INTO participant (id, kind, name, phone, chain_id, certified_from, trained, zone, revision) VALUES
        ($1, 'prescriber', 'Dr. Miriam Lee', '1-555-0100', NULL, now() - interval '1 year', '{}', NULL, 1),
        ($2, 'pharmacy', 'Dock Street', NULL, $5, now() - interval '1 year', $6, 'America/Los_Angeles', 1),
        ($3, 'pharmacy', 'Mill Road', NULL, $5, now() - interval '1 year', $7, 'America/Los_Angeles', 1),
        ($4, 'pharmacy', 'Linden', NULL, NULL, now() - interval '1 year', $8, NULL, 1)`,
      [prescriber, site, site2, site3, chain, ...[pharmacist, pharmacist2, pharmacist3].map((id) => JSON.stringify({ [id]: null }))],
    );
    return world;
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.database.close();
  }

  async sql<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.database.owner.query(text, values)).rows as Row[];
  }

  /** An authorization as an issue leaves it. */
  async authorization(
    options: {
      category?: string;
      endsInHours?: number;
      familyName?: string;
      birthDate?: string;
      lines?: { strengthMg: number; capsules: number }[];
      supplyDays?: number;
    } = {},
  ): Promise<Issued> {
    const { category = 'male-adult', endsInHours = 20 * 24, familyName = 'O’Neill-Núñez', birthDate = '1960-01-01' } = options;
    const { lines = [{ strengthMg: 25, capsules: 21 }], supplyDays = 28 } = options;
    const [id, patient, enrollment] = [uuidv7(), uuidv7(), uuidv7()];
    const number = authorizationNumberFrom(randomBytes(9));
    const prescription = {
      lines: lines.map((line) => ({ ...line, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } })),
      supplyDays,
      refillsAsked: 0,
      channel: 'electronic',
    };
    const answers = { birthDate, sex: 'male', menarche: null, amenorrhea: null, hysterectomy: null, bilateralOophorectomy: null };
    await this.sql(
      `INSERT INTO patient (id, given_name, family_name, birth_date, family_name_key, created_at) VALUES ($1, 'Canary', $2, $3, $4, rems_now())`,
      [patient, familyName, birthDate, familyNameKey(familyName)],
    );
    await this.sql(
      `INSERT INTO enrollment (id, patient_id, program, prescriber_id, enrolled_at, answers, category, category_since, revision)
        VALUES ($1, $2, $3, $4, rems_now(), $5, $6, rems_now(), 7)`,
      [
        enrollment,
        patient,
        PROGRAM,
        DEMO_IDS.prescriber,
        JSON.stringify({ ...answers, cycle: null, neverHadUterusOrOvaries: null, determinedNotFertile: null }),
        category,
      ],
    );
    await this.sql(
      `INSERT INTO prescription_authorization (id, enrollment_id, patient_id, program, number, machine_version, state, edition, edition_hash, prescription,
        supply_days, supply_days_max, started_at, preparation_ends_at, issued_at, issued_by, category, expires_at)
        VALUES ($1, $2, $3, $4, $5, 1, 'authorized', $6, $7, $8, $9, 28, rems_now(), rems_now() + interval '30 days', rems_now(), $10, $11,
          date_trunc('milliseconds', rems_now() + $12 * interval '1 hour'))`,
      [
        id,
        enrollment,
        patient,
        PROGRAM,
        number,
        EDITION.edition,
        EDITION.hash,
        JSON.stringify(prescription),
        supplyDays,
        DEMO_IDS.prescriber,
        category,
        endsInHours,
      ],
    );
    return { id, number, patient, enrollment, familyName, birthDate, category };
  }

  async post(as: Pharmacist | 'prescriber', url: string, payload: object, key: string | null = uuidv7()): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.tokens.get(as)}`, ...(key === null ? {} : { 'idempotency-key': key }) };
    return answered(await this.service.app.inject({ method: 'POST', url, payload, headers }));
  }

  async get(as: Pharmacist | 'prescriber', url: string): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.tokens.get(as)}` };
    return answered(await this.service.app.inject({ method: 'GET', url, headers }));
  }

  verify(as: Pharmacist, shown: object): Promise<Reply> {
    return this.post(as, '/v1/counter/verify', shown, null);
  }

  reserve(as: Pharmacist, shown: object, key: string = uuidv7()): Promise<Reply> {
    return this.post(as, '/v1/counter/reserve', shown, key);
  }

  step(as: Pharmacist, { id }: { readonly id: string }, step: string, body: object, key: string = uuidv7()): Promise<Reply> {
    return this.post(as, `/v1/reservations/${id}/${step}`, body, key);
  }

  async entries(
    about: { readonly id?: string } = {},
  ): Promise<{ command: string; outcome: string; version: number | null; reasons: string[] }[]> {
    return this.sql(
      `SELECT command, outcome, version, reasons FROM entry WHERE $1::uuid IS NULL OR authorization_id = $1 ORDER BY recorded_at, version`,
      [about.id ?? null],
    );
  }

  findings({ id }: { readonly id: string }): Promise<{ code: string; patient_id: string | null }[]> {
    return this.sql('SELECT code, patient_id FROM finding WHERE authorization_id = $1 ORDER BY opened_at', [id]);
  }
}

const answered = (reply: { statusCode: number; body: string; headers: object }): Reply => ({
  status: reply.statusCode,
  text: reply.body,
  body: JSON.parse(reply.body) as unknown,
  headers: reply.headers as Record<string, unknown>,
});

/** What the pharmacist types and reads for that authorization. */
export const shownFor = ({ number, familyName, birthDate, category }: Issued) => ({
  number: groupNumber(number).toLowerCase(),
  familyName,
  birthDate,
  shows: { number: true, category },
});

/** All questions answered as needed, and 21 capsules of 25 mg. */
export const handOverOf = ({ category }: Issued) => ({
  method: 'handover',
  checklist: EDITION.checklists[category]!.map(({ id, needs }) => ({ question: id, answer: needs })),
  medicationGuide: true,
  lines: [{ ndc: '59572-425-21', lot: 'A1234', strengthMg: 25, capsules: 21 }],
});

/** The answer without its reference, which is different each time. */
export const withoutReference = ({ text }: Reply): string => text.replace(/"reference":"[0-9A-F]{8}"/, '"reference":"-"');

export const codesOf = ({ body }: Reply): string[] => body.reasons.map(({ code }: { code: string }) => code);

/** A number that nobody was given, with a right check character. */
export const strangeNumber = (): string => groupNumber(authorizationNumberFrom(randomBytes(9)));

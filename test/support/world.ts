// People, patients and prescriptions for journeys, made through the service's own decisions, so that every row has its entry and a fold of
// the entries gives the tables. Only participants are put in by hand: nobody is there yet who could register them.
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../src/auth/principal.js';
import { CaseStore, type LoadedCase } from '../../src/authorization/case.store.js';
import { CommandRunner, type Request } from '../../src/authorization/command.runner.js';
import { EntrySigner } from '../../src/compliance-log/signer.js';
import type { QueryPool } from '../../src/database/pools.js';
import { DEMO_IDS, type DemoAccount, demoAccount } from '../../src/demo/accounts.js';
import type { Command } from '../../src/domain/authorization/command.js';
import { addDays, dateAt, HOUR_MS, momentAt } from '../../src/domain/calendar.js';
import type { Actor } from '../../src/domain/participant.js';
import type { Answers } from '../../src/domain/patient.js';
import { familyNameKey } from '../../src/patient/family-name.js';
import { EditionCatalogue } from '../../src/program/edition.catalogue.js';

export const PROGRAM = 'lenalidomide-us';
export const catalogue = EditionCatalogue.fromFolder();
const DAY_MS = 24 * HOUR_MS;
const ZONE = catalogue.inForce(PROGRAM, Date.now())?.zone ?? 'UTC';

export type Kind = 'male' | 'frp' | 'boy';

export interface Patient {
  readonly id: string;
  readonly enrollment: string;
  readonly kind: Kind;
  readonly category: string;
  readonly familyName: string;
  readonly birthDate: string;
  /** Key of the demo account that treats her. */
  readonly prescriber: string;
}

export interface Issued extends Patient {
  readonly authorization: string;
  /** Thirteen characters and the check character, without groups. */
  readonly number: string;
}

interface KindOf {
  readonly category: string;
  readonly birthDate: string;
  readonly answers: Partial<Answers>;
  readonly signedBy?: readonly ('patient' | 'guardian')[];
}

const KINDS: Readonly<Record<Kind, KindOf>> = {
  male: { category: 'male-adult', birthDate: '1960-05-17', answers: { sex: 'male' } },
  boy: { category: 'male-child', birthDate: '2013-05-17', answers: { sex: 'male' }, signedBy: ['guardian'] },
  frp: {
    category: 'frp-adult',
    birthDate: '1990-03-09',
    answers: { sex: 'female', menarche: true, amenorrhea: null, hysterectomy: false, bilateralOophorectomy: false, cycle: 'regular' },
  },
};

export const LINES = [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }];

/** A demo account as the guard would make it of its token. */
export function principalOf(key: string): Principal {
  const { subject, role, participantId, personId, siteId, chainId, patientId, onBehalfOf } = demoAccount(key);
  return {
    subject,
    role,
    participantId: participantId ?? siteId ?? null,
    personId: personId ?? null,
    siteId: siteId ?? null,
    chainId: chainId ?? null,
    patientId: patientId ?? null,
    onBehalfOf: onBehalfOf ?? null,
    authenticatedAt: Date.now(),
    tokenId: 'test',
    scope: [],
    expiresAt: Date.now() + 600_000,
  };
}

/** `work` for every item, at most `width` at a time, answers in the order of the items. */
export async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

export interface WorldParts {
  /** As the service. */
  readonly lane: QueryPool;
  /** As the owner: participants. */
  readonly owner: { query(text: string, values?: unknown[]): Promise<unknown> };
  /** That of the processes under test, so that one key signs all entries. */
  readonly dataDir: string;
  /** Those on file, unless a test brings others. */
  readonly editions?: EditionCatalogue;
}

type Built = Omit<Command, 'id' | 'at' | 'by'> & { readonly do: Command['do'] };

export class World {
  private constructor(
    private readonly lane: QueryPool,
    readonly runner: CommandRunner,
  ) {}

  /** The participants of the demo accounts, certified and trained a year ago, and nobody else. */
  static async open({ lane, owner, dataDir, editions = catalogue }: WorldParts): Promise<World> {
    await owner.query(PARTICIPANTS, [JSON.stringify(participants())]);
    const runner = new CommandRunner({
      store: new CaseStore(editions),
      catalogue: editions,
      signer: EntrySigner.fromFileOrNew(join(dataDir, 'signing-key.pem')),
      maxClockSkewMs: 2_000,
      deskPhone: '1-800-000-0000',
      alarm: (why, detail) => {
        throw new Error(`${why}: ${detail}`);
      },
    });
    return new World(lane, runner);
  }

  /** Enrolls patients of a kind, with agreement and everything that a first prescription rests on. */
  enroll(count: number, kind: Kind = 'male', prescriber = 'prescriber'): Promise<Patient[]> {
    return inParallel(Array.from({ length: count }), 8, () => this.enrollOne(kind, prescriber));
  }

  /** A prescription for each patient, taken to its number. */
  issue(patients: readonly Patient[]): Promise<Issued[]> {
    return inParallel(patients, 8, async (patient) => {
      const authorization = await this.prepare(patient);
      return this.issueOne(patient, authorization);
    });
  }

  async issued(count: number, kind: Kind = 'male'): Promise<Issued[]> {
    return this.issue(await this.enroll(count, kind));
  }

  /** A prescription with every act done but the issue. */
  async prepare(patient: Patient): Promise<string> {
    const authorization = uuidv7();
    await this.does(patient, patient.prescriber, {
      do: 'start-authorization',
      authorization,
      prescription: { lines: LINES, supplyDays: 28, refills: 0, channel: 'electronic' },
    });
    await this.does(patient, patient.prescriber, { do: 'certify-counseling', authorization, topics: [] });
    if (patient.kind === 'frp') await this.does(patient, 'program-agent', { do: 'confirm-contraception', authorization });
    return authorization;
  }

  async issueOne(patient: Patient, authorization: string): Promise<Issued> {
    const { number } = await this.does(patient, patient.prescriber, { do: 'issue-authorization', authorization });
    if (number === null) throw new Error('An issue gave no number.');
    return { ...patient, authorization, number };
  }

  /** One command about a patient, which has to be accepted. */
  async does(patient: Pick<Patient, 'id' | 'enrollment'>, as: string, command: object): Promise<{ number: string | null }> {
    const account = demoAccount(as);
    const by: Actor =
      account.role === 'program-agent' || account.role === 'patient'
        ? { role: 'patient', id: patient.id }
        : account.role === 'pharmacist'
          ? { role: 'pharmacy', id: account.siteId ?? '', person: account.personId ?? null }
          : { role: account.role as Actor['role'], id: account.participantId ?? '' };
    return this.run(as, by, command as Built, { target: { by: 'enrollment', value: patient.enrollment } });
  }

  private async enrollOne(kind: Kind, prescriber: string): Promise<Patient> {
    const { category, birthDate, answers, signedBy = ['patient'] } = KINDS[kind];
    const id = uuidv7();
    const familyName = `Sample${letters(id)}`;
    const by: Actor = { role: 'prescriber', id: demoAccount(prescriber).participantId ?? '' };
    const signed = momentAt(Date.now() - DAY_MS, ZONE);
    const newcomer = {
      patient: id,
      program: PROGRAM,
      givenName: 'Ann',
      familyName,
      familyNameKey: familyNameKey(familyName),
      onFile: false,
      birthDate,
      phone: null,
      postalCode: null,
      recordNumber: null,
    };
    const { enrollment } = await this.run(
      prescriber,
      by,
      {
        do: 'enroll-patient',
        category,
        answers: { birthDate, ...answers },
        agreement: { category, signed, signedBy, prescriber: null },
        prescriber: by.id,
      } as Built,
      { target: { by: 'enrollment', value: id }, newcomer },
    );
    const patient: Patient = { id, enrollment, kind, category, familyName, birthDate, prescriber };
    if (kind === 'frp') await this.establishFrp(patient);
    return patient;
  }

  /** Two methods for sixty days, both tests of a first prescription, and the survey. */
  private async establishFrp(patient: Patient): Promise<void> {
    const now = Date.now();
    const today = dateAt(now, ZONE);
    for (const method of ['iud-hormonal', 'male-condom'])
      await this.does(patient, patient.prescriber, { do: 'record-contraception', method, from: addDays(today, -60), until: null });
    for (const at of [now - 12 * DAY_MS, now - HOUR_MS]) {
      const test = {
        id: uuidv7(),
        collected: momentAt(at, ZONE),
        result: 'negative',
        method: 'serum-quantitative',
        value: 1,
        sensitivity: 5,
        setting: 'clinical',
        source: 'laboratory',
      };
      await this.does(patient, patient.prescriber, { do: 'record-pregnancy-test', test });
    }
    await this.does(patient, 'program-agent', { do: 'complete-survey', answers: 'consistent' });
  }

  private async run(
    as: string,
    by: Actor,
    command: Built,
    more: Pick<Request, 'target' | 'newcomer'>,
  ): Promise<{ number: string | null; enrollment: string }> {
    const made = { number: null as string | null, enrollment: '' };
    const principal = principalOf(as);
    const sent = await this.runner.run({
      principal,
      lane: this.lane,
      ...more,
      idempotency: { key: uuidv7(), body: command },
      mayTouch: () => true,
      command: (loaded: LoadedCase, id: string) => ({ ...command, id, at: loaded.at, by }) as Command,
      answer: ({ decision, number, entry, loaded }) => {
        const enrolled = decision.effects.find((effect) => effect.kind === 'enrollment')?.enrollment;
        made.number = number;
        made.enrollment = enrolled?.id ?? loaded.enrollmentId;
        const reference = entry.replaceAll('-', '').slice(-8).toUpperCase();
        return {
          status: decision.outcome === 'deny' ? 409 : 200,
          body: { outcome: decision.outcome, reasons: decision.reasons, reference },
        };
      },
    });
    if (sent.status !== 200) throw new Error(`${command.do} was refused: ${sent.text}`);
    return made;
  }
}

/** A family name that no other patient of the run has: the id's digits as letters. */
const letters = (id: string): string =>
  [...id.replaceAll('-', '').slice(-10)].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]).join('');

function participants(): object[] {
  const person = (account: DemoAccount, kind: string, more: object = {}) => ({
    id: account.participantId,
    kind,
    name: account.name,
    ...more,
  });
  const site = (key: string, chain: string | null, people: readonly string[]) => ({
    id: demoAccount(key).siteId,
    kind: 'pharmacy',
    name: key,
    chain_id: chain,
    trained: Object.fromEntries(people.map((each) => [each, null])),
  });
  return [
    person(demoAccount('prescriber'), 'prescriber', { phone: '1-555-010-0101' }),
    person(demoAccount('prescriber-2'), 'prescriber', { phone: '1-555-010-0102' }),
    person(demoAccount('delegate'), 'delegate', { acts_for: DEMO_IDS.prescriber }),
    person(demoAccount('administrator'), 'administrator'),
    person(demoAccount('administrator-2'), 'administrator'),
    site('pharmacist', DEMO_IDS.chain, [DEMO_IDS.pharmacist, DEMO_IDS.representative]),
    site('pharmacist-2', DEMO_IDS.chain, [DEMO_IDS.pharmacist2]),
    site('pharmacist-3', null, [DEMO_IDS.pharmacist3]),
  ];
}

// Revision 0: what happens to them later is counted from 1 by its entries.
const PARTICIPANTS = `INSERT INTO participant (id, kind, name, phone, acts_for, chain_id, certified_from, trained, revision)
  SELECT p.id, p.kind, p.name, p.phone, p.acts_for, p.chain_id, rems_now() - interval '1 year', coalesce(p.trained, '{}'), 0
  FROM jsonb_to_recordset($1::jsonb) AS p (id uuid, kind text, name text, phone text, acts_for uuid, chain_id uuid, trained jsonb)`;

// A patient's life with the service, act by act, over HTTP: whatever is allowed of it is the service's affair. For tests that compare what it left
// behind with what the log says.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandRunner } from '../../src/authorization/command.runner.js';
import { DEMO_IDS } from '../../src/demo/accounts.js';
import { Sweeper } from '../../src/jobs/sweeper.js';
import { DAY_MS, HOUR_MS } from './durations.js';
import { PROGRAM } from './enrolled.js';
import { addPeople, type Caller, type Running } from './running-service.js';

/** Those who act, and the database's own time. */
export interface People {
  readonly running: Running;
  readonly doctor: Caller;
  readonly office: Caller;
  readonly second: Caller;
  readonly pharmacist: Caller;
  /** At a pharmacy of another chain. */
  readonly other: Caller;
  readonly desk: Caller;
  readonly rows: <Row>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly now: () => Promise<number>;
  readonly today: () => Promise<string>;
}

export async function peopleOf(running: Running): Promise<People> {
  await addPeople(running);
  const rows = async <Row>(text: string, values: unknown[] = []) => (await running.database.owner.query(text, values)).rows as Row[];
  const now = async () => (await rows<{ now: number }>('SELECT rems_now() AS now'))[0]?.now ?? 0;
  return {
    running,
    doctor: await running.as('prescriber'),
    office: await running.as('administrator'),
    second: await running.as('administrator-2'),
    pharmacist: await running.as('pharmacist'),
    other: await running.as('pharmacist-3'),
    desk: await running.as('program-agent'),
    rows,
    now,
    today: async () => new Date(await now()).toISOString().slice(0, 10),
  };
}

interface Document {
  readonly questionnaires: Readonly<
    Record<string, { readonly questions: readonly { readonly code: string; readonly expected: { readonly value: string } }[] }>
  >;
  readonly checklists: Readonly<Record<string, { readonly value: readonly { readonly id: string; readonly needs: string }[] }>>;
}
export const document = JSON.parse(
  readFileSync(new URL('../../programs/lenalidomide-us/2021-08-05.json', import.meta.url), 'utf8'),
) as Document;

/** A patient and what can happen to her or him, each act as the one who may do it; whether it is allowed is the service's affair. */
export class History {
  readonly authorizations: { id: string; number: string | null }[] = [];
  test: string | null = null;

  private constructor(
    private readonly people: People,
    readonly patient: string,
    readonly enrollment: string,
    readonly familyName: string,
    readonly birthDate: string,
    readonly female: boolean,
  ) {}

  private static count = 0;

  static async begin(people: People, female: boolean): Promise<History> {
    const { doctor, rows, now } = people;
    History.count += 1;
    // Nobody may look like anybody else, or the service suspects one person in two records.
    const familyName = [...createHash('sha256').update(`${History.count}`).digest('hex').slice(0, 12)]
      .map((digit) => 'bcdfghjklmnpqrst'[Number.parseInt(digit, 16)])
      .join('');
    const birthDate = new Date(Date.UTC(1980, 0, 1 + 37 * History.count)).toISOString().slice(0, 10);
    const signedAt = new Date((await now()) - 1_000).toISOString();
    const unknown = { menarche: null, amenorrhea: null, hysterectomy: null, bilateralOophorectomy: null, cycle: null };
    const reply = await doctor.post('/v1/patients', {
      givenName: familyName.slice(6),
      familyName,
      birthDate,
      program: PROGRAM,
      answers: {
        ...unknown,
        ...(female ? { sex: 'female', menarche: true, cycle: 'regular' } : { sex: 'male' }),
        neverHadUterusOrOvaries: null,
        determinedNotFertile: null,
      },
      agreement: { signedAt, signedBy: ['patient'] },
      confirmNewPerson: true,
    });
    if (reply.status !== 201) throw new Error(`Not enrolled: ${reply.text}`);
    const [row] = await rows<{ id: string; patient_id: string }>(
      'SELECT e.id, e.patient_id FROM enrollment e JOIN patient p ON p.id = e.patient_id WHERE p.family_name = $1',
      [familyName],
    );
    return new History(people, row?.patient_id ?? '', row?.id ?? '', familyName, birthDate, female);
  }

  private get newest() {
    return this.authorizations.at(-1);
  }

  private atCounter() {
    return {
      number: this.newest?.number ?? '',
      familyName: this.familyName,
      birthDate: this.birthDate,
      shows: { number: true, category: this.female ? 'frp-adult' : 'male-adult' },
    };
  }

  private about(rest: object) {
    return { program: PROGRAM, ...rest };
  }

  private async exception(authorization: string) {
    const { office, second } = this.people;
    const asked = { kind: 'travel', reason: 'A funeral.', evidence: 'Ticket.' };
    const reply = await office.post(`/v1/authorizations/${authorization}/exceptions`, asked);
    return reply.status === 201 ? second.post(`/v1/exceptions/${reply.body.exception.id}/grant`) : reply;
  }

  private onTheLine(rest: object) {
    return this.about({ patientId: this.patient, identity: { familyName: this.familyName, birthDate: this.birthDate }, ...rest });
  }

  /** Runs one act; replies of every kind are fine but those that are the service's own fault. */
  async act(name: string): Promise<void> {
    const reply = await this.ask(name);
    if (reply && (reply.status >= 500 || reply.status === 400 || reply.status === 401))
      throw new Error(`${name}: ${reply.status} ${reply.text}`);
  }

  private async ask(name: string) {
    const { running, doctor, office, pharmacist, other, desk, rows, now, today } = this.people;
    const newest = this.newest;
    const on = await today();
    const patient = `/v1/patients/${this.patient}`;
    switch (name) {
      case 'start': {
        const reply = await doctor.post('/v1/authorizations', {
          patientId: this.patient,
          program: PROGRAM,
          lines: [{ strengthMg: 25, capsules: 21, regimen: { perDay: 1, daysOn: 21, cycleDays: 28 } }],
          supplyDays: 28,
          channel: 'electronic',
        });
        if (reply.status === 201) this.authorizations.push({ id: reply.body.authorization.id, number: null });
        return reply;
      }
      case 'counsel':
        return newest && doctor.post(`/v1/authorizations/${newest.id}/counseling`, { topics: ['partner-pregnancy'] });
      case 'issue': {
        if (!newest) return undefined;
        const reply = await doctor.post(`/v1/authorizations/${newest.id}/issue`);
        if (reply.status === 200) newest.number = reply.body.authorization.number;
        return reply;
      }
      case 'cancel':
        return newest && doctor.post(`/v1/authorizations/${newest.id}/cancellation`, { reason: 'Written twice.' });
      case 'verify':
        return newest?.number ? pharmacist.post('/v1/counter/verify', this.atCounter()) : undefined;
      case 'reserve':
        return newest?.number ? pharmacist.post('/v1/counter/reserve', this.atCounter()) : undefined;
      case 'reserve elsewhere':
        return newest?.number ? other.post('/v1/counter/reserve', this.atCounter()) : undefined;
      case 'release':
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/release`, { notHandedOver: true });
      case 'dispense': {
        const questions = document.checklists[this.female ? 'frp-adult' : 'male-adult']?.value ?? [];
        const checklist = questions.map(({ id, needs }) => ({ question: id, answer: needs }));
        const how = {
          method: 'handover',
          siteZone: 'America/New_York',
          checklist,
          medicationGuide: true,
          lines: [{ ndc: '59572-425-21', lot: 'A1234', strengthMg: 25, capsules: 21 }],
        };
        // Every other one is told afterwards, and is recorded even outside the rules.
        const told = this.authorizations.length % 2 === 0 ? { handedOverAt: new Date(await now()).toISOString() } : {};
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/dispense`, { ...how, ...told });
      }
      case 'return':
        return newest && pharmacist.post(`/v1/reservations/${newest.id}/return`, { unopened: true });
      case 'interrupt':
        return doctor.post(`${patient}/therapy/interruption`, this.about({ on }));
      case 'resume':
        return doctor.post(`${patient}/therapy/resumption`, this.about({ on }));
      case 'test': {
        const collectedAt = new Date(await now()).toISOString();
        const reply = await doctor.post(
          `${patient}/pregnancy-tests`,
          this.about({ collectedAt, result: 'negative', method: 'urine', setting: 'clinical', sensitivity: 25 }),
        );
        if (reply.status < 300)
          this.test =
            (
              await rows<{ id: string }>(
                "SELECT id FROM evidence WHERE enrollment_id = $1 AND kind = 'pregnancy-test' ORDER BY revision DESC",
                [this.enrollment],
              )
            )[0]?.id ?? null;
        return reply;
      }
      case 'correct test':
        return this.test
          ? doctor.post(
              `${patient}/pregnancy-tests/${this.test}/correction`,
              this.about({ result: 'indeterminate', reason: 'Read again.' }),
            )
          : undefined;
      case 'methods':
        await doctor.post(`${patient}/contraception`, this.about({ method: 'iud-copper', from: '2020-01' }));
        return doctor.post(`${patient}/contraception`, this.about({ method: 'male-condom', from: '2020-01' }));
      case 'confirm':
        return desk.post('/v1/desk/contraception-confirmation', this.onTheLine({}));
      case 'survey': {
        const questions = document.questionnaires[this.female ? 'can-become-pregnant' : 'male']?.questions ?? [];
        const answers = questions.map(({ code, expected }) => ({ question: code, answer: expected.value }));
        return desk.post('/v1/desk/survey', this.onTheLine({ answers }));
      }
      case 'missed period':
        return doctor.post(`${patient}/reports/missed-period`, this.about({ on }));
      case 'partner':
        return doctor.post(`${patient}/reports/partner-pregnancy`, this.about({}));
      case 'side effect':
        return doctor.post(`${patient}/adverse-events`, this.about({ on, what: 'Tired.' }));
      case 'withdraw':
        return doctor.post(`${patient}/agreement-withdrawal`, this.about({ reason: 'Moves away.' }));
      case 'transfer':
        return doctor.post(`${patient}/transfer`, this.about({ to: DEMO_IDS.prescriber2 }));
      case 'suspend and back':
        await office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/suspension`, { reason: 'For cause.' });
        return office.post(`/v1/participants/prescribers/${DEMO_IDS.prescriber}/certification`, {});
      case 'exception':
        return newest && this.exception(newest.id);
      case 'eleven days':
        await running.database.advanceClock(11 * DAY_MS);
        return undefined;
      case 'two days':
        await running.database.advanceClock(2 * DAY_MS);
        return undefined;
      case 'a day and a bit':
        await running.database.advanceClock(25 * HOUR_MS);
        return undefined;
      case 'sweep': {
        const runner = running.service.app.get(CommandRunner);
        await new Sweeper({ runner, pool: running.service.pools.rest, warn: () => {}, holder: 'fold' }).pass();
        return undefined;
      }
      default:
        throw new Error(`Nothing is called “${name}”.`);
    }
  }
}

export const ACTS = [
  ...['counsel', 'issue', 'verify', 'reserve', 'dispense', 'start'].flatMap((act) => [act, act, act]),
  ...[
    'cancel',
    'reserve elsewhere',
    'release',
    'return',
    'interrupt',
    'resume',
    'test',
    'correct test',
    'methods',
    'missed period',
    'partner',
  ],
  ...[
    'confirm',
    'survey',
    'eleven days',
    'side effect',
    'withdraw',
    'transfer',
    'suspend and back',
    'exception',
    'two days',
    'a day and a bit',
    'sweep',
  ],
];

/** One history that is sure to hold what the random ones may miss. */
export const EVERYTHING = [
  ...['reserve', 'a day and a bit', 'sweep', 'reserve', 'dispense', 'return', 'start', 'exception', 'cancel', 'start', 'suspend and back'],
  ...['start', 'partner', 'counsel', 'interrupt', 'resume', 'withdraw'],
];
export const HER_FIRST = [
  'methods',
  'survey',
  'confirm',
  'test',
  'eleven days',
  'test',
  'issue',
  'exception',
  'reserve',
  'correct test',
  'sweep',
];

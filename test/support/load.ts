// Work as it comes in: prescriptions started, counseled, issued, reserved, given back, reserved again and handed over, each command with its
// key, and a record of what every client was told. It goes on whatever happens to the service, as its clients would.
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { broughtBy, handOver } from './at-the-counter.js';
import { prescriptionFor } from './at-the-practice.js';
import type { Caller, Json, Told } from './caller.js';
import type { Issued, Patient } from './world.js';

const AFTER_AN_OUTAGE_MS = 15;
const GIVES_UP_AFTER = 200;

export interface Desks {
  readonly prescriber: Caller;
  readonly pharmacist: Caller;
}

export class Load {
  readonly told: Told[] = [];
  private going = true;
  private readonly workers: Promise<void>[];

  /** Each desk of `desks` works its way through patients of its own. */
  constructor(desks: readonly Desks[], patients: readonly Patient[], workersADesk: number) {
    const queue = [...patients];
    this.workers = desks.flatMap((desk) => Array.from({ length: workersADesk }, () => this.work(desk, queue)));
  }

  /** Lets every worker finish the command it has under way. */
  async stop(): Promise<void> {
    this.going = false;
    await Promise.all(this.workers);
  }

  /** Commands whose end nobody was told. */
  get unknown(): Told[] {
    return this.told.filter((each) => each.answer === null);
  }

  private async work(desk: Desks, queue: Patient[]): Promise<void> {
    for (let patient = queue.shift(); patient !== undefined && this.going; patient = queue.shift()) await this.prescribe(desk, patient);
  }

  /** One prescription; stops at the first command that was not accepted, or whose end is unknown. */
  private async prescribe({ prescriber, pharmacist }: Desks, patient: Patient): Promise<void> {
    const started = await this.tell(prescriber, '/v1/authorizations', prescriptionFor(patient.id));
    const authorization = (started?.authorization as { id?: string } | undefined)?.id;
    if (authorization === undefined) return;
    if (!(await this.tell(prescriber, `/v1/authorizations/${authorization}/counseling`))) return;
    const issued = await this.tell(prescriber, `/v1/authorizations/${authorization}/issue`);
    const number = (issued?.authorization as { number?: string } | undefined)?.number;
    if (number === undefined) return;
    const prescription: Issued = { ...patient, authorization, number };
    if (!(await this.tell(pharmacist, '/v1/counter/reserve', broughtBy(prescription)))) return;
    if (!(await this.tell(pharmacist, `/v1/reservations/${authorization}/release`, { notHandedOver: true }))) return;
    if (!(await this.tell(pharmacist, '/v1/counter/reserve', broughtBy(prescription)))) return;
    await this.tell(pharmacist, `/v1/reservations/${authorization}/dispense`, handOver(prescription));
  }

  private async tell(caller: Caller, path: string, body: object = {}): Promise<Json | null> {
    if (!this.going) return null;
    const told = await caller.tell(path, body, uuidv7());
    this.told.push(told);
    if (told.answer === null) await sleep(AFTER_AN_OUTAGE_MS);
    return told.answer !== null && told.answer.status < 300 ? told.answer.body : null;
  }
}

/** Sends it again with its key until somebody says how it ended. */
export async function resolved(told: Told, caller: Caller): Promise<Told> {
  for (let attempt = 1; attempt <= GIVES_UP_AFTER; attempt += 1) {
    const again = await caller.again(told);
    if (again.answer !== null) return again;
    await sleep(50);
  }
  throw new Error(`${told.path} got no answer in ${GIVES_UP_AFTER} attempts.`);
}

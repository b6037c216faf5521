// Rounds in which each variant gets its turn, so that whatever else the machine does falls on all of them alike.
import type { Edition } from '../src/domain/program.js';
import { BareClient } from './bare.js';
import type { CapturedStatements } from './captured.js';
import { type Act, CounterClient } from './counter-requests.js';
import type { FixturePatient } from './fixture-case.js';
import { closedLoop } from './load.js';

export const CLIENTS = 16;

/** Hands out patients whose authorization nobody has touched. */
export class Patients {
  private next = 0;

  constructor(private readonly all: readonly FixturePatient[]) {}

  get left(): number {
    return this.all.length - this.next;
  }

  take(): FixturePatient | null {
    return this.all[this.next++] ?? null;
  }

  /** Somebody, without using her up. */
  any(nth: number): FixturePatient {
    const rest = Math.max(1, this.all.length - this.next);
    return this.all[this.next + (nth % rest)] ?? (this.all.at(-1) as FixturePatient);
  }
}

/** What a turn brought: commands a second, and milliseconds of each command. */
export interface Turn {
  readonly perSecond: number;
  readonly ms: Readonly<Partial<Record<Act, readonly number[]>>>;
}

/** Reserve and then dispense, each patient once, through HTTP. */
export async function fillsOverHttp(clients: readonly CounterClient[], patients: Patients, seconds: number): Promise<Turn> {
  const ms: Record<'reserve' | 'dispense', number[]> = { reserve: [], dispense: [] };
  const { perSecond } = await closedLoop(clients.length, seconds, async (nth) => {
    const patient = patients.take();
    if (patient === null) return false;
    for (const act of ['reserve', 'dispense'] as const) {
      const startedAt = performance.now();
      await (clients[nth] as CounterClient).send(act, patient);
      ms[act].push(performance.now() - startedAt);
    }
    return true;
  });
  return { perSecond: 2 * perSecond, ms };
}

export async function verifiesOverHttp(clients: readonly CounterClient[], patients: Patients, seconds: number): Promise<Turn> {
  const verify: number[] = [];
  let nth = 0;
  const { perSecond } = await closedLoop(clients.length, seconds, async (client) => {
    const startedAt = performance.now();
    await (clients[client] as CounterClient).send('verify', patients.any(nth++));
    verify.push(performance.now() - startedAt);
    return true;
  });
  return { perSecond, ms: { verify } };
}

/** The same statements with the same rows, made beforehand, by a bare loop. @param expected statements a second, to know how many to make */
export async function bareFills(
  clients: readonly BareClient[],
  captured: CapturedStatements,
  patients: Patients,
  seconds: number,
  expected: number,
): Promise<Turn> {
  const ready = Array.from({ length: Math.ceil((expected / 2) * seconds * 1.5) + 200 }, () => {
    const patient = patients.take();
    if (patient === null) throw new Error('The fixtures ran out; make more of them.');
    return captured.writes(patient, ['reserve', 'dispense']);
  });
  const { perSecond } = await closedLoop(clients.length, seconds, async (nth) => {
    const statements = ready.pop();
    if (!statements) return false;
    await (clients[nth] as BareClient).send(statements.reserve);
    await (clients[nth] as BareClient).send(statements.dispense);
    return true;
  });
  return { perSecond: 2 * perSecond, ms: {} };
}

/** The durable insert of a verify's entry alone. */
export async function bareVerifies(
  clients: readonly BareClient[],
  captured: CapturedStatements,
  patients: Patients,
  seconds: number,
  expected: number,
): Promise<Turn> {
  const ready = Array.from({ length: Math.ceil(expected * seconds * 1.5) + 200 }, (_, nth) =>
    captured.writes(patients.any(nth), ['verify']),
  );
  const { perSecond } = await closedLoop(clients.length, seconds, async (nth) => {
    const statements = ready.pop();
    if (!statements) return false;
    await (clients[nth] as BareClient).send(statements.verify);
    return true;
  });
  return { perSecond, ms: {} };
}

export const openBare = (serviceUrl: string): Promise<BareClient[]> =>
  Promise.all(Array.from({ length: CLIENTS }, () => BareClient.open(serviceUrl)));

export const openCounters = (port: number, dataDir: string, edition: Edition, count = CLIENTS): Promise<CounterClient[]> =>
  Promise.all(Array.from({ length: count }, (_, nth) => CounterClient.open(port, dataDir, edition, nth)));

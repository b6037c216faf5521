// What a pharmacy sends at the counter, and a client that sends it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mintToken } from '../src/demo/issuer/access-token.js';
import { checklistOf } from '../src/domain/checklist.js';
import type { Edition } from '../src/domain/program.js';
import type { FixturePatient } from './fixture-case.js';
import { CALLERS } from './fixtures.js';
import { HttpConnection, headOf, type Reply } from './http-connection.js';

export const ACTS = ['verify', 'reserve', 'dispense'] as const;
export type Act = (typeof ACTS)[number];

const SITE_ZONE = 'America/New_York';

/** Path and body of an act about that patient's authorization. */
export function requestOf(act: Act, patient: FixturePatient, edition: Edition): { path: string; body: object } {
  const { number, familyName, birthDate, category } = patient;
  if (act !== 'dispense')
    return { path: `/v1/counter/${act}`, body: { number, familyName, birthDate, shows: { number: true, category }, siteZone: SITE_ZONE } };
  return {
    path: `/v1/reservations/${patient.authorization}/dispense`,
    body: {
      method: 'handover',
      siteZone: SITE_ZONE,
      checklist: checklistOf(category, edition).map(({ id, needs }) => ({ question: id, answer: needs })),
      medicationGuide: true,
      lines: [{ ndc: '59572-0425-21', lot: 'B24117', strengthMg: 25, capsules: 21 }],
    },
  };
}

/** One client at a counter: its own connection and its caller's token, which lives ten minutes. */
export class CounterClient {
  /** Requests answered 503, over all clients. */
  static turnedAway = 0;

  private constructor(
    private readonly connection: HttpConnection,
    private readonly token: string,
    private readonly edition: Edition,
  ) {}

  static async open(port: number, dataDir: string, edition: Edition, nth: number): Promise<CounterClient> {
    const token = await mintToken({ as: CALLERS[nth % CALLERS.length] ?? 'pharmacist', dataDir });
    return new CounterClient(await HttpConnection.open(port), token, edition);
  }

  /**
   * Sends one request, again when the service says that it has too much to do; the time counts from the first.
   * @throws Error when the answer is anything but an allowance
   */
  async send(act: Act, patient: FixturePatient): Promise<Reply> {
    const { path, body } = requestOf(act, patient, this.edition);
    const headers = { authorization: `Bearer ${this.token}`, ...(act === 'verify' ? {} : { 'idempotency-key': randomUUID() }) };
    const head = headOf(path, headers);
    const text = JSON.stringify(body);
    let reply = await this.connection.send(head, text);
    while (reply.status === 503) {
      CounterClient.turnedAway++;
      await sleep(20);
      reply = await this.connection.send(head, text);
    }
    if (reply.status !== 200 || !reply.body.startsWith('{"outcome":"allow"'))
      throw new Error(`${act} was answered ${reply.status}: ${reply.body}`);
    return reply;
  }

  close(): void {
    this.connection.close();
  }
}

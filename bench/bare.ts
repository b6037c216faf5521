// The yardstick: a plain loop over node pg that sends the service's statements with the service's rows, and does nothing else.
import pg from 'pg';
import { COUNTER_SESSION } from '../src/database/pools.js';
import type { Sent } from './captured.js';

export class BareClient {
  private constructor(private readonly client: pg.Client) {}

  static async open(serviceUrl: string): Promise<BareClient> {
    const client = new pg.Client({ connectionString: serviceUrl, options: `-c TimeZone=UTC -c DateStyle=ISO ${COUNTER_SESSION}` });
    // When the server stops before us, the reason is told elsewhere.
    client.on('error', () => {});
    await client.connect();
    return new BareClient(client);
  }

  /** @throws Error when the statement wrote nothing */
  async send({ name, text, values }: Sent): Promise<void> {
    const { rows } = await this.client.query<{ written: number }>({ name, text, values: values as unknown[] });
    if (rows[0]?.written !== 1) throw new Error('A statement of the bare loop wrote nothing.');
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

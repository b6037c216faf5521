import type { TestServer } from './database-server.js';

export default async function teardown(): Promise<void> {
  await (globalThis as { remsTestServer?: TestServer }).remsTestServer?.stop();
}

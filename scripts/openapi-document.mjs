// openapi.json: the API as the code serves it. Built from the compiled application without any database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function text() {
  const { loadConfig } = await import('../dist/config.js');
  const { openPools } = await import('../dist/database/pools.js');
  const { createLogger } = await import('../dist/http/logging.js');
  const { buildOpenApi } = await import('../dist/http/openapi.js');
  const { API_DESCRIPTION, buildApplication } = await import('../dist/service.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'rems-openapi-'));
  try {
    const config = loadConfig({ REMS_DATA_DIR: dataDir });
    const silent = { info: () => {}, warn: () => {}, error: () => {} };
    const pools = openPools(config, 'postgres://nobody@127.0.0.1:1/none', silent);
    const app = await buildApplication(config, pools, createLogger({ level: 'silent' }));
    return `${JSON.stringify(buildOpenApi(app, API_DESCRIPTION), null, 2)}\n`;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What a client of the committed document would stumble over; empty when nothing. */
export async function breaks(committed, wanted) {
  const { compareOpenApi } = await import('../dist/http/openapi-compare.js');
  return compareOpenApi(JSON.parse(committed), JSON.parse(wanted)).map((change) => JSON.stringify(change));
}

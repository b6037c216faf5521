// The only reader of the process environment: what the service can be told from outside, with the value it takes when told nothing.
// Each field names its variable first, so that the README's configuration table can be written from this page.
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

export interface Config {
  /** PORT · TCP port of the HTTP server; 0 lets the system choose one. */
  readonly port: number;
  /** HOST · address to listen on; 0.0.0.0 opens it to the network. */
  readonly host: string;
  /** DATABASE_URL · Postgres as the service role. Null: the embedded server, for trying out and for one machine. */
  readonly databaseUrl: string | null;
  /** DATABASE_OWNER_URL · the same database as the role that owns the tables, used by migrations only. Null with a DATABASE_URL: migrate elsewhere. */
  readonly databaseOwnerUrl: string | null;
  /** REMS_DATA_DIR · folder of the embedded database and of the signing key. */
  readonly dataDir: string;
  /** OIDC_ISSUER · who signs the access tokens. Null: the demo's own issuer. */
  readonly oidcIssuer: string | null;
  /** OIDC_AUDIENCE · the audience that an access token must name. */
  readonly oidcAudience: string;
  /** Demo accounts, demo clock and local issuer: on exactly when no OIDC_ISSUER is set, never by a switch of its own. */
  readonly demo: boolean;
  /** REMS_COUNTER_POOL_SIZE · connections kept for the pharmacy counter (verify, reserve, dispense). */
  readonly counterPoolSize: number;
  /** REMS_REST_POOL_SIZE · connections for everything else, so that a busy portal cannot starve the counter. */
  readonly restPoolSize: number;
  /** REMS_POOL_QUEUE_LIMIT · callers that may wait for a connection, per pool; the next one is told "overloaded" at once. */
  readonly poolQueueLimit: number;
  /** REMS_POOL_WAIT_MS · the longest that one request waits for its connections, all together, at most 200 ms, so that a refusal for overload leaves within 250 ms. */
  readonly poolWaitMs: number;
  /** REMS_STATEMENT_TIMEOUT_MS · Postgres ends a statement that runs longer. */
  readonly statementTimeoutMs: number;
  /** REMS_LOCK_TIMEOUT_MS · Postgres ends a statement that waits longer for a lock. */
  readonly lockTimeoutMs: number;
  /** REMS_IDLE_IN_TRANSACTION_TIMEOUT_MS · Postgres closes a connection that holds a transaction open and says nothing. */
  readonly idleInTransactionTimeoutMs: number;
  /** REMS_MAX_CLOCK_SKEW_MS · a larger difference between our clock and the database's makes decisions indeterminate. */
  readonly maxClockSkewMs: number;
  /** LOG_LEVEL · fatal, error, warn, info, debug, trace or silent. */
  readonly logLevel: LogLevel;
  /** REMS_SIGNING_KEY_FILE · Ed25519 key that signs log entries; the database never sees it. */
  readonly signingKeyFile: string;
  /** REMS_EARLIER_KEYS_FILE · public keys (PEM, one after another) of the signing keys before this one, so that what they signed still verifies. */
  readonly earlierKeysFile: string | null;
  /** REMS_DESK_PHONE · the program's telephone desk, named in refusals that only people can mend. */
  readonly deskPhone: string;
  /** REMS_RATE_PER_MINUTE · requests a signed-in caller may make in a minute. */
  readonly ratePerMinute: number;
  /** REMS_ANONYMOUS_RATE_PER_MINUTE · requests an address without a valid token may make in a minute. */
  readonly anonymousRatePerMinute: number;
  /** REMS_MISSES_PER_10_MINUTES · wrong numbers or names a pharmacist may try at the counter; a site may try twice, all together a hundred times as many. */
  readonly missesPerTenMinutes: number;
  /** REMS_SWEEP_SECONDS · how long the background job rests between two rounds; 0: this process does none. */
  readonly sweepSeconds: number;
  /** REMS_WHAT_IF_THREADS · threads that a what-if asked for over HTTP may use, one such run at a time; 0: the service's own, between requests. */
  readonly whatIfThreads: number;
  /** REMS_TRUSTED_PROXIES · addresses or ranges of your own proxies, by commas, whose X-Forwarded-For is believed. None: every caller's address is his own. */
  readonly trustedProxies: readonly string[];
}

/** A variable has a value that the service cannot work with. The message names the variable and never repeats a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the whole configuration once, at the start.
 * @param env the variables, by default the process's own
 * @throws ConfigError naming the first variable whose value cannot be used
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  // An empty variable counts as unset: compose files and CI systems pass "VAR=" for "no value".
  const text = (name: string): string | null => env[name]?.trim() || null;

  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const given = text(name);
    if (given === null) return fallback;
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= min && value <= max)) throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not "${given}".`);
    return value;
  };

  const url = (name: string, protocols: readonly string[]): string | null => {
    const given = text(name);
    if (given === null) return null;
    const parsed = URL.canParse(given) ? new URL(given) : null;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      throw new ConfigError(`${name} must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`);
    }
    return given;
  };

  const addresses = (name: string): readonly string[] => {
    const given = (text(name) ?? '').split(',').flatMap((each) => each.trim() || []);
    const wrong = given.find((each) => !isAddressOrRange(each));
    if (wrong !== undefined) throw new ConfigError(`${name} must be addresses or ranges such as 10.0.0.7 or 10.0.0.0/8, not "${wrong}".`);
    return given;
  };

  const databaseUrl = url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const databaseOwnerUrl = url('DATABASE_OWNER_URL', ['postgres:', 'postgresql:']);
  if (databaseOwnerUrl !== null && databaseUrl === null) {
    throw new ConfigError('DATABASE_OWNER_URL is set but DATABASE_URL is not: name the same database as the service role in DATABASE_URL.');
  }
  const logLevel = text('LOG_LEVEL') ?? 'info';
  if (!isLogLevel(logLevel)) throw new ConfigError(`LOG_LEVEL must be one of ${logLevels.join(', ')}, not "${logLevel}".`);
  const dataDir = resolve(text('REMS_DATA_DIR') ?? join(projectFolder, '.data'));
  const oidcIssuer = url('OIDC_ISSUER', ['https:', 'http:']);

  return Object.freeze({
    port: whole('PORT', 3000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    databaseUrl,
    databaseOwnerUrl,
    dataDir,
    oidcIssuer,
    oidcAudience: text('OIDC_AUDIENCE') ?? 'rems',
    demo: oidcIssuer === null,
    counterPoolSize: whole('REMS_COUNTER_POOL_SIZE', 8, 1, 200),
    restPoolSize: whole('REMS_REST_POOL_SIZE', 8, 1, 200),
    poolQueueLimit: whole('REMS_POOL_QUEUE_LIMIT', 128, 0, 10_000),
    poolWaitMs: whole('REMS_POOL_WAIT_MS', 200, 1, 200),
    statementTimeoutMs: whole('REMS_STATEMENT_TIMEOUT_MS', 3_000, 100, 60_000),
    lockTimeoutMs: whole('REMS_LOCK_TIMEOUT_MS', 1_000, 10, 60_000),
    idleInTransactionTimeoutMs: whole('REMS_IDLE_IN_TRANSACTION_TIMEOUT_MS', 5_000, 100, 60_000),
    maxClockSkewMs: whole('REMS_MAX_CLOCK_SKEW_MS', 2_000, 1, 60_000),
    logLevel,
    signingKeyFile: resolve(text('REMS_SIGNING_KEY_FILE') ?? join(dataDir, 'signing-key.pem')),
    earlierKeysFile: text('REMS_EARLIER_KEYS_FILE') === null ? null : resolve(text('REMS_EARLIER_KEYS_FILE') ?? ''),
    deskPhone: text('REMS_DESK_PHONE') ?? '1-800-000-0000',
    ratePerMinute: whole('REMS_RATE_PER_MINUTE', 600, 1, 1_000_000),
    anonymousRatePerMinute: whole('REMS_ANONYMOUS_RATE_PER_MINUTE', 120, 1, 1_000_000),
    missesPerTenMinutes: whole('REMS_MISSES_PER_10_MINUTES', 20, 1, 1_000_000),
    sweepSeconds: whole('REMS_SWEEP_SECONDS', 5, 0, 3_600),
    whatIfThreads: whole('REMS_WHAT_IF_THREADS', 1, 0, 64),
    trustedProxies: addresses('REMS_TRUSTED_PROXIES'),
  });
}

/** A range of all addresses would let every caller choose his own. */
function isAddressOrRange(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const most = isIP(address) === 6 ? 128 : isIP(address) === 4 ? 32 : 0;
  return rest.length === 0 && most > 0 && (bits === undefined || (/^[1-9]\d*$/.test(bits) && Number(bits) <= most));
}

function isLogLevel(value: string): value is LogLevel {
  return (logLevels as readonly string[]).includes(value);
}

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

/** The issuer's keys cannot be had at the moment. Not the caller's fault: answered with 503, never with 401. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('The keys of the token issuer cannot be read.', { cause });
  }
}

export interface RemoteIssuer {
  readonly issuer: string;
  /** When absent, it is read from the issuer's discovery document, once. */
  readonly jwksUri?: string;
  readonly timeoutMs?: number;
  /** An unknown key id makes us ask the issuer again, but not more often than this. Default: 30 s. */
  readonly askAgainMs?: number;
  readonly fetch?: FetchImplementation;
}

const TIMEOUT_MS = 2_000;
// A withdrawn key counts for at most this long. Longer would ride out an issuer's outage, but no new tokens are made in one anyway.
const KEYS_LIVE_MS = 10 * 60_000;
// Or anybody could make us hammer the issuer with tokens under made-up key ids.
const ASK_AGAIN_MS = 30_000;

/** Keys held in this process (the demo's issuer, tests). */
export function localKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  return createLocalJWKSet(jwks);
}

/** Keys of an outside issuer: fetched when first needed, kept for ten minutes, with a time limit on each fetch. */
export function remoteKeys(remote: RemoteIssuer): JWTVerifyGetKey {
  const timeoutMs = remote.timeoutMs ?? TIMEOUT_MS;
  const get = remote.fetch ?? ((url, options) => fetch(url, options));
  let opening: Promise<JWTVerifyGetKey> | null = null;

  const open = async (): Promise<JWTVerifyGetKey> => {
    const jwksUri = remote.jwksUri ?? (await discoverKeys(remote.issuer, get, timeoutMs));
    return createRemoteJWKSet(trustworthyUrl(jwksUri), {
      timeoutDuration: timeoutMs,
      cooldownDuration: remote.askAgainMs ?? ASK_AGAIN_MS,
      cacheMaxAge: KEYS_LIVE_MS,
      [customFetch]: get,
    });
  };

  return async (header, token) => {
    let keys: JWTVerifyGetKey;
    try {
      opening ??= open();
      keys = await opening;
    } catch (error) {
      // Forgotten only here: a fetch that fails later must not throw away keys that are still fresh.
      opening = null;
      throw new KeysUnavailable(error);
    }
    try {
      return await keys(header, token);
    } catch (error) {
      throw isFaultOfToken(error) ? error : new KeysUnavailable(error);
    }
  };
}

async function discoverKeys(issuer: string, get: FetchImplementation, timeoutMs: number): Promise<string> {
  const url = trustworthyUrl(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const response = await get(url.href, {
    method: 'GET',
    headers: new Headers({ accept: 'application/json' }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) throw new Error(`The issuer answered ${response.status} to a request for its configuration.`);
  const metadata: unknown = await response.json();
  if (typeof metadata !== 'object' || metadata === null) throw new Error('The issuer’s configuration is not a JSON object.');
  const { issuer: named, jwks_uri: jwksUri } = metadata as { issuer?: unknown; jwks_uri?: unknown };
  // A configuration that names another issuer is somebody else's (OpenID Connect Discovery 1.0, section 4.3).
  if (named !== issuer) throw new Error('The issuer’s configuration names another issuer.');
  if (typeof jwksUri !== 'string') throw new Error('The issuer’s configuration names no keys.');
  return jwksUri;
}

/** Keys fetched in the clear could be anybody's, except on this very machine. */
function trustworthyUrl(text: string): URL {
  const url = new URL(text);
  const here = url.hostname === '127.0.0.1' || url.hostname === '[::1]' || url.hostname === 'localhost';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here)) {
    throw new Error('The keys of an issuer are read over https only.');
  }
  return url;
}

function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

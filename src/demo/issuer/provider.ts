import Provider, { type Context, errors, interactionPolicy, type Token } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { MAX_LIFETIME_SECONDS } from '../../auth/token.js';
import { DEMO_ACCOUNTS, demoAccount, demoAccountOfSubject } from '../accounts.js';
import { claimsOf, DEMO_AUDIENCE, DEMO_ISSUER, DEMO_SCOPE } from './access-token.js';
import type { IssuerSecrets } from './issuer-file.js';

/** Where a service process serves the issuer. */
export const MOUNT_PATH = '/oidc';

/** The portal: a public client, authorization code with PKCE. Registered as native so that its loopback address may have any port (RFC 8252 §7.3). */
export const PORTAL_CLIENT_ID = 'rems-portal';
const LOOPBACK_HOSTS = ['http://127.0.0.1', 'http://localhost', 'http://[::1]'];

/** Scripts: client credentials, one client a demo account, `demo-pharmacist` and so on. The secret is no secret: it is a demo. */
export const SCRIPT_CLIENT_PREFIX = 'demo-';
export const SCRIPT_CLIENT_SECRET = 'demo';

const WORKING_DAY_SECONDS = 8 * 60 * 60;
const SIGN_IN_SECONDS = 10 * 60;

/**
 * The demo's OpenID Connect issuer. What is being signed in (codes, sessions) lives in the memory of one process: a browser stays with the
 * process where it began. Access tokens need no memory, so every process of the data folder takes them.
 */
export function createDemoProvider(secrets: IssuerSecrets): Provider {
  const policy = interactionPolicy.base();
  // Nobody is asked to consent to using his own service; native clients would be asked every time.
  policy.remove('consent');

  return new Provider(DEMO_ISSUER, {
    // The library's own memory adapter, named outright: left out, it is the same one with a warning at every start.
    adapter: createMemoryAdapter(),
    jwks: { keys: [secrets.signingKey] },
    cookies: { keys: [secrets.cookieKey] },
    clients: [
      {
        client_id: PORTAL_CLIENT_ID,
        client_name: 'REMS portal',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: LOOPBACK_HOSTS.map((host) => `${host}/signed-in`),
        post_logout_redirect_uris: LOOPBACK_HOSTS.map((host) => `${host}/`),
      },
      ...DEMO_ACCOUNTS.map(({ key }) => ({
        client_id: SCRIPT_CLIENT_PREFIX + key,
        client_secret: SCRIPT_CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      })),
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid'],
    responseTypes: ['code'],
    claims: { openid: ['sub'], profile: ['name'] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      clientCredentials: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Whatever is asked, the access token is for this service: there is only one.
        defaultResource: () => DEMO_AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_: Context, resource: string) => {
          if (resource !== DEMO_AUDIENCE) throw new errors.InvalidTarget();
          return {
            scope: DEMO_SCOPE,
            audience: DEMO_AUDIENCE,
            accessTokenTTL: MAX_LIFETIME_SECONDS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    extraTokenClaims: (context: Context, token: Token) => extraClaims(context, token),
    formats: {
      customizers: {
        // A script acts as its demo account, so the token's subject is that account and not the client.
        jwt: (_: Context, token: Token, parts: { payload: Record<string, unknown> }) => {
          const account = scriptAccount(token);
          if (account) parts.payload.sub = account.subject;
        },
      },
    },
    findAccount: (_: Context, subject: string) => {
      const account = demoAccountOfSubject(subject);
      return account ? { accountId: subject, claims: () => ({ sub: subject, name: account.name }) } : undefined;
    },
    loadExistingGrant: async ({ oidc }: Context) => {
      const accountId = oidc.session?.accountId;
      const clientId = oidc.client?.clientId;
      if (!accountId || !clientId) return undefined;
      const grant = new oidc.provider.Grant({ accountId, clientId });
      grant.addOIDCScope('openid profile');
      grant.addResourceScope(DEMO_AUDIENCE, DEMO_SCOPE);
      await grant.save();
      return grant;
    },
    interactions: { policy, url: (_: Context, interaction: { uid: string }) => `${MOUNT_PATH}/interaction/${interaction.uid}` },
    clientBasedCORS: () => false,
    ttl: {
      AccessToken: () => MAX_LIFETIME_SECONDS,
      ClientCredentials: () => MAX_LIFETIME_SECONDS,
      AuthorizationCode: () => 60,
      IdToken: () => SIGN_IN_SECONDS,
      Interaction: () => SIGN_IN_SECONDS,
      Session: () => WORKING_DAY_SECONDS,
      Grant: () => WORKING_DAY_SECONDS,
    },
    // The errors here are between programs: plain words, no page.
    renderError: (context: Context, out: { error: string; error_description?: string }) => {
      context.type = 'text/plain';
      context.body = `Signing in did not work: ${out.error_description ?? out.error}. Go back to where you came from and start again.`;
    },
  });
}

function extraClaims(context: Context, token: Token): Record<string, unknown> | undefined {
  const script = scriptAccount(token);
  if (script) return claimsOf(script, Math.floor(Date.now() / 1000));
  const account = token.accountId ? demoAccountOfSubject(token.accountId) : null;
  const authTime = context.oidc.entities.AuthorizationCode?.authTime;
  // Without the moment of sign-in there is no token for this service; the verifier would refuse it anyway.
  return account && authTime !== undefined ? claimsOf(account, authTime) : undefined;
}

function scriptAccount(token: Token) {
  if (token.kind !== 'ClientCredentials' || !token.clientId?.startsWith(SCRIPT_CLIENT_PREFIX)) return null;
  return demoAccount(token.clientId.slice(SCRIPT_CLIENT_PREFIX.length));
}

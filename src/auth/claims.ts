import type { JWTPayload } from 'jose';
import { IDENTITIES, IDENTITY_OF_ROLE, type Identity, isRole, type Principal } from './principal.js';

/**
 * The claims of an access token that name a person of the program. Flat names, because not every issuer can send nested objects;
 * an issuer maps its user attributes to them (docs: configuration of the issuer).
 */
export const CLAIM_OF: Readonly<Record<Identity | 'role', string>> = {
  role: 'rems_role',
  participantId: 'rems_participant_id',
  personId: 'rems_person_id',
  siteId: 'rems_site_id',
  chainId: 'rems_chain_id',
  patientId: 'rems_patient_id',
  onBehalfOf: 'rems_on_behalf_of',
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
// Visible ASCII: a subject and a token id go into entries and logs, where a control character would forge a line.
const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** Reads the person out of verified claims; null when a claim is missing, misshapen or does not fit the role. */
export function principalOf(claims: JWTPayload): Principal | null {
  const role = claims[CLAIM_OF.role];
  const authTime = claims.auth_time;
  if (!isRole(role) || !isVisible(claims.sub) || !isVisible(claims.jti)) return null;
  if (typeof authTime !== 'number' || !Number.isFinite(authTime) || authTime <= 0) return null;
  if (typeof claims.exp !== 'number') return null;
  const scope = claims.scope ?? '';
  if (typeof scope !== 'string' || scope.length > 1024) return null;

  const identity: Record<Identity, string | null> = {
    participantId: null,
    personId: null,
    siteId: null,
    chainId: null,
    patientId: null,
    onBehalfOf: null,
  };
  const { required, optional } = IDENTITY_OF_ROLE[role];
  for (const name of IDENTITIES) {
    if (!required.includes(name) && !optional.includes(name)) continue;
    const value = claims[CLAIM_OF[name]] ?? null;
    if (value === null && optional.includes(name)) continue;
    if (typeof value !== 'string' || !UUID.test(value)) return null;
    identity[name] = value;
  }
  // At a pharmacy the certified participant is the site itself.
  identity.participantId ??= identity.siteId;

  return Object.freeze({
    subject: claims.sub,
    role,
    ...identity,
    authenticatedAt: Math.floor(authTime * 1000),
    tokenId: claims.jti,
    scope: Object.freeze(scope.split(' ').filter(Boolean)),
    expiresAt: Math.floor(claims.exp * 1000),
  });
}

function isVisible(value: unknown): value is string {
  return typeof value === 'string' && VISIBLE.test(value);
}

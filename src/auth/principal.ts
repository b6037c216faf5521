/** Who calls: what a verified access token says about a person. Rights are looked up afresh in every decision, never here. */
export const ROLES = [
  'prescriber',
  'delegate',
  'patient',
  'guardian',
  'program-agent',
  'pharmacist',
  'pharmacy-representative',
  'administrator',
  'auditor',
  'steward',
] as const;

export type Role = (typeof ROLES)[number];

/** The identifiers a token can carry beside its subject. All are UUIDs that this service gave out. */
export const IDENTITIES = ['participantId', 'personId', 'siteId', 'chainId', 'patientId', 'onBehalfOf'] as const;

export type Identity = (typeof IDENTITIES)[number];

export interface Principal extends Readonly<Record<Identity, string | null>> {
  /** The issuer's name of the account; stable, opaque. */
  readonly subject: string;
  readonly role: Role;
  /** The participant on whose certification the act rests: prescriber, delegate, pharmacy site, administrator and so on. */
  readonly participantId: string | null;
  /** The trained person at a pharmacy site; the site is certified, the person is trained, and both are judged. */
  readonly personId: string | null;
  readonly siteId: string | null;
  readonly chainId: string | null;
  /** Set only for a patient who acts for herself. */
  readonly patientId: string | null;
  /** The ward of a guardian: a patient id. One token, one ward. */
  readonly onBehalfOf: string | null;
  /** When the person last proved himself to the issuer, in milliseconds. Attestations look at it. */
  readonly authenticatedAt: number;
  /** The token's `jti`, for the deny-list and the log entry. */
  readonly tokenId: string;
  readonly scope: readonly string[];
  /** End of the token in milliseconds. */
  readonly expiresAt: number;
}

interface IdentityNeeds {
  readonly required: readonly Identity[];
  readonly optional: readonly Identity[];
}

/**
 * Which identifiers a role must and may carry. A token that lacks a required one is refused; one that it may not carry is
 * dropped, so that a careless claim mapping at the issuer cannot widen what a person reaches.
 */
export const IDENTITY_OF_ROLE: Readonly<Record<Role, IdentityNeeds>> = {
  prescriber: { required: ['participantId'], optional: [] },
  // Whom a delegate acts for is a dated relation in the database: a token would keep it alive after its end.
  delegate: { required: ['participantId'], optional: [] },
  patient: { required: ['patientId'], optional: [] },
  guardian: { required: ['onBehalfOf'], optional: ['personId'] },
  'program-agent': { required: ['participantId'], optional: [] },
  pharmacist: { required: ['siteId', 'personId'], optional: ['chainId'] },
  'pharmacy-representative': { required: ['siteId', 'personId'], optional: ['chainId'] },
  administrator: { required: ['participantId'], optional: [] },
  auditor: { required: ['participantId'], optional: [] },
  steward: { required: ['participantId'], optional: [] },
};

export function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}

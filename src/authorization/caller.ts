import type { Principal, Role } from '../auth/principal.js';

/** For whom a command runs: a signed-in person, or the service itself, which only writes down what clock or an earlier act has decided. */
export type Caller = Pick<Principal, 'subject' | 'participantId' | 'siteId' | 'personId' | 'onBehalfOf' | 'tokenId'> & {
  readonly role: Role | 'system';
};

/** The service itself: signs nothing, attests nothing, and no token is behind it. */
export const SYSTEM: Caller = {
  subject: 'system',
  role: 'system',
  participantId: null,
  siteId: null,
  personId: null,
  onBehalfOf: null,
  tokenId: 'none',
};

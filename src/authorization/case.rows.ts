import type { Instant } from '../domain/calendar.js';
import type { Participant } from '../domain/participant.js';
import type {
  Accommodation,
  Answers,
  Authorization,
  AuthorizationState,
  ElsewhereRecord,
  Evidence,
  Fill,
  GrantedException,
  Prescription,
} from '../domain/patient.js';

/** Rows as the case's read brings them (JSON, instants in milliseconds), and the domain they mean. */

export interface AuthorizationRow {
  readonly id: string;
  readonly number: string | null;
  readonly machine_version: number;
  readonly state: AuthorizationState;
  readonly edition: string;
  readonly edition_hash: string;
  readonly prescription: Prescription;
  readonly started_at: Instant;
  readonly preparation_ends_at: Instant;
  readonly issued_at: Instant | null;
  readonly issued_by: string | null;
  readonly category: string | null;
  readonly expires_at: Instant | null;
  readonly rested_on: readonly string[];
  readonly reserved_by: string | null;
  readonly reserved_at: Instant | null;
  readonly confirmation_ends_at: Instant | null;
  readonly confirmation_number: string | null;
  readonly given: { readonly capsules: number | null; readonly supplyDays: number | null } | null;
  readonly exceptions: readonly GrantedException[];
}

export const toAuthorization = (row: AuthorizationRow): Authorization => ({
  id: row.id,
  machineVersion: row.machine_version,
  state: row.state,
  edition: row.edition,
  editionHash: row.edition_hash,
  prescription: row.prescription,
  startedAt: row.started_at,
  preparationEndsAt: row.preparation_ends_at,
  issuedAt: row.issued_at,
  issuedBy: row.issued_by,
  category: row.category,
  expiresAt: row.expires_at,
  restedOn: row.rested_on,
  reservation:
    row.reserved_by === null || row.reserved_at === null || row.confirmation_ends_at === null
      ? null
      : {
          pharmacy: row.reserved_by,
          reservedAt: row.reserved_at,
          confirmationEndsAt: row.confirmation_ends_at,
          confirmationNumber: row.confirmation_number,
          given: row.given ?? { capsules: null, supplyDays: null },
        },
  exceptions: row.exceptions,
});

export interface FillRow {
  readonly id: string;
  readonly authorization_id: string;
  readonly pharmacy_id: string;
  readonly outcome: Fill['outcome'];
  readonly handed_over_at: Instant;
  readonly handed_over_until: Instant;
  readonly handed_over_on: string;
  readonly issued_at: Instant;
  readonly supply_days: number;
  readonly returned_at: Instant | null;
  readonly returned_unopened: boolean | null;
}

export const toFill = (row: FillRow): Fill => ({
  id: row.id,
  authorization: row.authorization_id,
  pharmacy: row.pharmacy_id,
  handedOver: { at: row.handed_over_at, until: row.handed_over_until, on: row.handed_over_on },
  issuedAt: row.issued_at,
  supplyDays: row.supply_days,
  outcome: row.outcome,
  returnedAt: row.returned_at,
  returnedUnopened: row.returned_unopened,
});

export interface ParticipantRow {
  readonly id: string;
  readonly kind: Participant['kind'];
  readonly certified_from: Instant | null;
  readonly certified_until: Instant | null;
  readonly suspended_at: Instant | null;
  readonly suspended_until: Instant | null;
  readonly acts_for: string | null;
  readonly chain_id: string | null;
  readonly zone: string | null;
  readonly licence: string | null;
  readonly trained: Readonly<Record<string, Instant | null>>;
  readonly revision: number;
}

export const toParticipant = (row: ParticipantRow): Participant => ({
  id: row.id,
  kind: row.kind,
  certifiedFrom: row.certified_from,
  certifiedUntil: row.certified_until,
  suspendedAt: row.suspended_at,
  suspendedUntil: row.suspended_until,
  actsFor: row.acts_for,
  chain: row.chain_id,
  ...(row.zone === null ? {} : { zone: row.zone }),
  ...(row.licence === null ? {} : { licence: row.licence }),
  revision: row.revision,
  trained: row.trained,
});

export interface CaseRow {
  /** Database time of the read, and the machine's own clock beside it. */
  readonly at: Instant;
  readonly machine_at: Instant;
  /** Revision of the catalogue of editions. */
  readonly catalogue: number;
  readonly id: string;
  readonly patient_id: string;
  readonly program: string;
  readonly prescriber_id: string;
  readonly enrolled_at: Instant;
  readonly re_enrolled_at: Instant | null;
  readonly deactivated_at: Instant | null;
  readonly deceased_at: Instant | null;
  readonly answers: Answers;
  readonly category: string | null;
  readonly category_since: Instant | null;
  readonly revision: number;
  readonly family_name_key: string;
  readonly birth_date: string;
  readonly office: { readonly name: string; readonly phone: string | null } | null;
  readonly evidence: readonly Evidence[];
  readonly authorizations: readonly AuthorizationRow[];
  readonly fills: readonly FillRow[];
  readonly participants: readonly ParticipantRow[];
  readonly accommodations: readonly Accommodation[];
  readonly linked: readonly {
    readonly enrollment: string;
    readonly revision: number;
    readonly patient: string;
    readonly category: string | null;
    readonly evidence: readonly Evidence[];
    readonly fills: readonly FillRow[];
  }[];
  readonly elsewhere: readonly (ElsewhereRecord & { readonly enrollment: string; readonly revision: number })[];
  readonly earlier: EarlierReply | null;
}

/** What this caller was told the first time, when the key has been used before. */
export interface EarlierReply {
  readonly body_hash: string;
  readonly status: number;
  readonly reply: string;
  readonly content_type: string;
}

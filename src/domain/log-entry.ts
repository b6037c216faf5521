import type { Instant, LocalDate } from './calendar.js';
import type { ReasonCode, WarningCode } from './reason.js';

/**
 * One line of the compliance log, in its final form. Its exact bytes are the RFC 8785 canonical JSON of this object; what is sensitive stands
 * here only as a salted SHA-256 commitment, with values and salts in a side row that can be erased without touching the line (design §6).
 */
export interface LogEntry {
  readonly v: 1;
  readonly id: string;
  /** The database's time of the decision. */
  readonly at: Instant;
  readonly command: string;
  readonly outcome: 'allow' | 'deny' | 'recorded-as-deviation';
  readonly reasons: readonly ReasonCode[];
  readonly warnings: readonly WarningCode[];
  /** What an advisory gate referred instead of refusing; left out where there is nothing. */
  readonly referrals?: readonly ReasonCode[];
  readonly earliest: Instant | null;
  readonly actor: {
    readonly subject: string;
    readonly role: string;
    /** Prescriber, delegate, site or administrator; the person at a site; for whom a guardian or a scribe spoke. */
    readonly participant: string | null;
    readonly person: string | null;
    readonly onBehalfOf: string | null;
    readonly token: string;
  };
  /** What the command changed, or would have: an accepted one takes the next version, any other carries the version it saw. */
  readonly aggregate: {
    readonly kind: 'enrollment' | 'participant' | 'program' | 'finding' | 'unknown';
    readonly id: string;
    readonly version: number | null;
    readonly saw: number;
  };
  readonly patient: string | null;
  readonly authorization: string | null;
  readonly edition: { readonly program: string; readonly edition: string; readonly hash: string } | null;
  /** Editions that judged beside it: a later one that applies to open authorizations, those of the patient's other programs. */
  readonly besides?: readonly { readonly program: string; readonly edition: string; readonly hash: string }[];
  /** The program zone's date of `at` and the version of the time-zone data that gave it. */
  readonly calendar: { readonly zone: string; readonly on: LocalDate; readonly tzdata: string } | null;
  readonly deadlines: {
    readonly validThrough: Instant | null;
    readonly expiresAt: Instant | null;
    readonly dispenseBy: Instant | null;
    readonly preparationEndsAt: Instant | null;
  };
  /** Kind and id of each effect, in order; their values are under the commitment. */
  readonly effects: readonly { readonly kind: string; readonly id: string; readonly state?: string }[];
  /** SHA-256, hex, of salt followed by the canonical JSON of the value of that name in the side row. */
  readonly commitments: Readonly<Record<string, string>>;
  /** Of an attestation: what was signed, in words, by whom, and when that person last proved who they are. */
  readonly attestation: Attestation | null;
  /** The entry that caused this one, when no person did. */
  readonly causedBy: string | null;
}

export interface Attestation {
  readonly statement: string;
  readonly statementHash: string;
  readonly meaning: string;
  readonly signer: string;
  readonly authenticatedAt: Instant;
}

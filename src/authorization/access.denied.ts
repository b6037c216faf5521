import type { OperationId } from '../auth/permission.js';
import { newId } from '../chance.js';
import type { EntrySigner } from '../compliance-log/signer.js';
import type { Instant } from '../domain/calendar.js';
import type { ReasonCode } from '../domain/reason.js';
import type { Caller } from './caller.js';
import type { CaseStore, Db, LoadedCase } from './case.store.js';
import { entryStatement } from './case.write.js';
import { sealedEntry } from './entry.js';
import { NotFound } from './outcome.errors.js';

/** The entry's command: somebody asked about what is not his. Nothing was decided, so there is nothing to replay. */
export const ACCESS_DENIED = 'access-denied';

/** What was asked about, and is there. */
export interface Denied {
  readonly operation: OperationId;
  readonly at: Instant;
  readonly aggregate: { readonly kind: 'enrollment' | 'participant'; readonly id: string; readonly saw: number };
  readonly patient: string | null;
}

/** Of a case: the enrollment it is about. */
export const deniedCase = (operation: OperationId, { at, enrollmentId, revision, file }: LoadedCase): Denied => ({
  operation,
  at,
  aggregate: { kind: 'enrollment', id: enrollmentId, saw: revision },
  patient: file.patient,
});

/**
 * Who asks about somebody else's patient, prescription or record is told that there is nothing, and the log is told who asked (T10). Of an id
 * that nobody has there is no entry: nobody's record was touched.
 * @returns what to throw, once the entry is durable
 */
export async function accessDenied(
  { store, signer }: { readonly store: CaseStore; readonly signer: EntrySigner },
  lane: Db,
  caller: Caller,
  { operation, at, aggregate, patient }: Denied,
): Promise<NotFound> {
  const sealed = sealedEntry(
    {
      id: newId(),
      at,
      caller,
      command: { do: ACCESS_DENIED },
      decision: {
        outcome: 'deny',
        reasons: [reasonFor(caller)],
        warnings: [],
        referrals: [],
        earliest: null,
        validThrough: null,
        effects: [],
        authorization: null,
      },
      aggregate: { ...aggregate, version: null },
      patient,
      authorization: null,
      edition: null,
      attestation: null,
      causedBy: null,
      values: { operation },
    },
    signer,
  );
  const about = { actor: caller.subject, organization: caller.siteId ?? caller.participantId };
  await store.write(lane, entryStatement(sealed, about, null, []));
  return new NotFound();
}

/** As near as the catalogue comes to "not yours". */
function reasonFor({ role }: Caller): ReasonCode {
  if (role === 'prescriber' || role === 'delegate') return 'NOT_THIS_PATIENTS_PRESCRIBER';
  return role === 'pharmacist' || role === 'pharmacy-representative' ? 'NOT_RESERVED' : 'MAY_NOT_ATTEST';
}

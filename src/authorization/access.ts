import type { ObjectRule } from '../auth/object-rule.js';
import { type OperationId, permissionOf } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { isIssued } from '../domain/authorization/deadline.js';
import type { Actor } from '../domain/participant.js';
import type { LoadedCase } from './case.store.js';

/** Whose case it is: the object rules of the permission table, asked of the case as read. A false is answered 404, as if there were none. */
export function mayTouch(principal: Principal, operation: OperationId, { file }: LoadedCase): boolean {
  const permission = permissionOf(operation);
  if (permission === null || permission.allow === 'public') return false;
  const rule: ObjectRule | undefined = permission.allow[principal.role];
  const own = principal.participantId;
  switch (rule) {
    case 'any':
    case 'own-site':
      return true;
    // Set only for the one call, by the service that has checked who is on the line.
    case 'answering-patient':
      return principal.onBehalfOf === file.patient;
    case 'self':
      return principal.patientId === file.patient;
    case 'own-ward':
      return principal.onBehalfOf === file.patient;
    case 'own-patient':
      return own !== null && file.enrollment?.prescriber === own;
    case 'own-or-open-issue':
      return (
        own !== null &&
        (file.enrollment?.prescriber === own || file.authorizations.some((each) => each.issuedBy === own && isIssued(each.state)))
      );
    case 'delegated-patient': {
      const delegate = own === null ? undefined : file.participants[own];
      return delegate?.kind === 'delegate' && delegate.actsFor !== null && delegate.actsFor === file.enrollment?.prescriber;
    }
    case 'own-reservation':
      return (
        principal.siteId !== null &&
        (file.authorizations.some((each) => each.reservation?.pharmacy === principal.siteId) ||
          file.fills.some((fill) => fill.pharmacy === principal.siteId))
      );
    default:
      return false;
  }
}

/** The principal as the domain knows him. A scribe writes what the patient answers: the act is hers, the entry names the scribe. */
export function actorOf(principal: Principal, patient: string): Actor {
  switch (principal.role) {
    case 'prescriber':
    case 'delegate':
    case 'administrator':
    case 'steward':
      return { role: principal.role, id: principal.participantId ?? '' };
    case 'pharmacist':
    case 'pharmacy-representative':
      return { role: 'pharmacy', id: principal.siteId ?? '', person: principal.personId };
    case 'guardian':
      return { role: 'guardian', id: patient };
    case 'patient':
    case 'program-agent':
      return { role: 'patient', id: patient };
    default:
      throw new Error(`A ${principal.role} gives no commands.`);
  }
}

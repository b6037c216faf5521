import type { OperationId } from '../auth/permission.js';
import type { Principal } from '../auth/principal.js';
import { actorOf, mayTouch } from '../authorization/access.js';
import type { LoadedCase } from '../authorization/case.store.js';
import { NotFound } from '../authorization/outcome.errors.js';
import type { Actor } from '../domain/participant.js';
import { isMinor } from '../domain/patient-status.js';
import { familyNameKey } from '../patient/family-name.js';
import type { EditionCatalogue } from '../program/edition.catalogue.js';
import type { Audience } from '../wording/audience.js';

/** What the person on the line names of herself. */
export interface NamedIdentity {
  readonly familyName: string;
  readonly birthDate: string;
}

/** Somebody who speaks about one patient: herself, her guardian while she is a minor, her practice, or the phone desk that has checked who is on the line. */
export interface Speaker {
  /** As the entry names him; a scribe's also names the patient he writes for. */
  readonly principal: Principal;
  readonly audience: Audience;
  reaches(operation: OperationId, loaded: LoadedCase): boolean;
  /** The act is the patient's when a scribe writes it down. */
  actor(loaded: LoadedCase): Actor;
}

/** The patient of somebody's own screen: herself, or the guardian's ward. */
export function ownPatient({ patientId, onBehalfOf }: Principal): string {
  const patient = patientId ?? onBehalfOf;
  if (patient === null) throw new NotFound();
  return patient;
}

export function speakerFor(caller: Principal, patient: string, named: NamedIdentity | undefined, catalogue: EditionCatalogue): Speaker {
  const scribe = caller.role === 'program-agent';
  const principal = scribe ? { ...caller, onBehalfOf: patient } : caller;
  return {
    principal,
    audience: audienceOf(caller),
    reaches: (operation, loaded) =>
      mayTouch(principal, operation, loaded) &&
      (!scribe || (named !== undefined && isThisPerson(named, loaded))) &&
      (caller.role !== 'guardian' || guardianshipLasts(loaded, catalogue)),
    actor: (loaded) => {
      const actor = actorOf(principal, loaded.file.patient);
      return scribe ? { ...actor, identifiedBy: ['family-name', 'birth-date'] } : actor;
    },
  };
}

function audienceOf({ role }: Principal): Audience {
  if (role === 'guardian') return 'guardian';
  return role === 'patient' || role === 'program-agent' ? 'patient' : 'prescriber';
}

const isThisPerson = ({ familyName, birthDate }: NamedIdentity, { person }: LoadedCase): boolean =>
  person.familyNameKey !== '' && familyNameKey(familyName) === person.familyNameKey && birthDate === person.birthDate;

/** It ends with the ward's majority, and where that is not known it is not proven. */
function guardianshipLasts({ file, at, program }: LoadedCase, catalogue: EditionCatalogue): boolean {
  const edition = catalogue.inForce(program, at);
  return edition !== undefined && isMinor(file, at, edition);
}

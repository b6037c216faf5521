import { CodeField, IdField, LocalDateField, ObjectField, TextField } from '../http/fields.js';

/** What the patient on the line answers when she is asked who she is. */
export class IdentityRequest {
  @TextField({ max: 200, description: 'Family name, as the person on the line says it' })
  familyName!: string;
  @LocalDateField({ description: 'Date of birth, as the person on the line says it' })
  birthDate!: string;
}

/** Every request from the patient's own screen: who she is stands in the token. */
export class OwnRequest {
  @CodeField(60, { description: 'The program' })
  program!: string;
}

/** How the phone desk says about whom it writes, and how it checked that it is she. The entry keeps that it was checked. */
export interface OnTheLine {
  patientId: string;
  identity: IdentityRequest;
}

/** The phone desk's form of a request from the patient's own screen. */
export function AtDesk<T extends OwnRequest>(own: new () => T): new () => T & OnTheLine {
  class AtDeskRequest extends (own as new () => OwnRequest) implements OnTheLine {
    @IdField({ description: 'The patient on the line' })
    patientId!: string;
    @ObjectField(() => IdentityRequest, { description: 'Both have to match the record' })
    identity!: IdentityRequest;
  }
  return AtDeskRequest as unknown as new () => T & OnTheLine;
}

export class DeskRequest extends AtDesk(OwnRequest) {}

import { RegimenRequest } from '../authorization/authorization.dto.js';
import type { Command } from '../domain/authorization/command.js';
import { FlagField, LocalDateField, ObjectField } from '../http/fields.js';
import { OwnRequest } from '../speaker/identity.dto.js';
import type { Base } from '../speaker/patient.commands.js';

export class TherapyRequest extends OwnRequest {
  @LocalDateField({ description: 'From this day' })
  on!: string;
}

export class DoseChangeRequest extends OwnRequest {
  @LocalDateField({ description: 'The first day of the new regimen' })
  on!: string;
  @ObjectField(() => RegimenRequest, { description: 'The new regimen' })
  regimen!: RegimenRequest;
  @FlagField({
    description: 'The earlier capsules are not taken any more, and the patient was told to return them; without it nothing changes',
  })
  earlierCapsulesStopped!: boolean;

  toCommand(base: Base): Command {
    const { on, regimen, earlierCapsulesStopped } = this;
    return { ...base, do: 'change-dose', on, regimen: { ...regimen }, earlierCapsulesStopped };
  }
}

import type { Command } from '../domain/authorization/command.js';
import type { Edition } from '../domain/program.js';
import { ChoiceField, CodeField, LocalDateField, OptionalField, TextField } from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import { AtDesk, OwnRequest } from '../speaker/identity.dto.js';
import type { Base } from '../speaker/patient.commands.js';

/** Reports of what must not wait. The fewer fields, the sooner it is told. */

export class MissedPeriodReport extends OwnRequest {
  @LocalDateField({ description: 'The day it was expected, or the day the bleeding was' })
  on!: string;
  @OptionalField()
  @ChoiceField(['missed', 'abnormal-bleeding'], {
    description: 'A period that is late or did not come (the default), or bleeding unlike the usual',
  })
  kind?: 'missed' | 'abnormal-bleeding';

  toCommand(base: Base): Command {
    return { ...base, do: 'report-missed-period', on: this.on, kind: this.kind ?? 'missed' };
  }
}

export class UnprotectedContactReport extends OwnRequest {
  @LocalDateField({ description: 'The day of the contact' })
  on!: string;

  toCommand(base: Base): Command {
    return { ...base, do: 'report-unprotected-contact', on: this.on };
  }
}

export class MethodFailureReport extends OwnRequest {
  @LocalDateField({ description: 'The day it may not have worked' })
  on!: string;
  @OptionalField()
  @CodeField(60, { description: 'Which method, as the program calls it; leave it out when it is not known' })
  method?: string;

  toCommand(base: Base, edition: Edition): Command {
    if (this.method !== undefined && edition.contraception.methods[this.method] === undefined)
      throw fieldsInvalid([{ pointer: '/method', message: 'The program knows no such method. Leave it out, or give one of its codes.' }]);
    return { ...base, do: 'report-method-failure', on: this.on, method: this.method ?? null };
  }
}

export class PregnancyReport extends OwnRequest {
  toCommand(base: Base): Command {
    return { ...base, do: 'report-pregnancy', who: 'patient' };
  }
}

export class PartnerPregnancyReport extends OwnRequest {
  toCommand(base: Base): Command {
    return { ...base, do: 'report-pregnancy', who: 'partner' };
  }
}

export class SideEffectReport extends OwnRequest {
  @LocalDateField({ description: 'The day it began or was noticed' })
  on!: string;
  @TextField({ max: 2_000, lines: true, description: 'What was noticed, in any words' })
  what!: string;

  toCommand(base: Base): Command {
    return { ...base, do: 'report-adverse-event', on: this.on, what: this.what };
  }
}

export class DeskMissedPeriodReport extends AtDesk(MissedPeriodReport) {}
export class DeskUnprotectedContactReport extends AtDesk(UnprotectedContactReport) {}
export class DeskMethodFailureReport extends AtDesk(MethodFailureReport) {}
export class DeskPregnancyReport extends AtDesk(PregnancyReport) {}
export class DeskPartnerPregnancyReport extends AtDesk(PartnerPregnancyReport) {}
export class DeskSideEffectReport extends AtDesk(SideEffectReport) {}

/** Any of them, from any door. */
export type Report = OwnRequest & { toCommand(base: Base, edition: Edition): Command };

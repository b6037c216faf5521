import type { Command } from '../domain/authorization/command.js';
import { startOfDateOrMonth } from '../domain/calendar.js';
import type { Edition } from '../domain/program.js';
import { code } from '../http/field-rules.js';
import {
  ChoiceField,
  CodeField,
  DateOrMonthField,
  FlagField,
  ListField,
  LocalDateField,
  ObjectField,
  OptionalField,
  TextField,
} from '../http/fields.js';
import { fieldsInvalid } from '../http/problem.js';
import { IdentityRequest, OwnRequest } from '../speaker/identity.dto.js';
import type { Base } from '../speaker/patient.commands.js';

/** Dated facts of the chart. What an edition calls things is checked against it, so that a slip is a field to correct and not a refusal. */

/** Facts that a patient may also tell the phone desk. */
export class EvidenceRequest extends OwnRequest {
  @OptionalField()
  @ObjectField(() => IdentityRequest, { description: 'From the phone desk, which has to send it: how it was checked who is on the line' })
  identity?: IdentityRequest;
}

const notBefore = (from: string, until: string | undefined): void => {
  if (until !== undefined && until < startOfDateOrMonth(from))
    throw fieldsInvalid([{ pointer: '/until', message: 'The last day cannot lie before the first one.' }]);
};

export class ContraceptionRequest extends EvidenceRequest {
  @CodeField(60, { description: 'The method, as the program calls it' })
  method!: string;
  @DateOrMonthField({ description: 'In use since' })
  from!: string;
  @OptionalField()
  @LocalDateField({ description: 'The last day that counts: the end of the method, or the day on which it lapses' })
  until?: string;

  toCommand(base: Base, edition: Edition): Command {
    if (edition.contraception.methods[this.method] === undefined)
      throw fieldsInvalid([{ pointer: '/method', message: 'The program knows no such method. Give one of its codes.' }]);
    notBefore(this.from, this.until);
    return { ...base, do: 'record-contraception', method: this.method, from: this.from, until: this.until ?? null };
  }
}

export class AbstinenceRequest extends EvidenceRequest {
  @OptionalField()
  @DateOrMonthField({ description: 'Continuously since; this or `never`' })
  from?: string;
  @OptionalField()
  @FlagField({ description: 'Never sexually active; this or `from`' })
  never?: boolean;
  @OptionalField()
  @LocalDateField({ description: 'The last day of it, when it has ended' })
  until?: string;

  toCommand(base: Base): Command {
    const never = this.never === true;
    if (never === (this.from !== undefined))
      throw fieldsInvalid([{ pointer: '/from', message: 'Give the day or month it began, or `never`: true, and not both.' }]);
    if (this.from !== undefined) notBefore(this.from, this.until);
    return { ...base, do: 'declare-abstinence', from: this.from ?? null, until: this.until ?? null, never };
  }
}

export class ContraindicationRequest extends OwnRequest {
  @ListField(code(60), {
    min: 1,
    max: 10,
    unique: true,
    description: 'Families of methods that are contraindicated, as the program calls them',
  })
  of!: string[];

  toCommand(base: Base, edition: Edition): Command {
    const { methods, exceptionFamilies } = edition.contraception;
    const families = new Set([...exceptionFamilies, ...Object.values(methods).map((method) => method.family)]);
    const errors = this.of.flatMap((family, index) =>
      families.has(family)
        ? []
        : [{ pointer: `/of/${index}`, message: 'The program knows no such family of methods. Give one of its codes.' }],
    );
    if (errors.length > 0) throw fieldsInvalid(errors);
    return { ...base, do: 'state-contraindication', of: this.of };
  }
}

export class MensesRequest extends EvidenceRequest {
  @LocalDateField({ description: 'First day of the period' })
  on!: string;
  @OptionalField()
  @ChoiceField(['regular', 'irregular', 'none'], { description: 'The cycle as it is now' })
  cycle?: 'regular' | 'irregular' | 'none';

  toCommand(base: Base): Command {
    return { ...base, do: 'report-menses', on: this.on, cycle: this.cycle ?? null };
  }
}

export class DiscrepancyResolutionRequest extends OwnRequest {
  @TextField({ max: 2_000, lines: true, description: 'What was talked about, and how the answers stand now' })
  grounds!: string;

  toCommand(base: Base): Command {
    return { ...base, do: 'resolve-discrepancy', grounds: this.grounds };
  }
}

export class ToldOfResultRequest extends OwnRequest {
  toCommand(base: Base): Command {
    return { ...base, do: 'record-told-of-result' };
  }
}

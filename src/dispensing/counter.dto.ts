import { ApiProperty } from '@nestjs/swagger';
import type { Presented } from '../domain/authorization/command.js';
import { isZone } from '../domain/calendar.js';
import type { FieldRule } from '../http/field-rules.js';
import { CodeField, FlagField, LocalDateField, NumberField, ObjectField, OptionalField, RuleField, TextField } from '../http/fields.js';
import { authorizationNumber, type Identifiers } from './identifiers.js';

const zone: FieldRule = {
  name: 'zone',
  holds: (value) => typeof value === 'string' && value.length <= 60 && /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(value) && isZone(value),
  message: 'Give the site’s time zone by its name, for example America/Chicago.',
  schema: { type: 'string', maxLength: 60, example: 'America/Chicago' },
};

/** The time zone of the pharmacy site. */
export const SiteZoneField = (description: string): PropertyDecorator => RuleField(zone, { description });

/** A number with the two identifiers of the patient. */
export class NumberRequest {
  @TextField({ max: 60, description: 'The authorization number as written; case, spaces and dashes do not matter' })
  number!: string;
  @TextField({ max: 100, description: 'The patient’s family name' })
  familyName!: string;
  @LocalDateField({ description: 'The patient’s date of birth' })
  birthDate!: string;

  /** @throws Problem 422 when the number cannot be one */
  toNumber(): string {
    return authorizationNumber(this.number);
  }

  toIdentifiers(): Identifiers {
    return { familyName: this.familyName, birthDate: this.birthDate };
  }
}

export class ShownRequest {
  @FlagField({ description: 'The prescription shows the authorization number' })
  number!: boolean;
  @CodeField(60, { nullable: true, description: 'The risk category that the prescription shows, by its code; null when it shows none' })
  category!: string | null;
}

/** A prescription at the counter: what it shows, and how much of what is to be filled. */
export class CounterRequest extends NumberRequest {
  @ObjectField(() => ShownRequest, { description: 'What the prescription itself shows' })
  shows!: ShownRequest;
  @OptionalField()
  @NumberField({ min: 0.1, max: 1_000, integer: false, description: 'Strength of one capsule to be filled, mg; left out: as authorized' })
  strengthMg?: number;
  @OptionalField()
  @NumberField({ min: 1, max: 1_000, description: 'Capsules to be filled, all strengths together; left out: as authorized' })
  capsules?: number;
  @OptionalField()
  @NumberField({ min: 1, max: 366, description: 'Days of therapy they last; left out: as authorized' })
  supplyDays?: number;
  @OptionalField()
  @SiteZoneField('The site’s time zone: times are said in it too, and the day of shipping is a day of it')
  siteZone?: string;

  toPresented(): Omit<Presented, 'identifiersMatch'> {
    const { number, category } = this.shows;
    return {
      shows: [...(number ? (['number'] as const) : []), ...(category === null ? [] : (['category'] as const))],
      showsCategory: category,
      strengthMg: this.strengthMg ?? null,
      capsules: this.capsules ?? null,
      supplyDays: this.supplyDays ?? null,
    };
  }
}

export class VerifyRequest extends CounterRequest {}
export class ReserveRequest extends CounterRequest {}

/** For the API description of what a list of named things holds. */
export class NamedView {
  @ApiProperty() code!: string;
  @ApiProperty() title!: string;
}

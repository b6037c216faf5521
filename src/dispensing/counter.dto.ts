import { ApiProperty } from '@nestjs/swagger';
import type { Presented } from '../domain/authorization/command.js';
import { CodeField, FlagField, LocalDateField, NumberField, ObjectField, OptionalField, TextField, ZoneField } from '../http/fields.js';
import { authorizationNumber, type Identifiers } from './identifiers.js';

/** Said of `siteZone`, which a site may send and may not choose. */
export const SITE_ZONE = 'The site’s time zone, in which times are said too; where another one is on record for the site, that one counts';

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
  @ZoneField(SITE_ZONE)
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

import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import * as rules from './field-rules.js';

// Each decorator carries the check and its line in the API description together, because the swagger plugin does not run under
// Jest or swc: two places would disagree. One rule gives one sentence, so a person reads one correction a field, not four.

export interface FieldOptions {
  /** Whole sentence for the API description. */
  readonly description: string;
  /** May be left out. `null` is not the same as leaving it out and is refused. */
  readonly optional?: boolean;
  /** May be null: it was asked, and nobody knows. */
  readonly nullable?: boolean;
  readonly example?: unknown;
}

/** A field that keeps `rule`. */
export function RuleField(asked: rules.FieldRule, options: FieldOptions): PropertyDecorator {
  const rule = options.nullable ? rules.nullable(asked) : asked;
  return applyDecorators(
    ValidateBy({ name: rule.name, validator: { validate: rule.holds, defaultMessage: () => rule.message } }),
    ApiProperty({
      ...rule.schema,
      description: options.description,
      ...(options.example === undefined ? {} : { example: options.example }),
    } as ApiPropertyOptions),
    ...(options.optional ? [OptionalField()] : []),
  );
}

/** May be left out; in any order with the decorator that says what it holds. */
export function OptionalField(): PropertyDecorator {
  return applyDecorators(
    ValidateIf((_object, value) => value !== undefined),
    ApiProperty({ required: false }),
  );
}

/** A calendar day, `YYYY-MM-DD`, delivered as text. */
export const LocalDateField = (options: FieldOptions): PropertyDecorator => RuleField(rules.localDate, options);

/** An instant with offset or `Z`, milliseconds at most, delivered as text. */
export const InstantField = (options: FieldOptions): PropertyDecorator => RuleField(rules.instant, options);

/** A date, or an instant with offset, delivered as text. */
export const MomentField = (options: FieldOptions): PropertyDecorator => RuleField(rules.moment, options);

/** A date, or a month when the day is not known, delivered as text. */
export const DateOrMonthField = (options: FieldOptions): PropertyDecorator => RuleField(rules.dateOrMonth, options);

/** The time zone of a pharmacy site, by its name. */
export const ZoneField = (description: string): PropertyDecorator => RuleField(rules.zone, { description });

/** An id of ours, delivered in lower case. */
export const IdField = (options: FieldOptions): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    RuleField(rules.id, options),
  );

/** A code of an edition or a catalogue: the shape only; whether it exists is decided by the domain. */
export const CodeField = (max: number, options: FieldOptions): PropertyDecorator => RuleField(rules.code(max), options);

export const TextField = ({ max, min, lines, ...options }: FieldOptions & rules.TextLimits): PropertyDecorator =>
  RuleField(rules.text({ max, ...(min === undefined ? {} : { min }), ...(lines === undefined ? {} : { lines }) }), options);

export interface NumberFieldOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
  /** Whole numbers only; true unless said otherwise. */
  readonly integer?: boolean;
  /** For a query, where everything is text: plain decimal digits are read as a number. */
  readonly fromQuery?: boolean;
}

export const NumberField = ({ min, max, integer = true, fromQuery = false, ...options }: NumberFieldOptions): PropertyDecorator =>
  applyDecorators(
    ...(fromQuery
      ? [Transform(({ value }) => (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value) ? Number(value) : value))]
      : []),
    RuleField(rules.number({ min, max, integer }), options),
  );

export const FlagField = (options: FieldOptions): PropertyDecorator => RuleField(rules.flag, options);

export const ChoiceField = (values: readonly string[], options: FieldOptions): PropertyDecorator =>
  RuleField(rules.choice(values), options);

/** A list of plain values, each keeping `entry`: `@ListField(rules.code(40), { max: 10, description })`. */
export const ListField = (
  entry: rules.FieldRule,
  { max, min, unique, ...options }: FieldOptions & { readonly max: number; readonly min?: number; readonly unique?: boolean },
): PropertyDecorator =>
  RuleField(rules.list(entry, { max, ...(min === undefined ? {} : { min }), ...(unique === undefined ? {} : { unique }) }), options);

type Constructor = new () => object;

// class-validator's nested check lets null pass, also inside a list; a request with `"lines": [null]` would reach the domain.
const isFields = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

// `() => type()` and not `type`: the swagger module knows a late type by the function's name.
/** A nested object of its own request class. */
export const ObjectField = (type: () => Constructor, options: FieldOptions): PropertyDecorator => {
  const message = options.nullable ? 'Send an object with fields, or null when it is not known.' : 'Send an object with fields.';
  return applyDecorators(
    ...(options.nullable ? [ValidateIf((_object, value) => value !== null)] : []),
    ValidateNested({ message }),
    ValidateBy({ name: 'fields', validator: { validate: isFields, defaultMessage: () => message } }),
    Type(type),
    ApiProperty({ type: () => type(), description: options.description, ...(options.nullable ? { nullable: true } : {}) }),
    ...(options.optional ? [OptionalField()] : []),
  );
};

/** A list of nested objects. */
export const ObjectListField = (
  type: () => Constructor,
  { max, min = 0, ...options }: FieldOptions & { readonly max: number; readonly min?: number },
): PropertyDecorator => {
  const message = `Give a list of ${min} to ${max} entries, each an object with fields.`;
  const isList = (value: unknown): boolean => Array.isArray(value) && value.length >= min && value.length <= max && value.every(isFields);
  return applyDecorators(
    ValidateBy({ name: 'list', validator: { validate: isList, defaultMessage: () => message } }),
    ValidateNested({ each: true, message }),
    Type(type),
    ApiProperty({ type: () => type(), isArray: true, minItems: min, maxItems: max, description: options.description }),
    ...(options.optional ? [OptionalField()] : []),
  );
};

import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { type FieldProblem, fieldsInvalid } from './problem.js';
import { FORBIDDEN_KEYS } from './strict-json.js';

/** More than a form can hold; a flood of extra fields must not become a flood of answers. */
const MAX_ERRORS = 50;

type Rules = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>;
/** By request class, and by the class in whose field its object stands. */
const rulesOf = new Map<unknown, Map<string, Rules>>();

/**
 * For each object it checks, each entry of a list too, class-validator looks through every request class of the service. A class's rules are
 * fixed once it is declared, so they are looked up once.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  const look = storage.getTargetValidationMetadatas.bind(storage);
  storage.getTargetValidationMetadatas = (target, within, always, strictGroups, groups) => {
    if (groups?.length) return look(target, within, always, strictGroups, groups);
    const known = rulesOf.get(target)?.get(within ?? '');
    if (known) return known;
    const found = look(target, within, always, strictGroups, groups);
    rulesOf.set(target, (rulesOf.get(target) ?? new Map<string, Rules>()).set(within ?? '', found));
    return found;
  };
}

/** The service's one ValidationPipe: unknown fields are refused, nothing is converted silently, all errors are told at once. */
export function createValidationPipe(): ValidationPipe {
  if (rulesOf.size === 0) rememberRules();
  return new StrictValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    transform: true,
    transformOptions: { enableImplicitConversion: false },
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => fieldsInvalid(toFieldProblems(errors)),
  });
}

class StrictValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // class-transformer skips a key that names a method of the request class (`toCommand`), and Nest strips `__proto__` from a query,
    // both without a word; an extra field has to be refused, whatever it is called.
    if (typeof value === 'object' && value !== null && metadata.metatype && metadata.type !== 'custom') {
      const prototype = metadata.metatype.prototype as Record<string, unknown> | undefined;
      const extra = Object.keys(value).filter((key) => FORBIDDEN_KEYS.has(key) || typeof prototype?.[key] === 'function');
      if (extra.length > 0) throw fieldsInvalid(unknownFields(extra));
    }
    return super.transform(value, metadata);
  }
}

const UNKNOWN = 'This field is not known here. Remove it.';
const UNNAMED = 'There is a field here whose name is not known. Remove it.';
const SHOWABLE = /^[A-Za-z0-9_.$-]{1,64}$/;

/** Fields that are not known at `parent`; one whose name might be a value is refused without repeating it. */
export function unknownFields(names: readonly string[], parent = ''): FieldProblem[] {
  return names
    .slice(0, MAX_ERRORS)
    .map((name) => (SHOWABLE.test(name) ? { pointer: `${parent}/${name}`, message: UNKNOWN } : { pointer: parent, message: UNNAMED }));
}

/** class-validator's tree as a flat list of pointers, without any value. */
export function toFieldProblems(errors: readonly ValidationError[], parent = ''): FieldProblem[] {
  const found: FieldProblem[] = [];
  for (const error of errors) {
    if (found.length >= MAX_ERRORS) break;
    // The sender chose the names of extra fields; one that does not look like a name might be a value in the wrong place.
    const showable = typeof error.property === 'string' && SHOWABLE.test(error.property);
    const pointer = showable ? `${parent}/${error.property}` : parent;
    const messages = new Set(Object.entries(error.constraints ?? {}).map(([rule, message]) => wording(rule, message, showable)));
    for (const message of messages) found.push({ pointer, message });
    if (error.children?.length) found.push(...toFieldProblems(error.children, pointer));
  }
  return found.slice(0, MAX_ERRORS);
}

function wording(rule: string, message: string, showable: boolean): string {
  switch (rule) {
    case 'whitelistValidation':
      return showable ? UNKNOWN : UNNAMED;
    case 'unknownValue':
    case 'isObject':
      return 'Send an object with fields.';
    default:
      return message;
  }
}

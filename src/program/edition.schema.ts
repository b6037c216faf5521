import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';

/** What is wrong with an edition, or doubtful in it, at one place of its document. */
export interface Flaw {
  /** JSON pointer into the document. */
  readonly path: string;
  /** In plain words, a whole sentence. */
  readonly says: string;
  /** A warning does not keep it from taking effect: the service fails closed there. */
  readonly weight: 'refusal' | 'warning';
}

export type SchemaCheck = (document: unknown) => Flaw[];

/** An edition that breaks its schema never gets into force: it is refused with the place and what is wrong there (I6). */
export class EditionInvalid extends Error {
  constructor(
    readonly file: string,
    readonly flaws: readonly Flaw[],
  ) {
    super(
      `${file} is not an edition: ${flaws
        .slice(0, 5)
        .map(({ path, says }) => `${path || '/'} ${says}`)
        .join('; ')}`,
    );
  }
}

const MOST = 50;

/** Makes the check of edition documents from the schema in the programs folder. */
export function schemaCheck(folder: string): SchemaCheck {
  const schema = JSON.parse(readFileSync(join(folder, 'program.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  return (document) => {
    if (validate(document)) return [];
    const errors = validate.errors ?? [];
    // Of a choice between shapes, what each shape lacks is told; that none of them fits is not news beside it.
    const telling = errors.filter(({ keyword }) => !['anyOf', 'oneOf', 'if', 'not'].includes(keyword));
    const flaws = (telling.length > 0 ? telling : errors).map(flawOf);
    const seen = new Set<string>();
    return flaws.filter(({ path, says }) => !seen.has(`${path} ${says}`) && seen.add(`${path} ${says}`)).slice(0, MOST);
  };
}

const pointer = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

function flawOf({ instancePath, keyword, params, message }: ErrorObject): Flaw {
  const refusal = (path: string, says: string): Flaw => ({ path, says, weight: 'refusal' });
  switch (keyword) {
    case 'required':
      return refusal(`${instancePath}/${pointer(String(params['missingProperty']))}`, 'This is missing.');
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      return refusal(`${instancePath}/${pointer(name)}`, 'This is not known here. Remove it, or correct its name.');
    }
    case 'enum':
      return refusal(instancePath, `This has to be one of: ${(params['allowedValues'] as unknown[]).map(String).join(', ')}.`);
    case 'const':
      return refusal(instancePath, `This has to be ${String(params['allowedValue'])}.`);
    case 'type':
      return refusal(instancePath, `This has to be of type ${String(params['type']).replaceAll(',', ' or ')}.`);
    default:
      return refusal(instancePath, `This ${message ?? 'does not keep the schema'}.`);
  }
}

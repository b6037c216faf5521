import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

/** An edition that breaks its schema never gets into force: it is refused with the place and what is wrong there (I6). */
export class EditionInvalid extends Error {}

/** Makes the check of edition documents from the schema in the programs folder. */
export function editionCheck(folder: string): (document: unknown, file: string) => void {
  const schema = JSON.parse(readFileSync(join(folder, 'program.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  return (document, file) => {
    if (validate(document)) return;
    const told = (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`);
    throw new EditionInvalid(`${file} is not an edition: ${told.join('; ')}`);
  };
}

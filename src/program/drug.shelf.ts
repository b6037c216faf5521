import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { type DrugFacts, type DrugHashes, drugFrom } from '../domain/clinical/drug.js';
import type { Edition } from '../domain/program.js';
import { hashOfDocument } from './hash.js';

/** Facts of a drug that break their schema are never used: the service says so when it starts. */
export class DrugFactsInvalid extends Error {}

interface FactsDocument {
  readonly program: string;
}

/** Today's file, and earlier ones kept beside it under their version, so that old decisions can be taken again. */
const FACTS = /^drug(\.[^/]+)?\.json$/;
const MEDICINES = /^medicines(\.[^/]+)?\.json$/;

/**
 * The label facts on file, by program. They are no part of an edition: a label changes without the program's rules, and a warning follows the
 * newest label at once, also for an authorization that keeps its edition. A decision keeps the hashes of what it looked at.
 */
export class DrugShelf {
  private readonly facts = new Map<string, object>();
  private readonly medicines = new Map<string, object>();
  private readonly current = new Map<string, DrugFacts>();
  private readonly earlier = new Map<string, DrugFacts>();

  static fromFolder(folder: string): DrugShelf {
    const shelf = new DrugShelf();
    const isFacts = checkOf(folder, 'drug.schema.json');
    const isMedicines = checkOf(folder, 'medicines.schema.json');
    const listed = readdirSync(folder, { withFileTypes: true });
    let today: string | null = null;
    for (const { name } of listed.filter((each) => each.isFile() && MEDICINES.test(each.name) && !each.name.endsWith('.schema.json'))) {
      const document = isMedicines(read(join(folder, name)), name);
      const hash = hashOfDocument(document);
      shelf.medicines.set(hash, document);
      if (name === 'medicines.json') today = hash;
    }
    for (const each of listed.filter((entry) => entry.isDirectory())) {
      for (const name of readdirSync(join(folder, each.name)).filter((file) => FACTS.test(file))) {
        const where = `${each.name}/${name}`;
        const document = isFacts(read(join(folder, each.name, name)), where) as FactsDocument;
        if (document.program !== each.name) throw new DrugFactsInvalid(`${where} says it is of another program than its folder.`);
        const hash = hashOfDocument(document);
        shelf.facts.set(hash, document);
        if (name !== 'drug.json') continue;
        if (today === null) throw new DrugFactsInvalid(`${where} needs the medicines of medicines.json, and there are none.`);
        const facts = shelf.withHashes({ facts: hash, medicines: today });
        if (facts !== undefined) shelf.current.set(document.program, facts);
      }
    }
    return shelf;
  }

  /** That edition with the facts in use for its program. */
  onto(edition: Edition): Edition {
    return Object.freeze({ ...edition, drug: this.current.get(edition.program) ?? null });
  }

  /** The facts in use for that program; null when there are none on file. */
  inUse(program: string): DrugFacts | null {
    return this.current.get(program) ?? null;
  }

  /** The facts of those two documents, in use or kept; undefined when one is not on file. */
  withHashes(hashes: DrugHashes): DrugFacts | undefined {
    const key = `${hashes.facts} ${hashes.medicines}`;
    const known = this.earlier.get(key);
    if (known) return known;
    const facts = this.facts.get(hashes.facts);
    const medicines = this.medicines.get(hashes.medicines);
    if (facts === undefined || medicines === undefined) return undefined;
    const made = drugFrom(facts, medicines, hashes);
    this.earlier.set(key, made);
    return made;
  }
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function checkOf(folder: string, schema: string): (document: unknown, file: string) => object {
  const validate = new Ajv({ allErrors: true, strict: false }).compile<object>(read(join(folder, schema)) as object);
  return (document, file) => {
    if (validate(document)) return document;
    const told = (validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`);
    throw new DrugFactsInvalid(`${file} holds no facts: ${told.join('; ')}`);
  };
}

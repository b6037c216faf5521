import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Instant } from '../domain/calendar.js';
import { type Edition, editionFrom } from '../domain/program.js';
import { DrugShelf } from './drug.shelf.js';
import { editionCheck } from './edition.check.js';
import { hashOfDocument } from './hash.js';

export { hashOfDocument } from './hash.js';

/** Where the programs' folders stand, beside the compiled code and the sources alike. */
export const PROGRAMS_FOLDER = fileURLToPath(new URL('../../programs/', import.meta.url));

/** Every edition on file, by program and date; read once at start. */
export class EditionCatalogue {
  private readonly byProgram = new Map<string, Edition[]>();
  private readonly byHash = new Map<string, Edition>();

  constructor(
    editions: readonly Edition[],
    /** The documents they were read from, by hash: every value with its source. */
    private readonly documents: ReadonlyMap<string, object> = new Map(),
    /** The drugs' label facts, which every edition here already carries. */
    readonly drugs: DrugShelf = new DrugShelf(),
  ) {
    for (const edition of [...editions].sort((a, b) => a.effectiveFrom - b.effectiveFrom)) {
      this.byProgram.set(edition.program, [...(this.byProgram.get(edition.program) ?? []), edition]);
      this.byHash.set(edition.hash, edition);
    }
  }

  static fromFolder(folder = PROGRAMS_FOLDER): EditionCatalogue {
    const editions: Edition[] = [];
    const documents = new Map<string, object>();
    const check = editionCheck(folder);
    const drugs = DrugShelf.fromFolder(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const file of readdirSync(join(folder, entry.name))) {
        if (!/^\d{4}-\d{2}-\d{2}\.json$/.test(file)) continue;
        const document = JSON.parse(readFileSync(join(folder, entry.name, file), 'utf8')) as object;
        check(document, `${entry.name}/${file}`);
        const hash = hashOfDocument(document);
        documents.set(hash, document);
        editions.push(drugs.onto(editionFrom(document, hash)));
      }
    }
    return new EditionCatalogue(editions, documents, drugs);
  }

  programs(): string[] {
    return [...this.byProgram.keys()];
  }

  /** The edition of that program in force at that instant; undefined when there is none. */
  inForce(program: string, at: Instant): Edition | undefined {
    return this.byProgram
      .get(program)
      ?.findLast((edition) => edition.effectiveFrom <= at && (edition.effectiveUntil === null || at <= edition.effectiveUntil));
  }

  named(program: string, edition: string): Edition | undefined {
    return this.byProgram.get(program)?.find((each) => each.edition === edition);
  }

  withHash(hash: string): Edition | undefined {
    return this.byHash.get(hash);
  }

  /** The document of that hash as it was published. */
  documentWithHash(hash: string): object | undefined {
    return this.documents.get(hash);
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueryPool, Tx } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import { type Edition, editionFrom } from '../domain/program.js';
import { DrugShelf } from './drug.shelf.js';
import { EditionInvalid, type SchemaCheck, schemaCheck } from './edition.schema.js';
import { EditionShelf, type OnFile, type Unreadable } from './edition.shelf.js';
import { canonicalText, hashOfDocument } from './hash.js';
import { materialsBeside } from './materials.js';
import { type MaterialFile, PublishedStore, type StoredDocument } from './published.store.js';

export { canonicalText, hashOfDocument } from './hash.js';

/** Where the programs' folders stand, beside the compiled code and the sources alike. */
export const PROGRAMS_FOLDER = fileURLToPath(new URL('../../programs/', import.meta.url));

type Db = Pick<QueryPool, 'query'> | Tx;

/**
 * Every edition that governs or has governed: those of the programs folder, approved with the release that brings them, and those that two
 * stewards published since. Asked without waiting; `keepUp` is told the revision that each read of a decision brings, and reads what is new
 * before that decision is taken. So no process needs a message or a restart, and all change over at the same instant of the database.
 */
export class EditionCatalogue {
  private readonly store = new PublishedStore();
  private shelf: EditionShelf;
  private known = 0;
  private reading: Promise<void> | null = null;
  /** Hashes that no table has either: asked for once. */
  private sought = new Set<string>();

  constructor(
    private readonly shipped: readonly OnFile[],
    readonly schema: SchemaCheck,
    private readonly materials: readonly MaterialFile[] = [],
    /** The drugs' label facts, which every edition here carries. */
    readonly drugs: DrugShelf = new DrugShelf(),
  ) {
    this.shelf = new EditionShelf(shipped);
  }

  static fromFolder(folder = PROGRAMS_FOLDER): EditionCatalogue {
    const shipped: OnFile[] = [];
    const materials: MaterialFile[] = [];
    const schema = schemaCheck(folder);
    const drugs = DrugShelf.fromFolder(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const file of readdirSync(join(folder, entry.name))) {
        if (!/^\d{4}-\d{2}-\d{2}\.json$/.test(file)) continue;
        const document = JSON.parse(readFileSync(join(folder, entry.name, file), 'utf8')) as object;
        const flaws = schema(document);
        if (flaws.length > 0) throw new EditionInvalid(`${entry.name}/${file}`, flaws);
        shipped.push(withFacts(onFile(document), drugs));
        materials.push(...materialsBeside(join(folder, entry.name), document));
      }
    }
    return new EditionCatalogue(shipped, schema, materials, drugs);
  }

  /** At start: keeps what this release ships, so that it can be read when a later one ships it no more, and reads what was published. */
  async open(db: Db): Promise<void> {
    const shipped = this.shipped.map(({ hash, document, edition }) => {
      const { program, edition: name, effectiveFrom } = edition;
      return { hash, program, edition: name, effectiveFrom, text: canonicalText(document) };
    });
    await this.store.keep(db, shipped, this.materials);
    await this.refresh(db);
  }

  /** The last change of what is in force that this process knows of. */
  get revision(): number {
    return this.known;
  }

  /**
   * @param revision as read together with the case
   * @param pinned hashes that authorizations name: another release may have issued under an edition that this one did not bring
   */
  async keepUp(db: Db, revision: number, pinned: readonly string[] = []): Promise<void> {
    const missing = pinned.filter((hash) => this.shelf.withHash(hash) === undefined && !this.sought.has(hash));
    if (missing.length > 0) {
      await this.refresh(db);
      for (const hash of missing) this.sought.add(hash);
    }
    while (this.known < revision) {
      // Others who noticed it at the same moment wait for the same reading; when theirs fails, ours may not.
      if (this.reading) await this.reading.catch(() => {});
      else await this.refresh(db);
    }
  }

  /** Reads what is published, whether or not something is known to be new. */
  async refresh(db: Db): Promise<void> {
    const reading = this.read(db);
    this.reading = reading;
    try {
      await reading;
    } finally {
      if (this.reading === reading) this.reading = null;
    }
  }

  private async read(db: Db): Promise<void> {
    const { revision, documents } = await this.store.read(db);
    // A slower reading must not bring back an older catalogue.
    if (revision < this.known) return;
    const governing = [...this.shipped];
    const kept: OnFile[] = [];
    const unreadable: Unreadable[] = [];
    for (const stored of documents) {
      if (this.shipped.some((each) => each.hash === stored.hash)) continue;
      const found = this.shelf.withHash(stored.hash) ?? this.readable(stored);
      if (found === null) {
        if (stored.governs) unreadable.push(stored);
      } else (stored.governs ? governing : kept).push(found);
    }
    this.shelf = new EditionShelf(governing, kept, unreadable);
    this.known = revision;
    this.sought = new Set();
  }

  /** null when this release cannot read it: nothing is decided under half an edition. */
  private readable({ text }: StoredDocument): OnFile | null {
    try {
      const document = JSON.parse(text) as object;
      return this.schema(document).length > 0 ? null : withFacts(onFile(document), this.drugs);
    } catch {
      return null;
    }
  }

  programs(): string[] {
    return this.shelf.programs();
  }

  /**
   * The program under which something is recorded that belongs to none, a number nobody issued or a participant: the oldest of those that stand
   * before a fill at that instant. Never one without a gate while there is another, because under it nothing would be judged.
   */
  nobodys(at: Instant): string | undefined {
    const since = (program: string): Instant => this.shelf.editionsOf(program)[0]?.edition.effectiveFrom ?? Number.POSITIVE_INFINITY;
    const programs = this.programs().sort((a, b) => since(a) - since(b));
    return programs.find((program) => this.inForce(program, at)?.gate === 'hard') ?? programs[0];
  }

  /** The edition of that program in force at that instant; undefined when there is none. */
  inForce(program: string, at: Instant): Edition | undefined {
    return this.shelf.inForce(program, at)?.edition;
  }

  /** The first instant after `at` from which another edition governs, or none; null: none is known of. */
  nextChange(program: string, at: Instant): Instant | null {
    return this.shelf.nextChange(program, at);
  }

  /** Those of a program that govern at some time, in the order in which they take effect. */
  editionsOf(program: string): readonly OnFile[] {
    return this.shelf.editionsOf(program);
  }

  named(program: string, edition: string): Edition | undefined {
    return this.shelf.editionsOf(program).find((each) => each.edition.edition === edition)?.edition;
  }

  withHash(hash: string): Edition | undefined {
    return this.shelf.withHash(hash)?.edition;
  }

  /** The document of that hash as it was published. */
  documentWithHash(hash: string): object | undefined {
    return this.shelf.withHash(hash)?.document;
  }

  /** Any document on file, drafts and withdrawn ones too; null when there is none, or this release cannot read it. */
  async recall(db: Db, hash: string): Promise<OnFile | null> {
    const known = this.shelf.withHash(hash);
    if (known) return known;
    const stored = await this.store.document(db, hash);
    return stored && this.readable(stored);
  }

  /** A guide or form by its hash. */
  material(db: Db, sha256: string): Promise<string | null> {
    return this.store.material(db, sha256);
  }

  materialsKept(db: Db, hashes: readonly string[]): Promise<string[]> {
    return this.store.materialsKept(db, hashes);
  }

  keepMaterials(db: Db, materials: readonly MaterialFile[]): Promise<void> {
    return this.store.keepMaterials(db, materials);
  }
}

/** The edition in a document that keeps the schema. */
export function onFile(document: object): OnFile {
  const hash = hashOfDocument(document);
  return { hash, document, edition: editionFrom(document, hash) };
}

const withFacts = (file: OnFile, drugs: DrugShelf): OnFile => ({ ...file, edition: drugs.onto(file.edition) });

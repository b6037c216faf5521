import { Inject, Injectable } from '@nestjs/common';
import { POOLS } from '../authorization/authorization.tokens.js';
import { NotFound } from '../authorization/outcome.errors.js';
import { said } from '../authorization/view.js';
import type { Pools } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import { fieldsInvalid, Problem } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { EditionReader } from '../program/edition.reader.js';
import { materialsOf } from '../program/materials.js';
import {
  isProductCode,
  type ProductCode,
  type ProductSystem,
  type ProgramNow,
  productsOf,
  programNow,
  programsFor,
} from '../program/products.js';
import { EditionStore } from './edition.store.js';
import type { MaterialView, PastEditionView, ProgramList, ProgramView } from './program.dto.js';

/** Which rules hold for a product, by the database's clock; no patient is in any of it. */
@Injectable()
export class ProgramService {
  constructor(
    @Inject(EditionStore) private readonly store: EditionStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(): Promise<ProgramList> {
    const at = await this.now();
    const programs = this.catalogue.programs().flatMap((program) => {
      const now = programNow(this.catalogue, program, at);
      return now === null ? [] : [this.viewOf(now)];
    });
    return { programs };
  }

  async find(asked: ProductCode & { readonly system: ProductSystem }, jurisdiction: string): Promise<ProgramView> {
    if (!isProductCode(asked.system, asked.code))
      throw fieldsInvalid([{ pointer: '/code', message: 'This is not a code of that system. Copy it from the package.' }]);
    const at = await this.now();
    const found = programsFor(this.catalogue, asked, jurisdiction, at);
    const [one] = found;
    if (one === undefined)
      throw new Problem({
        status: 404,
        code: 'product-unknown',
        title: 'No program here has this product',
        detail:
          'No program on file has a product of this code in this jurisdiction. Check both against the package; a product outside every program needs no authorization from here.',
      });
    if (found.length > 1)
      throw fieldsInvalid([
        { pointer: '/code', message: 'This can be read as products of several programs. Write the code with its dashes.' },
      ]);
    return this.viewOf(one);
  }

  async material(sha256: string): Promise<string> {
    const text = await this.catalogue.material(this.pools.rest, sha256);
    if (text === null) throw new NotFound();
    return text;
  }

  /** Database time, with the catalogue of that moment. */
  private async now(): Promise<Instant> {
    await this.catalogue.refresh(this.pools.rest);
    return this.store.now(this.pools.rest);
  }

  private viewOf({ program, current, inForce }: ProgramNow): ProgramView {
    const { edition, document, hash } = current;
    const gate = gateOf(document);
    const { molecule, jurisdiction, codes } = productsOf(document);
    return {
      program,
      title: edition.title,
      jurisdiction,
      molecule,
      retired: !inForce || gate === 'none',
      gate,
      edition: edition.edition,
      editionHash: hash,
      products: codes?.map(({ system, code, title }) => ({ system, code, title })) ?? null,
      materials: materialsOf(document).map(
        (each): MaterialView => ({
          code: each.code,
          title: each.title,
          audience: each.audience,
          categories: each.categories && [...each.categories],
          href: each.sha256 === null ? null : `/v1/materials/${each.sha256}`,
        }),
      ),
      history: this.historyOf(program),
    };
  }

  private historyOf(program: string): PastEditionView[] {
    const all = this.catalogue.editionsOf(program);
    return all.map(({ edition, document, hash }, place) => {
      const next = all[place + 1]?.edition.effectiveFrom ?? null;
      const { effectiveFrom, effectiveUntil, zone } = edition;
      const until = next === null ? effectiveUntil : Math.min(effectiveUntil ?? Number.POSITIVE_INFINITY, next - 1);
      return {
        edition: edition.edition,
        title: edition.title,
        hash,
        gate: gateOf(document),
        effectiveFrom: said(effectiveFrom, zone) ?? '',
        until: said(until, zone),
      };
    });
  }
}

const gateOf = (document: object): string | null => new EditionReader(document).text('/gate');

import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { POOLS } from '../../authorization/authorization.tokens.js';
import { NotFound } from '../../authorization/outcome.errors.js';
import type { Pools } from '../../database/pools.js';
import { editionFrom } from '../../domain/program.js';
import { fieldsInvalid, Problem } from '../../http/problem.js';
import { EditionCatalogue } from '../../program/edition.catalogue.js';
import { askedFrom, NotAskable } from './asked.js';
import { CSV_HEAD, csvLine } from './csv.js';
import type { Difference } from './difference.js';
import { reportOf } from './report.js';
import { Aborted, type Asked, type Progress, runWhatIf } from './run.js';
import { otherTimeline } from './timeline.js';
import type { WhatIfRequest, WhatIfTimelineRequest, WhatIfTimelineView } from './what-if.dto.js';

/** How many threads a run over HTTP may use: the others are for the people who wait for a fill. */
export const WHAT_IF_THREADS = Symbol('what-if threads');

const TELL_MS = 1_000;
const CONTROL_ONE_IN = 64;

/** The steward's preview of an edition. Reads through connections of its own that refuse to write. */
@Injectable()
export class WhatIfService implements OnModuleDestroy {
  private readonly log = new Logger('what-if');
  private running: PassThrough | null = null;

  constructor(
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(WHAT_IF_THREADS) private readonly threads: number,
  ) {}

  /** @throws Problem when one is running here already, or nothing like it is on file */
  async start(body: WhatIfRequest): Promise<{ contentType: string; stream: PassThrough }> {
    const asked = await this.asked(body, body.to ?? null);
    if (this.running)
      throw new Problem({
        status: 409,
        code: 'what-if-running',
        title: 'Another what-if is running',
        detail: 'This process runs one at a time, so that the counter stays quick. Wait until it is done, or end it.',
      });
    const stream = new PassThrough();
    this.running = stream;
    stream.once('close', () => {
      if (this.running === stream) this.running = null;
    });
    const csv = body.as === 'csv';
    void this.run(asked, stream, csv, csv || body.list === true);
    return { contentType: csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson', stream };
  }

  async timeline(body: WhatIfTimelineRequest): Promise<WhatIfTimelineView> {
    const found = await otherTimeline(this.pools.serviceUrl, await this.asked(body, null), body.of, this.catalogue);
    if (found === null) throw new NotFound();
    return found;
  }

  /** A run does not outlive its process. */
  onModuleDestroy(): void {
    this.running?.destroy();
  }

  private async run(asked: Asked, stream: PassThrough, csv: boolean, lists: boolean): Promise<void> {
    const other = editionFrom(asked.document, asked.hash);
    const stopped = new AbortController();
    stream.once('close', () => stopped.abort());
    const write = async (text: string) => {
      if (stream.destroyed) throw new Aborted('Nobody is listening any more.');
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
    };
    const line = (of: object) => write(`${JSON.stringify(of)}\n`);
    let toldAt = 0;
    const progress = (each: Progress) => {
      if (csv || each.elapsedMs - toldAt < TELL_MS) return;
      toldAt = each.elapsedMs;
      line({ progress: each }).catch(() => {});
    };
    const sink = (differences: readonly Difference[]) =>
      csv
        ? write(differences.map((each) => csvLine(each, other.zone)).join(''))
        : write(differences.map((difference) => `${JSON.stringify({ difference })}\n`).join(''));
    try {
      if (csv) await write(CSV_HEAD);
      const ran = await runWhatIf(asked, {
        databaseUrl: this.pools.serviceUrl,
        threads: this.threads,
        catalogue: this.catalogue,
        sink: lists ? sink : null,
        progress,
        signal: stopped.signal,
      });
      if (!csv) await line({ report: reportOf(asked.program, other, ran) });
      stream.end();
    } catch (error) {
      if (stream.destroyed) return;
      this.log.error(`A what-if could not be finished: ${error instanceof Error ? error.message : String(error)}`);
      // What was sent so far must not pass for the whole: the list is broken off, the lines say so.
      if (csv) stream.destroy(new Error('The what-if could not be finished.'));
      else {
        stream.end(`${JSON.stringify({ failed: 'It could not be finished; nothing was changed. Try again, or tell the operator.' })}\n`);
      }
    }
  }

  /** The edition may be one that governs, or any document on file by its hash: a draft, above all. */
  private async asked(
    { program, edition, from }: Pick<WhatIfRequest, 'program' | 'edition' | 'from'>,
    until: string | null,
  ): Promise<Asked> {
    await this.catalogue.refresh(this.pools.rest);
    const hash = this.catalogue.named(program, edition)?.hash ?? edition;
    const found = await this.catalogue.recall(this.pools.rest, hash);
    if (found === null || found.edition.program !== program)
      throw fieldsInvalid([{ pointer: '/edition', message: 'No edition of this program with this date or hash is on file.' }]);
    try {
      const range = { from: from ?? null, until };
      return askedFrom({ program, document: found.document, ...range, sameCategories: {}, controlOneIn: CONTROL_ONE_IN }, edition);
    } catch (error) {
      if (!(error instanceof NotAskable)) throw error;
      throw fieldsInvalid([{ pointer: '/to', message: error.message }]);
    }
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { ACCESS_DENIED } from '../authorization/access.denied.js';
import { DESK_PHONE, POOLS } from '../authorization/authorization.tokens.js';
import { NotFound } from '../authorization/outcome.errors.js';
import { said } from '../authorization/view.js';
import { EntrySigner } from '../compliance-log/signer.js';
import type { Pools } from '../database/pools.js';
import type { Others } from '../domain/authorization/decide.js';
import { HOUR_MS, type Instant } from '../domain/calendar.js';
import type { LogEntry } from '../domain/log-entry.js';
import type { Edition } from '../domain/program.js';
import { writeCursor } from '../http/page-cursor.js';
import { Problem } from '../http/problem.js';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import type { OnFile } from '../program/edition.shelf.js';
import { entryView, reasonViews, zoneOf } from './entry.view.js';
import { explain } from './explanation.js';
import type { EntryDetail, EntryList, ExplanationView, LogKeyView, ReplayView, TimelineView } from './log.dto.js';
import { type EntrySearch, LogStore, type StoredEntry } from './log.store.js';
import { caseAsSeen, isOfEdition, isOfFinding, type ReadEntry, readEntry, replay } from './replay.js';
import { about, timelineOf } from './timeline.js';
import { isSound, lineOf, verify } from './verification.js';

/** Without a patient or an authorization to find by, a search reads along the time: this much of it unless more is asked for. */
const USUAL_RANGE_MS = 31 * 24 * HOUR_MS;
const TIMELINE_LIMIT = 5_000;

export type AskedSearch = Omit<EntrySearch, 'from' | 'until'> & { readonly from: Instant | null; readonly until: Instant | null };

interface Recalled {
  readonly stored: StoredEntry;
  readonly read: ReadEntry;
  readonly earlier: readonly StoredEntry[];
  readonly file: ReturnType<typeof caseAsSeen>;
  readonly edition: Edition;
  readonly others: Others;
  readonly document: object;
}

/** The auditor's desk: reads everything, writes nothing. */
@Injectable()
export class LogService {
  constructor(
    @Inject(LogStore) private readonly store: LogStore,
    @Inject(EntrySigner) private readonly signer: EntrySigner,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
    @Inject(DESK_PHONE) private readonly deskPhone: string,
  ) {}

  async search(asked: AskedSearch): Promise<EntryList> {
    const until = asked.until ?? (await this.store.now(this.pools.rest));
    const named = asked.patient !== null || asked.authorization !== null;
    const from = asked.from ?? (named ? 0 : Math.max(0, until - USUAL_RANGE_MS));
    const found = await this.store.search(this.pools.rest, { ...asked, from, until });
    const shown = found.slice(0, asked.limit);
    const last = shown.at(-1);
    return {
      entries: shown.map((each) => entryView(lineOf(each), this.deskPhone)),
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
      next: found.length > asked.limit && last ? writeCursor({ at: last.recordedAt, id: last.id }) : null,
    };
  }

  async entry(id: string): Promise<EntryDetail> {
    const stored = await this.found(id);
    const line = lineOf(stored);
    return {
      ...entryView(line, this.deskPhone),
      bytes: stored.bytes.toString('base64'),
      signature: stored.signature.toString('base64'),
      keyId: stored.keyId,
      line,
      values: stored.side?.values ?? null,
      salts: stored.side?.salts ?? null,
      verification: verify(stored, this.signer),
    };
  }

  async authorizationTimeline(authorization: string): Promise<TimelineView> {
    const patient = await this.store.patientOf(this.pools.rest, authorization);
    if (patient === null) throw new NotFound();
    return this.timeline(patient, authorization);
  }

  async patientTimeline(patient: string): Promise<TimelineView> {
    const view = await this.timeline(patient, null);
    if (view.steps.length === 0) throw new NotFound();
    return view;
  }

  async explanation(id: string): Promise<ExplanationView> {
    const { read, file, edition, others, document } = await this.recalled(id);
    const { line, command } = read;
    const found =
      isOfFinding(command) || isOfEdition(command)
        ? { judgedAt: null, category: null, requirements: [], beside: line.reasons }
        : explain(file, command, { edition, others, document }, line.reasons);
    return {
      entry: entryView(line, this.deskPhone),
      judgedAt: found.judgedAt,
      category: found.category,
      requirements: found.requirements.map((each) => ({ ...each, reasons: reasonViews(each.reasons, this.deskPhone) })),
      beside: reasonViews(found.beside, this.deskPhone),
      editionHash: edition.hash,
    };
  }

  async replay(id: string): Promise<ReplayView> {
    const { stored, read, earlier, file, edition, others } = await this.recalled(id);
    const differences = replay(read, file, edition, others);
    return {
      same: differences.length === 0,
      differences,
      basedOn: earlier.length,
      unsound: [...earlier, stored].filter((each) => !isSound(verify(each, this.signer))).map((each) => each.id),
      verification: verify(stored, this.signer),
    };
  }

  key(): LogKeyView {
    const { keyId, publicKeyPem, earlier } = this.signer;
    return { keyId, algorithm: 'Ed25519', publicKeyPem, earlier: [...earlier] };
  }

  private async timeline(patient: string, authorization: string | null): Promise<TimelineView> {
    const { entries, whole } = await this.store.ofPatient(this.pools.rest, patient, TIMELINE_LIMIT);
    const asOf = await this.store.now(this.pools.rest);
    const steps = timelineOf(entries);
    const shown = authorization === null ? steps : about(steps, authorization);
    const zone = shown[0] ? zoneOf(shown[0].line) : 'UTC';
    return {
      steps: shown.map(({ line, changes }) => ({ ...entryView(line, this.deskPhone), changes })),
      asOf: said(asOf, zone) ?? '',
      whole,
    };
  }

  private async found(id: string): Promise<StoredEntry> {
    const stored = await this.store.find(this.pools.rest, id);
    if (stored === null) throw new NotFound();
    return stored;
  }

  /** The decision's own case and edition, from the log and the editions on file alone. */
  private async recalled(id: string): Promise<Recalled> {
    const stored = await this.found(id);
    const { aggregate, edition: pinned, besides = [] }: LogEntry = lineOf(stored);
    if (stored.command === ACCESS_DENIED)
      throw gone('nothing-decided', 'Somebody asked about what is not his and was told that there is nothing. Nothing was decided.');
    const earlier = aggregate.kind === 'enrollment' ? await this.store.versionsOf(this.pools.rest, aggregate.id, aggregate.saw) : [];
    const reads = [stored, ...earlier].map(readEntry);
    if (reads.includes(null)) throw gone('values-erased', 'The values it was decided on have been erased. The signed entry itself stays.');
    const [read, ...before] = reads as ReadEntry[];
    const [onFile = null, ...beside] = await Promise.all(
      [...(pinned ? [pinned] : []), ...besides].map(({ hash }) => this.catalogue.recall(this.pools.rest, hash)),
    );
    if (read === undefined || pinned === null || onFile === null || beside.includes(null))
      throw gone('edition-missing', 'The edition it was decided under is not on file here. Put the edition of that hash back.');
    const hashes = read.basis?.drug ?? null;
    const drug = hashes === null ? null : this.catalogue.drugs.withHashes(hashes);
    if (drug === undefined)
      throw gone('drug-facts-missing', 'The label facts it was decided with are not on file here. Put the documents of those hashes back.');
    const edition = { ...onFile.edition, drug };
    const others = othersOf(
      edition,
      (beside as OnFile[]).map((each) => each.edition),
    );
    return { stored, read, earlier, edition, document: onFile.document, others, file: caseAsSeen(read, before) };
  }
}

/** The editions that stood beside a decision: the later one of its own program, and those of the patient's others. */
const othersOf = (edition: Edition, beside: readonly Edition[]): Others => ({
  later: beside.filter(({ program }) => program === edition.program).map((later) => ({ ...later, drug: edition.drug ?? null }))[0] ?? null,
  elsewhere: Object.fromEntries(beside.filter(({ program }) => program !== edition.program).map((each) => [each.program, each])),
});

const gone = (code: string, detail: string) => new Problem({ status: 409, code, title: 'This decision cannot be taken again', detail });

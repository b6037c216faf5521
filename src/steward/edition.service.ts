import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { actorOf } from '../authorization/access.js';
import { answerTo } from '../authorization/answer.js';
import { attest } from '../authorization/attestation.js';
import type { Keyed } from '../authorization/authorization.service.js';
import { POOLS } from '../authorization/authorization.tokens.js';
import type { Answer, Decided, Sent } from '../authorization/command.runner.js';
import { NotFound } from '../authorization/outcome.errors.js';
import { said } from '../authorization/view.js';
import type { Pools } from '../database/pools.js';
import type { Instant } from '../domain/calendar.js';
import { decideEdition, type EditionCommand, type EditionDraft, editionState, lastStep } from '../domain/edition-life.js';
import type { ReasonCode } from '../domain/reason.js';
import { fieldsInvalid } from '../http/problem.js';
import { DeskRunner, type Subject } from '../participant/desk.runner.js';
import { describeChanges } from '../program/change/describe.js';
import { canonicalText, EditionCatalogue, onFile } from '../program/edition.catalogue.js';
import { checkEdition, isSound } from '../program/edition.check.js';
import type { Flaw } from '../program/edition.schema.js';
import type { OnFile } from '../program/edition.shelf.js';
import { hashOfText, materialsOf } from '../program/materials.js';
import { documentFrom } from './document-text.js';
import type { ComparisonView, EditionDetail, EditionList, EditionView, MaterialText } from './edition.dto.js';
import { EditionStore, type KnownEdition } from './edition.store.js';

/** The edition that a step is about, as read. */
type EditionSubject = Subject & {
  readonly onFile: OnFile;
  readonly draft: EditionDraft;
  readonly flaws: readonly Flaw[];
  /** Of the catalogue beside which they were found. */
  readonly revision: number;
};
type Asked = { readonly do: 'check-edition' | 'approve-edition' } | { readonly do: 'withdraw-edition'; readonly reason: string };

/** What the steward does next. */
const NEXT: Readonly<Record<EditionCommand['do'], string>> = {
  'draft-edition': 'On file as a draft. Check it next.',
  'check-edition': 'Checked. Another steward approves it next.',
  'approve-edition': 'Approved. It takes effect at its instant, everywhere at once.',
  'withdraw-edition': 'Withdrawn. It will not take effect.',
};

/** What keeps the step from being taken, and what helps; the words that other readers have speak of patients. The weightiest comes first. */
const NOT_YET: readonly (readonly [ReasonCode, string])[] = [
  ['WRONG_STATE', 'Not now. See which step the edition is at, and take the one after it.'],
  ['EDITION_NOT_SOUND', 'Not yet. Mend what was found, and draft it again.'],
  ['EDITION_TOO_LATE', 'Too late for its instant. Draft it again with a later one, more than five minutes ahead.'],
  ['SECOND_PERSON_REQUIRED', 'Not yet. Another steward than its author approves it.'],
];

/** Editions on their way into force: two persons, one entry a step, and no restart. */
@Injectable()
export class EditionService {
  constructor(
    @Inject(DeskRunner) private readonly desk: DeskRunner,
    @Inject(EditionStore) private readonly store: EditionStore,
    @Inject(EditionCatalogue) private readonly catalogue: EditionCatalogue,
    @Inject(POOLS) private readonly pools: Pools,
  ) {}

  async list(program: string | null): Promise<EditionList> {
    await this.catalogue.refresh(this.pools.rest);
    const known = await this.store.list(this.pools.rest, program);
    const editions = await Promise.all(
      known.map(async (each) => {
        const found = await this.catalogue.recall(this.pools.rest, each.hash);
        return found && this.viewOf(each, found, each.now);
      }),
    );
    return { editions: editions.filter((each) => each !== null) };
  }

  async detail(hash: string): Promise<EditionDetail> {
    const [known, found] = await this.found(hash);
    const { flaws } = await this.judged(found);
    return { ...this.viewOf(known, found, known.now), document: found.document, flaws: [...flaws] };
  }

  /** @param from null: the one in whose place it comes */
  async compare(hash: string, from: string | null): Promise<ComparisonView> {
    const [, to] = await this.found(hash);
    const before = this.catalogue
      .editionsOf(to.edition.program)
      .findLast((each) => each.hash !== hash && each.edition.effectiveFrom < to.edition.effectiveFrom);
    const other = from === null ? before : await this.catalogue.recall(this.pools.rest, from.toLowerCase());
    if (!other) throw from === null ? new NotFound() : fieldsInvalid([{ pointer: '/from', message: 'No edition has this hash.' }]);
    return { from: other.hash, to: hash, changes: describeChanges(other.document, to.document) };
  }

  draft(principal: Principal, text: string, materials: readonly MaterialText[], keyed: Keyed): Promise<Sent> {
    const document = documentFrom(text, this.catalogue.schema);
    const drafted = onFile(document);
    const named = materialsOf(document);
    for (const [place, { file, text: content }] of materials.entries()) {
      const wanted = named.find((each) => each.file === file);
      const says = !wanted
        ? 'The edition does not name this file.'
        : wanted.sha256 !== hashOfText(content)
          ? 'This text is another one than the hash in the edition names.'
          : null;
      if (says !== null) throw fieldsInvalid([{ pointer: `/materials/${place}/file`, message: says }]);
    }
    const sent = new Map(materials.map((each) => [hashOfText(each.text), each.text]));
    return this.run(principal, drafted, sent, { do: 'draft-edition' }, keyed);
  }

  async take(principal: Principal, hash: string, asked: Asked, keyed: Keyed): Promise<Sent> {
    const found = await this.catalogue.recall(this.pools.rest, hash);
    if (found === null) throw new NotFound();
    return this.run(principal, found, new Map(), asked, keyed);
  }

  private run(
    principal: Principal,
    found: OnFile,
    sent: ReadonlyMap<string, string>,
    asked: Asked | { readonly do: 'draft-edition' },
    keyed: Keyed,
  ): Promise<Sent> {
    const { edition, hash } = found;
    return this.desk.run<EditionCommand, EditionSubject>({
      principal,
      idempotency: keyed,
      participants: [],
      program: edition.program,
      edition: () => edition,
      subject: async (_, db) => {
        const known = await this.store.find(db, hash);
        const draft = draftOf(found, known);
        const judged = await this.judged(found, sent);
        const saw = await this.store.programVersion(db, edition.program);
        return { kind: 'program', id: edition.program, saw, onFile: found, draft, ...judged };
      },
      command: ({ at, file }, id) => ({ ...asked, id, at, by: actorOf(principal, file.patient), edition: hash }),
      decide: (_, command, __, { draft, flaws }) => decideEdition(draft, command, isSound(flaws)),
      ...(asked.do === 'approve-edition' ? { attestation: attest('approve-edition.1', principal) } : {}),
      basis: ({ draft, flaws }) => ({ edition: { draft, sound: isSound(flaws), flaws } }),
      write: (tx, decided, subject) => this.write(tx, decided, subject, sent),
      answer: (decided, subject) => this.answer(decided, subject),
    });
  }

  private async write(
    tx: Parameters<EditionStore['step']>[0],
    { command, decision, loaded, entry }: Decided<EditionCommand>,
    { draft, revision, onFile: { edition, document, hash } }: EditionSubject,
    sent: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const [effect] = decision.effects;
    if (effect?.kind !== 'edition') throw new Error('A step of an edition’s life names no step.');
    const drafted = command.do === 'draft-edition';
    const author = drafted ? command.by.id : (draft.steps.find((each) => each.step === 'drafted')?.by ?? '');
    if (drafted) {
      const { program, edition: name, effectiveFrom } = edition;
      const text = canonicalText(document);
      await this.store.draft(tx, { hash, program, edition: name, text, effectiveFrom, draftedBy: author, at: loaded.at });
      const materials = [...sent].map(([sha256, content]) => ({ sha256, text: content }));
      await this.catalogue.keepMaterials(tx, materials);
    }
    const follows = lastStep(draft);
    const changesForce = command.do === 'approve-edition' || (command.do === 'withdraw-edition' && follows === 'approved');
    return this.store.step(tx, {
      hash,
      step: effect.step,
      follows,
      draftedBy: author,
      by: command.by.id,
      at: loaded.at,
      entry,
      reason: command.do === 'withdraw-edition' ? command.reason : null,
      revision: changesForce ? revision + 1 : null,
      validThrough: decision.validThrough,
    });
  }

  private answer(decided: Decided<EditionCommand>, { draft, onFile: found, flaws }: EditionSubject): Answer {
    const { command, decision, loaded } = decided;
    const [effect] = decision.effects;
    const taken = effect?.kind === 'edition' ? [{ step: effect.step, by: command.by.id, at: loaded.at }] : [];
    const reason = command.do === 'withdraw-edition' ? command.reason : null;
    const steps = [...draft.steps, ...taken].map((each) => ({ ...each, reason: each.step === 'withdrawn' ? reason : null }));
    const known = { origin: 'drafted', steps, open: false } as const;
    const answer = answerTo(
      decided,
      'auditor',
      () => ({ edition: this.viewOf(known, found, loaded.at), flaws }),
      command.do === 'draft-edition' ? 201 : 200,
    );
    const body = answer.body as object;
    if (decision.outcome !== 'deny') return { ...answer, body: { ...body, headline: NEXT[command.do] } };
    const title = NOT_YET.find(([code]) => decision.reasons.includes(code))?.[1];
    return { ...answer, body: { ...body, ...(title === undefined ? {} : { title }), flaws } };
  }

  private async found(hash: string): Promise<[KnownEdition, OnFile]> {
    await this.catalogue.refresh(this.pools.rest);
    const [known, found] = [await this.store.find(this.pools.rest, hash), await this.catalogue.recall(this.pools.rest, hash)];
    if (known === null || found === null) throw new NotFound();
    return [known, found];
  }

  /** @param sent texts that come with the draft, by their hash */
  private async judged(found: OnFile, sent: ReadonlyMap<string, string> = new Map()): Promise<Pick<EditionSubject, 'flaws' | 'revision'>> {
    const hashes = materialsOf(found.document).flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]));
    const kept = new Set([...(await this.catalogue.materialsKept(this.pools.rest, hashes)), ...sent.keys()]);
    // What lies here is found by its hash, so that it can only be the right text or none.
    const textOf = (_file: string, sha256: string) => (kept.has(sha256) ? sha256 : null);
    return { revision: this.catalogue.revision, flaws: checkEdition(found.document, { catalogue: this.catalogue, textOf }) };
  }

  private viewOf(
    { origin, steps, open }: Pick<KnownEdition, 'origin' | 'steps' | 'open'>,
    { edition, hash }: OnFile,
    at: Instant,
  ): EditionView {
    const { program, effectiveFrom, effectiveUntil, zone } = edition;
    const next = this.catalogue.editionsOf(program).find((each) => each.hash !== hash && each.edition.effectiveFrom > effectiveFrom);
    const last = steps.at(-1)?.step ?? 'approved';
    return {
      hash,
      program,
      edition: edition.edition,
      title: edition.title,
      state: editionState({ last, effectiveFrom, effectiveUntil, nextFrom: next?.edition.effectiveFrom ?? null, open }, at),
      origin,
      effectiveFrom: said(effectiveFrom, zone) ?? '',
      effectiveUntil: said(effectiveUntil, zone),
      steps: steps.map((each) => ({ step: each.step, by: each.by, at: said(each.at, zone) ?? '', reason: each.reason })),
    };
  }
}

function draftOf({ edition, hash }: OnFile, known: KnownEdition | null): EditionDraft {
  const { program, effectiveFrom } = edition;
  const steps = (known?.steps ?? []).map(({ step, by, at }) => ({ step, by, at }));
  return { program, edition: edition.edition, hash, effectiveFrom, shipped: known?.origin === 'shipped', steps };
}

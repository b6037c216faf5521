import type { Decision } from './authorization/decide.js';
import type { EditionStepName } from './authorization/effect.js';
import type { Instant } from './calendar.js';
import type { Actor } from './participant.js';
import { inCatalogueOrder, type ReasonCode } from './reason.js';

/**
 * The life of an edition: drafted, checked, approved by a second person, and from then on by the clock alone: effective at its instant,
 * superseded when another takes its place, retired when nothing is open under it any more. Withdrawn at any time before it takes effect.
 */
export interface EditionStep {
  readonly step: EditionStepName;
  /** Participant id of the steward. */
  readonly by: string;
  readonly at: Instant;
}

/** An edition on its way into force. */
export interface EditionDraft {
  readonly program: string;
  readonly edition: string;
  /** Of the document: what is checked and approved is these bytes and no others. */
  readonly hash: string;
  readonly effectiveFrom: Instant;
  /** Came with a release, which is its approval: nothing is left to decide about it here. */
  readonly shipped: boolean;
  /** Empty while it is being drafted. */
  readonly steps: readonly EditionStep[];
}

export type EditionCommand = {
  readonly id: string;
  readonly at: Instant;
  readonly by: Actor;
  /** The hash. */
  readonly edition: string;
} & (
  | { readonly do: 'draft-edition' }
  | { readonly do: 'check-edition' }
  | { readonly do: 'approve-edition' }
  | { readonly do: 'withdraw-edition'; readonly reason: string }
);

export const EDITION_COMMANDS: readonly EditionCommand['do'][] = ['draft-edition', 'check-edition', 'approve-edition', 'withdraw-edition'];

/**
 * So long before its instant an edition stands as it will be. Longer than the statements of an approval, and any read beside them, may run
 * under any configuration (REMS_STATEMENT_TIMEOUT_MS is a minute at most): so no read that began before the approval was committed can see an
 * instant at which it governs, and all processes change over at the same one.
 */
export const EDITION_NOTICE_MS = 5 * 60_000;

export const lastStep = ({ steps }: EditionDraft): EditionStepName | null => steps.at(-1)?.step ?? null;

const STEP_OF: Readonly<Record<EditionCommand['do'], EditionStepName>> = {
  'draft-edition': 'drafted',
  'check-edition': 'checked',
  'approve-edition': 'approved',
  'withdraw-edition': 'withdrawn',
};

/** The step after which each may be taken; null: before any. */
const AFTER: Readonly<Record<EditionCommand['do'], readonly (EditionStepName | null)[]>> = {
  'draft-edition': [null],
  'check-edition': ['drafted'],
  'approve-edition': ['checked'],
  'withdraw-edition': ['drafted', 'checked', 'approved'],
};

/**
 * Pure, like every decision. `sound` says whether the checks refuse nothing, judged beside the editions that are in force or will be; it is
 * asked again at the approval, because those may be others by then.
 */
export function decideEdition(draft: EditionDraft, command: EditionCommand, sound: boolean): Decision {
  const reasons = inCatalogueOrder(reasonsAgainst(draft, command, sound));
  const changesTheFuture = command.do === 'approve-edition' || command.do === 'withdraw-edition';
  return {
    outcome: reasons.length > 0 ? 'deny' : 'allow',
    reasons,
    referrals: [],
    warnings: [],
    earliest: null,
    validThrough: reasons.length === 0 && changesTheFuture ? lastNotice(draft) : null,
    effects: reasons.length > 0 ? [] : [{ kind: 'edition', edition: draft.hash, step: STEP_OF[command.do] }],
    authorization: null,
    state: null,
  };
}

export type EditionState = 'draft' | 'checked' | 'approved' | 'effective' | 'superseded' | 'retired' | 'withdrawn';

export interface EditionTerm {
  /** The newest step; `approved` for one that came with a release. */
  readonly last: EditionStepName;
  readonly effectiveFrom: Instant;
  readonly effectiveUntil: Instant | null;
  /** When the next edition of the program takes effect; null: none is on file. */
  readonly nextFrom: Instant | null;
  /** Whether an authorization issued under it is still open: it keeps this edition to its end (rules §9.5). */
  readonly open: boolean;
}

/** Where an edition stands at `at`. After the approval the clock alone moves it. */
export function editionState({ last, effectiveFrom, effectiveUntil, nextFrom, open }: EditionTerm, at: Instant): EditionState {
  if (last === 'withdrawn') return 'withdrawn';
  if (last === 'drafted') return 'draft';
  if (last === 'checked') return 'checked';
  if (at < effectiveFrom) return 'approved';
  const over = (effectiveUntil !== null && at > effectiveUntil) || (nextFrom !== null && at >= nextFrom);
  if (!over) return 'effective';
  return open ? 'superseded' : 'retired';
}

/** The last instant at which what is to be in force may still be changed. */
const lastNotice = ({ effectiveFrom }: EditionDraft): Instant => effectiveFrom - EDITION_NOTICE_MS;

function reasonsAgainst(draft: EditionDraft, command: EditionCommand, sound: boolean): readonly ReasonCode[] {
  const last = lastStep(draft);
  const reasons: ReasonCode[] = [];
  if (command.by.role !== 'steward') reasons.push('MAY_NOT_ATTEST');
  if (draft.shipped || !AFTER[command.do].includes(last)) reasons.push('WRONG_STATE');
  if ((command.do === 'check-edition' || command.do === 'approve-edition') && !sound) reasons.push('EDITION_NOT_SOUND');
  if (command.do === 'approve-edition') {
    if (draft.steps.some((each) => each.step === 'drafted' && each.by === command.by.id)) reasons.push('SECOND_PERSON_REQUIRED');
    if (command.at > lastNotice(draft)) reasons.push('EDITION_TOO_LATE');
  }
  // One that was never approved governs nothing, whatever its date says.
  if (command.do === 'withdraw-edition' && last === 'approved' && command.at > lastNotice(draft)) reasons.push('EDITION_TOO_LATE');
  return reasons;
}

import type { Instant } from '../calendar.js';
import type { Participant } from '../participant.js';
import type { Accommodation, Answers, Authorization, Case, Enrollment, Evidence, Fill } from '../patient.js';
import type { ReasonCode } from '../reason.js';

export type EditionStepName = 'drafted' | 'checked' | 'approved' | 'withdrawn';

/** What an accepted command changes: the whole of it, and nothing else. State is the fold of these. */
export type Effect =
  | { readonly kind: 'enrollment'; readonly enrollment: Enrollment }
  | { readonly kind: 'answers'; readonly answers: Answers }
  | { readonly kind: 'category'; readonly category: string; readonly since: Instant }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'authorization'; readonly authorization: Authorization }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'fill-returned'; readonly fill: string; readonly at: Instant; readonly unopened: boolean }
  | { readonly kind: 'participant'; readonly participant: Participant }
  | { readonly kind: 'accommodation'; readonly accommodation: Accommodation }
  /** Two records that may be one person's: suspected by one, established by two (rules §9.15). */
  | { readonly kind: 'link' | 'unlink'; readonly other: string; readonly by: readonly string[] }
  /** A deviation that somebody has to work off; `code` says which. */
  | { readonly kind: 'finding'; readonly code: string }
  /** A step in the life of an edition, by its document's hash. */
  | { readonly kind: 'edition'; readonly edition: string; readonly step: EditionStepName };

/** Somebody has to look at what an advisory gate let pass: once at the issue and once at the hand-over, not at every question. */
export const referralFinding = (referrals: readonly ReasonCode[]): Effect[] =>
  referrals.length === 0 ? [] : [{ kind: 'finding', code: 'REFERRAL_DUE' }];

const replaced = <T extends { readonly id: string }>(list: readonly T[], item: T): T[] =>
  list.some((each) => each.id === item.id) ? list.map((each) => (each.id === item.id ? item : each)) : [...list, item];

/** The same accommodation set anew from the same instant takes the earlier one's place: so one without an end gets its end. */
const superseded = (by: Accommodation) => (each: Accommodation) => each.kind !== by.kind || each.from !== by.from;

/** The case after those effects: the only way a case changes. */
export function apply(file: Case, effects: readonly Effect[]): Case {
  let after = file;
  for (const effect of effects) {
    switch (effect.kind) {
      case 'enrollment':
        after = { ...after, enrollment: effect.enrollment };
        break;
      case 'answers':
        after = { ...after, answers: effect.answers };
        break;
      case 'category':
        after = { ...after, category: effect.category, categorySince: effect.since };
        break;
      case 'evidence':
        after = { ...after, evidence: [...after.evidence, effect.evidence] };
        break;
      case 'authorization':
        after = { ...after, authorizations: replaced(after.authorizations, effect.authorization) };
        break;
      case 'fill':
        after = { ...after, fills: [...after.fills, effect.fill] };
        break;
      case 'fill-returned':
        after = {
          ...after,
          fills: after.fills.map((fill) =>
            fill.id === effect.fill ? { ...fill, returnedAt: effect.at, returnedUnopened: effect.unopened } : fill,
          ),
        };
        break;
      case 'participant':
        after = { ...after, participants: { ...after.participants, [effect.participant.id]: effect.participant } };
        break;
      case 'accommodation':
        after = { ...after, accommodations: [...after.accommodations.filter(superseded(effect.accommodation)), effect.accommodation] };
        break;
      case 'unlink':
        if (effect.by.length > 1) after = { ...after, linked: after.linked.filter((record) => record.patient !== effect.other) };
        break;
      // The other record is no part of this case; the next read brings it.
      case 'link':
      case 'finding':
      case 'edition':
        break;
    }
  }
  return after;
}

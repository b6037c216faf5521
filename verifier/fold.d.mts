import type { Entry } from './entry.mjs';

export interface Folded {
  readonly enrollment: Readonly<Record<string, unknown>> | null;
  readonly person: Readonly<Record<string, unknown>> | null;
  readonly evidence: ReadonlyMap<string, object>;
  readonly authorizations: ReadonlyMap<string, object>;
  readonly fills: ReadonlyMap<string, object>;
}
export interface Rows {
  readonly enrollment: readonly object[];
  readonly patient?: readonly object[];
  readonly evidence: readonly object[];
  readonly prescription_authorization: readonly object[];
  readonly fill: readonly object[];
}
export function foldEnrollment(entries: readonly Entry[], editions: Readonly<Record<string, object>>): Folded;
export function differences(state: Folded, rows: Rows): string[];

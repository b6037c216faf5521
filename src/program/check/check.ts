import type { Edition } from '../../domain/program.js';
import type { EditionReader } from '../edition.reader.js';
import type { Flaw } from '../edition.schema.js';
import type { OnFile } from '../edition.shelf.js';

/** What one check looks at: the document as written, the edition in it, and what it will stand beside. */
export interface Checked {
  readonly read: EditionReader;
  readonly edition: Edition;
  readonly hash: string;
  /** Editions of the same program that govern at some time, itself left out. */
  readonly others: readonly OnFile[];
  /** Editions of other programs. */
  readonly elsewhere: readonly OnFile[];
  /** Hash of the text of that file as it was found; null when there is none. */
  readonly textOf: (file: string, sha256: string) => string | null;
}

/** One function a check: every flaw of its kind, with the place and the reason. */
export type Check = (checked: Checked) => Flaw[];

export const refusal = ({ read }: Pick<Checked, 'read'>, path: string, says: string): Flaw => ({
  path: read.pointer(path),
  says,
  weight: 'refusal',
});

export const warning = ({ read }: Pick<Checked, 'read'>, path: string, says: string): Flaw => ({
  path: read.pointer(path),
  says,
  weight: 'warning',
});

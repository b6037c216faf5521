import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import type { MaterialFile } from './published.store.js';

/** A guide or form that an edition names, as its document writes it. */
export interface NamedMaterial {
  readonly code: string;
  readonly title: string;
  /** Beside the edition; null while the text is not on file. */
  readonly file: string | null;
  readonly sha256: string | null;
  readonly categories: readonly string[] | null;
  readonly audience: string | null;
}

/** SHA-256, hex, of a text's UTF-8 bytes. */
export const hashOfText = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const isRecord = (node: unknown): node is Record<string, unknown> => typeof node === 'object' && node !== null && !Array.isArray(node);
/** Of a leaf with its source: the value. */
const plain = (node: unknown): unknown => (isRecord(node) && 'value' in node ? node['value'] : node);
const textOf = (node: unknown): string | null => (typeof node === 'string' ? node : null);

/** What the document names as materials, in its order. */
export function materialsOf(document: object): NamedMaterial[] {
  const named = (document as Record<string, unknown>)['materials'];
  if (!isRecord(named)) return [];
  return Object.entries(named).flatMap(([code, written]) => {
    const each = plain(written);
    if (!isRecord(each)) return [];
    const categories = plain(each['categories']);
    return [
      {
        code,
        title: textOf(plain(each['title'])) ?? code,
        file: textOf(plain(each['file'])),
        sha256: textOf(plain(each['sha256'])),
        categories: Array.isArray(categories) ? categories.map(String) : null,
        audience: textOf(plain(each['audience'])),
      },
    ];
  });
}

/** The text of a file that an edition names, from the folder beside it; null when there is none, or it would lie outside that folder. */
export function textBeside(folder: string, file: string): string | null {
  const path = normalize(join(folder, file));
  if (!path.startsWith(normalize(folder + sep)) || !existsSync(path)) return null;
  return readFileSync(path, 'utf8');
}

/** The materials of a document whose files lie beside it. */
export function materialsBeside(folder: string, document: object): MaterialFile[] {
  return materialsOf(document).flatMap(({ file }) => {
    const text = file === null ? null : textBeside(folder, file);
    return text === null ? [] : [{ sha256: hashOfText(text), text }];
  });
}

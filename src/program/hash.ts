import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785. */
export const canonicalText = (document: object): string => canonicalize(document) ?? '';

/** SHA-256, hex, of the document's RFC 8785 canonical form: the name by which every decision keeps what it was decided by. */
export function hashOfDocument(document: object): string {
  return createHash('sha256').update(canonicalText(document)).digest('hex');
}

import { fieldsInvalid } from './problem.js';
import { isUuid } from './request-id.js';

/** A place in a list ordered by time and id, so that pages neither skip nor repeat what is written meanwhile. */
export interface PageCursor {
  /** Milliseconds. */
  readonly at: number;
  readonly id: string;
}

/** Opaque for the caller. */
export const writeCursor = ({ at, id }: PageCursor): string => Buffer.from(`${at}.${id}`).toString('base64url');

/** @throws 400 naming the field when this service did not write it */
export function readCursor(written: string | undefined, pointer: string): PageCursor | null {
  if (written === undefined) return null;
  const [at, id, more] = Buffer.from(written, 'base64url').toString('latin1').split('.');
  const instant = Number(at);
  if (more !== undefined || id === undefined || !isUuid(id) || !/^\d{1,15}$/.test(at ?? '') || !Number.isSafeInteger(instant))
    throw fieldsInvalid([{ pointer, message: 'Send the cursor exactly as the page before gave it.' }]);
  return { at: instant, id: id.toLowerCase() };
}

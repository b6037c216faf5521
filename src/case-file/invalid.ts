import { type Moment, readMoment, TimeNotReadable } from '../domain/calendar.js';

/** The file breaks the contract: what and where, as a JSON pointer. */
export class CaseFileInvalid extends Error {
  constructor(
    readonly path: string,
    readonly problem: string,
  ) {
    super(`${path || '/'}: ${problem}`);
  }
}

/** Reads a time at `path`. @throws CaseFileInvalid */
export function timeAt(path: string, text: string, zone: string): Moment {
  try {
    return readMoment(text, zone);
  } catch (error) {
    if (error instanceof TimeNotReadable) throw new CaseFileInvalid(path, `"${text}" is ${error.message}`);
    throw error;
  }
}

import type { Actor } from '../participant.js';
import { roleReasons } from './attester.js';
import { accepted, type Handler, type Handlers, refused } from './ruling.js';

/** Reading what is the patient's own: it changes nothing, and its entry says who looked. */
type Named = 'read-status' | 'read-clinical-review';

const readBy =
  (roles: readonly Actor['role'][]): Handler<Named> =>
  ({ command }) => {
    const who = roleReasons(command.by, roles);
    return who.length > 0 ? refused(who) : accepted([]);
  };

export const READING: Handlers<Named> = {
  // On her behalf.
  'read-status': readBy(['patient']),
  'read-clinical-review': readBy(['prescriber', 'delegate', 'pharmacy']),
};

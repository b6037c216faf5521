import { roleReasons } from './attester.js';
import { accepted, type Handlers, refused } from './ruling.js';

/** Reading what is the patient's own, on her behalf: it changes nothing, and its entry says who looked. */
export const READING: Handlers<'read-status'> = {
  'read-status': ({ command }) => {
    const who = roleReasons(command.by, ['patient']);
    return who.length > 0 ? refused(who) : accepted([]);
  },
};

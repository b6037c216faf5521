// The second opinion: plays a case in its own words, and says of each event what the rules make of it.

import { acts } from './acts.js';
import type { Answer, Handler } from './answer.js';
import { type Ms, readTime, writeTime } from './days.js';
import { effective, type Fields, type Life, lifeOf } from './life.js';
import { prescriptions } from './prescriptions.js';
import type { Table } from './tables.js';

const handlers: Readonly<Record<string, Handler>> = { ...acts, ...prescriptions };

export function answer(life: Life, event: Fields, at: Ms): Answer {
  const handler = handlers[event['do'] as string];
  if (!handler) throw new Error(`The second opinion has no answer to ${event['do']}`);
  return handler(life, event, at);
}

/** The expectation a case file would write, as far as the opinion says. */
function expectation(answered: Answer, event: Fields, at: Ms): Fields {
  const { opinion, life } = answered;
  const zone = life.table.zone;
  const written: Fields = { outcome: opinion.outcome };
  if (opinion.outcome === 'deny' && opinion.reasons) Object.assign(written, { reasons: opinion.reasons, exactly: true });
  if (opinion.expiresAt !== undefined) written['expiresAt'] = writeTime(opinion.expiresAt, zone);
  if (opinion.dispenseBy !== undefined) written['dispenseBy'] = writeTime(opinion.dispenseBy, zone);
  if (opinion.earliest !== undefined) written['earliest'] = opinion.earliest === null ? null : writeTime(opinion.earliest, zone);
  if (event['do'] in prescriptions) {
    const authorization = life.authorizations[(event['authorization'] as string | undefined) ?? 'rx-1'];
    const state = authorization && effective(life, authorization, at);
    if (state && state !== 'draft') written['state'] = state;
  }
  return written;
}

/** The case with an expectation beside every event. `given` is whole: worlds are laid in before. */
export function withExpectations(written: Fields, table: Table): Fields {
  const events = written['events'] as Fields[];
  let life = lifeOf(written['given'], table, readTime(events[0]!['at'], table.zone).first);
  const told = events.map((event) => {
    const at = readTime(event['at'], table.zone).first;
    const answered = answer(life, event, at);
    life = answered.life;
    return { ...event, expect: expectation(answered, event, at) };
  });
  return { ...written, events: told };
}

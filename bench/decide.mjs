// Decisions a second on one core, command by command, without a database: node bench/decide.mjs [--json]. `npm run bench` measures the same
// function on the cases that the service reads; here each command stands alone, so that a slow one is seen.
import { readFileSync } from 'node:fs';
import { commandsOf } from '../dist/case-file/events.js';
import { readCaseFile } from '../dist/case-file/read.js';
import { decide } from '../dist/domain/authorization/decide.js';
import { apply } from '../dist/domain/authorization/effect.js';
import { writeInstant } from '../dist/domain/calendar.js';
import { EditionCatalogue } from '../dist/program/edition.catalogue.js';

const ROUNDS = 7;
const ROUND_MS = 150;
const file = new URL('../test/fixtures/cases/states.cases.json', import.meta.url);
const scenes = new Map(readCaseFile(JSON.parse(readFileSync(file, 'utf8')), EditionCatalogue.fromFolder()).map((each) => [each.id, each]));

/** The case in that state, and the words as a command on it, a minute later. */
function situation(state, words) {
  const { world, events } = scenes.get(state);
  let known = world;
  for (const { written, at, edition, path } of events)
    for (const command of commandsOf(written, { at, edition, path, file: known }))
      known = apply(known, decide(known, command, edition).effects);
  const { at: last, edition } = events.at(-1);
  const at = last + 60_000;
  const [command] = commandsOf({ at: writeInstant(at, edition.zone), ...words }, { at, edition, path: state, file: known });
  return { known, command, edition };
}

/** The median of some rounds. Every decision has an instant and a case of its own, so that nothing remembered answers for it. */
function perSecond({ known, command, edition }) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const until = performance.now() + ROUND_MS;
    const cpu = process.cpuUsage().user;
    let decisions = 0;
    while (performance.now() < until)
      for (let each = 0; each < 50; each += 1, decisions += 1)
        decide({ ...known, evidence: [...known.evidence] }, { ...command, at: command.at + (decisions % 10_000) }, edition);
    if (round > 0) rounds.push(decisions / ((process.cpuUsage().user - cpu) / 1_000_000));
  }
  return Math.round(rounds.sort((a, b) => a - b)[Math.floor(rounds.length / 2)]);
}

const MEASURED = {
  verify: situation('authorized', { do: 'verify' }),
  reserve: situation('authorized', { do: 'reserve' }),
  dispense: situation('reserved', { do: 'dispense' }),
  'issue, allowed': situation('ready', { do: 'issue-authorization' }),
  'issue, refused (an act is missing)': situation('counseling', { do: 'issue-authorization' }),
  'issue, refused (a test is missing)': situation('pregnancyTest', { do: 'issue-authorization' }),
};

const results = Object.fromEntries(Object.entries(MEASURED).map(([name, each]) => [name, perSecond(each)]));
if (process.argv.includes('--json')) console.log(JSON.stringify({ decisionsPerSecond: results }, null, 2));
else for (const [name, figure] of Object.entries(results)) console.log(`${String(figure).padStart(8)} a second  ${name}`);

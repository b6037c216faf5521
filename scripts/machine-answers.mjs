// Every command in every state: what `decide` answers. The states are reached through a case file, by the same code that plays the others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsOf } from '../dist/case-file/events.js';
import { readCaseFile } from '../dist/case-file/read.js';
import { decide } from '../dist/domain/authorization/decide.js';
import { apply } from '../dist/domain/authorization/effect.js';
import { dateAt, MINUTE_MS, writeInstant } from '../dist/domain/calendar.js';
import { EditionCatalogue, PROGRAMS_FOLDER } from '../dist/program/edition.catalogue.js';

const fixture = (name) => JSON.parse(readFileSync(join(fileURLToPath(new URL('../test/fixtures/', import.meta.url)), name), 'utf8'));
// The commands of the case language are written as there; the API has a few more, which are written as the domain has them.
const writable = new Set(JSON.parse(readFileSync(join(PROGRAMS_FOLDER, 'case-file.schema.json'), 'utf8')).$defs.event.properties.do.enum);

function reached({ id, world, events }) {
  let file = world;
  for (const { written, at, edition, path } of events)
    for (const command of commandsOf(written, { at, edition, path, file })) file = apply(file, decide(file, command, edition).effects);
  const last = events.at(-1);
  return { state: id, file, at: last.at + MINUTE_MS, edition: last.edition };
}

function commandAt({ title, ...body }, { file, at, edition, state }) {
  const filled = JSON.parse(
    JSON.stringify(body).replaceAll('$at', writeInstant(at, edition.zone)).replaceAll('$on', dateAt(at, edition.zone)),
  );
  if (writable.has(filled.do)) return commandsOf({ at: writeInstant(at, edition.zone), ...filled }, { at, edition, path: state, file })[0];
  const by = { role: file.participants[filled.by]?.kind ?? filled.by, id: filled.by };
  return { authorization: 'rx-1', ...filled, id: filled.do, at, by };
}

/** @returns {{command: string, answers: {state: string, accepted: boolean, answer: string}[]}[]} */
export function answersByState() {
  const scenes = readCaseFile(fixture('cases/states.cases.json'), EditionCatalogue.fromFolder()).map(reached);
  return fixture('machine/commands.json').map((specimen) => {
    const answers = scenes.map((scene) => {
      const decision = decide(scene.file, commandAt(specimen, scene), scene.edition);
      const after = apply(scene.file, decision.effects).authorizations.find((each) => each.id === 'rx-1').state;
      const before = scene.file.authorizations.find((each) => each.id === 'rx-1').state;
      const moved = after === before ? '' : ` → \`${after}\``;
      const recorded = decision.outcome === 'recorded-as-deviation';
      const codes = decision.reasons.map((code) => `\`${code}\``).join(' ');
      const answer = decision.outcome === 'deny' ? codes : recorded ? `recorded as a deviation${moved} (${codes})` : `yes${moved}`;
      return { state: scene.state, accepted: decision.outcome !== 'deny', answer };
    });
    return { command: specimen.title ?? `\`${specimen.do}\``, answers };
  });
}

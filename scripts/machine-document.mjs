// docs/machine.md: the authorization's life as the code has it, and the numbers it goes by as the editions have them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineV1 } from '../dist/domain/authorization/machine.v1.js';
import { PROGRAMS_FOLDER } from '../dist/program/edition.catalogue.js';
import { answersByState } from './machine-answers.mjs';

const { states, initial } = machineV1.config;
const WHEN = ['issue', 'verify', 'reserve', 'dispense'];

/** Every arrow of the chart, in the order in which its guards are asked. */
const arrows = Object.entries(states).flatMap(([from, { on = {} }]) =>
  Object.entries(on).flatMap(([event, targets]) =>
    [targets].flat().map((target) => {
      const arrow = typeof target === 'string' ? { target } : target;
      return { from, event, to: arrow.target, guard: arrow.guard ?? null };
    }),
  ),
);

function diagram() {
  const open = new Set(arrows.filter((arrow) => arrow.event === 'revoke').map((arrow) => arrow.from));
  // What every open state does alike is drawn once, from the frame around them.
  const isAlike = ({ event, to }) =>
    [...open].every((from) => arrows.some((each) => each.from === from && each.event === event && each.to === to));
  const label = (event, guard) => (guard ? `${event} [${guard}]` : event);
  const lines = (list) => {
    const byEnds = Map.groupBy(list, ({ from, to }) => `${from} --> ${to}`);
    return [...byEnds].map(([ends, own]) => `${ends} : ${own.map(({ event, guard }) => label(event, guard)).join('<br>')}`);
  };
  const moving = arrows.filter((arrow) => arrow.from !== arrow.to && !(open.has(arrow.from) && isAlike(arrow)));
  const inside = moving.filter((arrow) => open.has(arrow.from) && open.has(arrow.to));
  const first = [...open][0];
  const alike = arrows.filter((arrow) => arrow.from === first && isAlike(arrow)).map((arrow) => ({ ...arrow, from: 'open' }));
  const ends = Object.entries(states).filter(([, state]) => state.type === 'final');
  return [
    'stateDiagram-v2',
    '  [*] --> open : start-authorization',
    '  state open {',
    `    [*] --> ${initial}`,
    ...lines(inside).map((line) => `    ${line}`),
    '  }',
    ...lines([...alike, ...moving.filter((arrow) => !inside.includes(arrow))]).map((line) => `  ${line}`),
    ...ends.map(([name]) => `  ${name} --> [*]`),
  ].join('\n');
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const statesTable = () =>
  table(
    ['state', 'what it means', 'ends?'],
    Object.entries(states).map(([name, { description, type }]) => [`\`${name}\``, description, type === 'final' ? 'for ever' : '']),
  );

function eventsTable() {
  const rows = [...Map.groupBy(arrows, ({ from, event }) => `${from} ${event}`).values()].map((own) => {
    const { from, event } = own[0];
    const targets = own.map(({ to, guard }, index) => {
      const where = to === from ? 'stays' : `\`${to}\``;
      return guard ? `${where} if ${guard}` : index > 0 ? `else ${where}` : where;
    });
    return [`\`${from}\``, `\`${event}\``, targets.join(', ')];
  });
  return table(['in', 'event', 'goes to'], rows);
}

function answersTable() {
  const inStates = (names) => names.map((name) => `\`${name}\``).join(' ');
  const rows = answersByState().map(({ command, answers }) => {
    const groups = [...Map.groupBy(answers, ({ answer }) => answer)];
    const of = (kind) =>
      groups
        .filter(([, own]) => own[0].accepted === kind)
        .map(
          ([answer, own]) =>
            `${answer}: ${own.length === Object.keys(states).length ? 'in every state' : inStates(own.map((each) => each.state))}`,
        )
        .join('<br>');
    return [command, of(true), of(false)];
  });
  return table(['command', 'accepted', 'refused'], rows);
}

const isLeaf = (node) => node !== null && typeof node === 'object' && 'value' in node && 'source' in node;
function leaves(node, path = []) {
  if (isLeaf(node)) return [{ path: path.join(' · '), ...node }];
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, [...path, key]));
}

const written = (value) =>
  Array.isArray(value) && value.every((each) => typeof each !== 'object')
    ? value.join(', ')
    : typeof value === 'object'
      ? `\`${JSON.stringify(value)}\``
      : String(value);
const parameters = (node) =>
  table(
    ['parameter', 'value', 'source', 'verified', 'our reading'],
    leaves(node).map(({ path, value, source, verified, reading }) => [
      path,
      written(value),
      source,
      verified ? 'yes' : 'no',
      reading ?? '',
    ]),
  );

function edition(document) {
  const judged = document.judged.value;
  const names = [...new Set(WHEN.flatMap((when) => judged[when]))];
  const { categories, categoryRules, contraception, judged: _, sources, materials, ...rest } = document;
  const sections = [
    ['Categories', Object.entries(categories).map(([code, category]) => `**${code}** (${category.title})\n\n${parameters(category)}`)],
    [
      'Which category the answers give',
      [
        `The first rule that matches decides (${categoryRules.source}; ${categoryRules.verified ? 'verified' : 'not verified'}).\n\n${table(
          ['#', 'when', 'adult', 'child'],
          categoryRules.value.map((rule, index) => [index + 1, `\`${JSON.stringify(rule.when)}\``, rule.adult, rule.child]),
        )}`,
      ],
    ],
    ['Contraception', [parameters(contraception)]],
    ['Everything else', [parameters(rest)]],
    ['Materials', [parameters(materials)]],
  ];
  return [
    `## ${document.title}, edition ${document.edition}`,
    '### Judged when',
    `Which requirement is asked at which moment (${document.judged.source}; ${document.judged.verified ? 'verified' : 'not verified'}).`,
    table(
      ['requirement', ...WHEN],
      names.map((name) => [name, ...WHEN.map((when) => (judged[when].includes(name) ? '●' : ''))]),
    ),
    ...sections.flatMap(([title, parts]) => [`### ${title}`, ...parts]),
    '### Sources',
    table(['source', 'what it is'], Object.entries(sources)),
  ].join('\n\n');
}

const editions = () =>
  readdirSync(PROGRAMS_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\d{4}-\d{2}-\d{2}\.json$/.test(file))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(PROGRAMS_FOLDER, file), 'utf8')));

export const text = () =>
  `${[
    '<!-- Made from the code by scripts/generate.mjs; do not edit. -->',
    '# The authorization’s life',
    'One prescription on its way to one fill, as machine version 1 has it, and the numbers it goes by.',
    `\`\`\`mermaid\n${diagram()}\n\`\`\``,
    '## States',
    statesTable(),
    'A stored state is not yet the truth: an authorization past its window *is* expired, and a reservation past its hours *is* over, whether or not anybody has written that down.',
    '## Events',
    'What the chart knows in each state. An event that is not listed is refused there.',
    eventsTable(),
    '## Every command in every state',
    'Each command as its usual actor gives it, a minute after the state was reached, on the first prescription of a patient who has every step before her (`test/fixtures/cases/states.cases.json`; at `pregnancyTest` the second test is missing). Behind an arrow stands the state it leads to; without one the state stays.',
    answersTable(),
    ...editions().map(edition),
  ].join('\n\n')}\n`;

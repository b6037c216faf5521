// Writes what the last run of `npm run mutation` found into docs: the score of each file, and every mutant that nothing noticed.
import { readFileSync, writeFileSync } from 'node:fs';

const { files } = JSON.parse(readFileSync('coverage/mutation/incremental.json', 'utf8'));
const shortened = (text) => {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('`', '´');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
};

function standing({ source, location: { start, end } }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = lines[last].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join(' ');
}

const rows = [];
const survivors = [];
const sum = { killed: 0, survived: 0, unseen: 0, left: 0 };
for (const [name, { source, mutants }] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length;
  const here = {
    killed: count('Killed', 'Timeout'),
    survived: count('Survived'),
    unseen: count('NoCoverage'),
    left: count('Ignored', 'Pending', 'RuntimeError', 'CompileError'),
  };
  for (const key of Object.keys(sum)) sum[key] += here[key];
  rows.push([name.replace('src/domain/', ''), here]);
  const alive = mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .sort((a, b) => a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column);
  if (alive.length === 0) continue;
  survivors.push(`\n## ${name}\n\n| line | what stands there | what nothing noticed | |\n|---|---|---|---|`);
  for (const { location, replacement, status } of alive) {
    const old = shortened(standing({ source, location }));
    survivors.push(`| ${location.start.line} | \`${old}\` | \`${shortened(replacement)}\` | ${status === 'NoCoverage' ? 'not run' : ''} |`);
  }
}

const score = ({ killed, survived, unseen }) => {
  const all = killed + survived + unseen;
  return all === 0 ? '' : `${((100 * killed) / all).toFixed(1)} %`;
};
const table = [...rows, ['**all**', sum]]
  .map(([name, here]) => `| ${name} | ${score(here)} | ${here.killed} | ${here.survived} | ${here.unseen} | ${here.left} |`)
  .join('\n');
const page = readFileSync('docs/mutation.md', 'utf8');
const marked = /(<!-- score -->\n)[\s\S]*?(<!-- \/score -->)/;
const head = '| file | score | killed | survived | not run | left out |\n|---|---|---|---|---|---|';
writeFileSync('docs/mutation.md', page.replace(marked, `$1${head}\n${table}\n$2`));
writeFileSync(
  'docs/mutation-survivors.md',
  `# Mutants that nothing noticed\n\nWritten by \`node test/mutation/report.mjs\` after a run; why they live is in [mutation.md](mutation.md).\n${survivors.join('\n')}\n`,
);
console.log(`${score(sum)} of ${sum.killed + sum.survived + sum.unseen}, ${sum.left} left out`);

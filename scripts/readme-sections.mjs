// The generated parts of README.md, between their markers: the picture of the machine, the programs on file, and the configuration.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { text as machineDocument } from './machine-document.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function configuration(defaults) {
  const source = readFileSync(`${root}src/config.ts`, 'utf8');
  const fields = [...source.matchAll(/\/\*\* ([A-Z0-9_]+) · ([^*]+?) \*\/\s+readonly (\w+):/g)];
  const shown = (field, value) => {
    if (field === 'dataDir') return '`.data`';
    if (field === 'signingKeyFile') return '`signing-key.pem` in the data folder';
    if (value === null || (Array.isArray(value) && value.length === 0)) return 'none';
    return `\`${value}\``;
  };
  const rows = fields.map(
    ([, variable, says, field]) => `| \`${variable}\` | ${shown(field, defaults[field])} | ${says.replaceAll('|', '\\|')} |`,
  );
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n');
}

const read = (path) => JSON.parse(readFileSync(`${root}programs/${path}`, 'utf8'));
const dayOf = (leaf) => leaf?.value?.slice(0, 10) ?? null;

/** One row an edition. Cases in a file that names no edition are the newest one's: they are played by date, and belong to all. */
function editionsOf(program) {
  const files = readdirSync(`${root}programs/${program}`);
  const editions = files.filter((file) => /^\d{4}-\d{2}-\d{2}\.json$/.test(file)).sort();
  const cases = files.filter((file) => file.endsWith('.cases.json'));
  return editions.map((file, place) => {
    const { title, gate, effectiveFrom, effectiveUntil } = read(`${program}/${file}`);
    const name = file.replace('.json', '');
    const newest = place === editions.length - 1;
    const own = cases.filter((each) => each.startsWith(`${name}.`) || (newest && !/^\d{4}-/.test(each)));
    const count = own.reduce((sum, each) => sum + read(`${program}/${each}`).cases.length, 0);
    const until = dayOf(effectiveUntil) ?? (newest ? '' : 'the next');
    return `| \`${program}\` | ${title} | [${name}](programs/${program}/${file}) | ${gate.value ?? 'unknown'} | ${dayOf(effectiveFrom) ?? 'unknown'} | ${until} | ${count} |`;
  });
}

function programs() {
  const folders = readdirSync(`${root}programs`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rows = folders.map(({ name }) => name).sort();
  return ['| program | | edition | gate | from | until | cases |', '|---|---|---|---|---|---|---|', ...rows.flatMap(editionsOf)].join('\n');
}

export async function text() {
  const { loadConfig } = await import('../dist/config.js');
  const picture = (await machineDocument()).match(/```mermaid[\s\S]*?```/)?.[0] ?? '';
  const sections = { machine: picture, programs: programs(), configuration: configuration(loadConfig({})) };
  let readme = readFileSync(`${root}README.md`, 'utf8');
  for (const [name, wanted] of Object.entries(sections)) {
    const marked = new RegExp(`(<!-- ${name}: made by scripts/generate.mjs -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
    if (!marked.test(readme)) throw new Error(`README.md has no place for ${name}`);
    readme = readme.replace(marked, (_, before, after) => `${before}${wanted}${after}`);
  }
  return readme;
}

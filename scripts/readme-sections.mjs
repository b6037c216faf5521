// The generated parts of README.md, between their markers: the picture of the machine and the table of the configuration.
import { readFileSync } from 'node:fs';
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

export async function text() {
  const { loadConfig } = await import('../dist/config.js');
  const picture = (await machineDocument()).match(/```mermaid[\s\S]*?```/)?.[0] ?? '';
  const sections = { machine: picture, configuration: configuration(loadConfig({})) };
  let readme = readFileSync(`${root}README.md`, 'utf8');
  for (const [name, wanted] of Object.entries(sections)) {
    const marked = new RegExp(`(<!-- ${name}: made by scripts/generate.mjs -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`);
    if (!marked.test(readme)) throw new Error(`README.md has no place for ${name}`);
    readme = readme.replace(marked, (_, before, after) => `${before}${wanted}${after}`);
  }
  return readme;
}

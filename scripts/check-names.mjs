// Names that may not be: catch-all folders and files, and a program's codes inside src/. Categories, methods and drugs are edition data, so
// that a program owner can change them without touching code; a code written in src/ would be a second, hidden copy of the rules.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const problems = [];

const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
const filesBelow = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
// A copy without its history (an image, an archive) has no git: then the folders that hold code are walked instead.
const files =
  listed.status === 0
    ? listed.stdout.split('\n').filter((file) => file !== '' && existsSync(join(root, file)))
    : ['src', 'test', 'scripts', 'programs'].flatMap(filesBelow);

for (const file of files) {
  const nameless = file.split('/').find((part) => /^(utils?|helpers?|common|shared|misc|lib)(\..+)?$/i.test(part));
  if (nameless) problems.push(`${file}: "${nameless}" says nothing about what is in it`);
}

const documents = files
  .filter((file) => /^programs\/.+\.json$/.test(file) && !/\.(cases|schema)\.json$/.test(file))
  .map((file) => JSON.parse(readFileSync(join(root, file), 'utf8')));
const unwrapped = (node) => (node !== null && typeof node === 'object' && 'value' in node ? node.value : node);
const codes = new Set(
  documents.flatMap((each) => [...Object.keys(each.categories ?? {}), ...Object.keys(unwrapped(each.contraception?.methods) ?? {})]),
);
const molecules = new Set();
JSON.stringify(documents, (key, value) => {
  if (key === 'molecule') molecules.add(unwrapped(value));
  return value;
});
// Words of the case files' closed language are the domain's own: breast-feeding is a cause of amenorrhea before it is a method.
const language = new Set();
JSON.stringify(JSON.parse(readFileSync(join(root, 'programs/case-file.schema.json'), 'utf8')), (key, value) => {
  if (key === 'enum') for (const word of value) language.add(word);
  return value;
});

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const either = (words) => [...words].map(escaped).join('|');
const asLiteral = new RegExp(`(['"\`])(${either([...codes].filter((code) => !language.has(code)))})\\1`, 'g');
const anywhere = new RegExp(either(molecules), 'gi');
if (codes.size === 0 || molecules.size === 0) problems.push('programs/: no category, method or molecule was found, so nothing was checked');

// And at the edge, patch is a verb before it is a method.
const verbs = new Set(METHODS.map((method) => method.toLowerCase()));

for (const file of files.filter((each) => /^src\/.+\.ts$/.test(each))) {
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .forEach((line, index) => {
      for (const found of line.matchAll(asLiteral)) {
        const verb = file.startsWith('src/http/') && verbs.has(found[2]);
        if (!verb) problems.push(`${file}:${index + 1}: the code "${found[2]}" is a program’s data`);
      }
      for (const found of line.matchAll(anywhere)) problems.push(`${file}:${index + 1}: the drug "${found[0]}" is a program’s data`);
    });
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

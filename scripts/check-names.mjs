// Names that may not be: catch-all folders and files. (That src/ names no program's codes or drugs is a test: no-program-in-code.test.ts.)
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
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

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

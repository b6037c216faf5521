// Files that are made from the code and committed, so that a reader of the repository sees them and a change of the code shows in them.
// `node scripts/generate.mjs` writes them; with --check it only compares, and says which one is stale.
// Each generator is a module with `text()`, which gives the whole file (and, where others lean on it, `breaks(committed, wanted)`); it may import from dist/, which is compiled first when it is stale.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const traced = readdirSync(join(root, 'programs')).filter((program) => existsSync(join(root, 'programs', program, 'trace.json')));

/** Append here: the file, the module that makes its text, and what that text is about when the module makes several. */
const GENERATED = [
  { file: 'docs/machine.md', by: './machine-document.mjs' },
  { file: 'openapi.json', by: './openapi-document.mjs' },
  { file: 'README.md', by: './readme-sections.mjs' },
  ...traced.map((program) => ({ file: `docs/trace/${program}.md`, by: './trace-document.mjs', about: program })),
];

const compiled = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), '--build-only'], { cwd: root, stdio: ['ignore', 2, 2] });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const onlyCheck = process.argv.includes('--check');
for (const { file, by, about } of GENERATED) {
  const { text, breaks } = await import(by);
  const wanted = await text(about);
  const path = join(root, file);
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (committed === wanted) continue;
  // A generator may know what a change would break for others; then it is written only when that is meant.
  const broken = committed !== null && breaks ? await breaks(committed, wanted) : [];
  if (broken.length > 0 && !process.argv.includes('--accept-breaking')) {
    console.error(
      `${file}: clients of the committed version would break:\n  ${broken.join('\n  ')}\nTo mean it: node scripts/generate.mjs --accept-breaking`,
    );
    process.exitCode = 1;
    continue;
  }
  if (onlyCheck) {
    console.error(`${file} is stale: run \`node scripts/generate.mjs\` and commit what changed.`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
    console.log(`${file} written`);
  }
}

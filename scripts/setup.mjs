// Makes a fresh clone ready: installs the pinned packages when node_modules is missing or stale, then compiles when dist is.
// Only node: imports and Node 20 syntax, because this runs on whatever Node the machine has, before anything is installed.
// Everything it prints goes to stderr, so that `npm run -s rems -- … --json` keeps a clean stdout.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (line) => process.stderr.write(`${line}\n`);

function hashOf(files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort();
}

function runOrExit(command, args, what) {
  const started = Date.now();
  say(`${what} …`);
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) {
    say(`${what} failed (exit ${done.status ?? done.signal}). Nothing was started.`);
    process.exit(done.status ?? 1);
  }
  say(`${what} done in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function install() {
  const stamp = join(root, 'node_modules', '.installed-from');
  const wanted = hashOf(['package.json', 'package-lock.json'], `${process.platform}-${process.arch}`);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const npm = process.env.npm_execpath;
  if (!npm) {
    say('Run this through npm: npm start, npm test, npm run check or npm run -s rems -- …');
    process.exit(2);
  }
  // npm's own warnings about packages that ask for a newer Node are beside the point: the scripts run on the Node in the lockfile.
  runOrExit(
    process.env.npm_node_execpath ?? process.execPath,
    [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    'Installing the pinned packages (about a minute, once)',
  );
  writeFileSync(stamp, wanted);
}

function build() {
  const stamp = join(root, 'dist', '.built-from');
  const wanted = hashOf([...filesBelow('src'), 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const node = existsSync(join(root, 'node_modules', '.bin', 'node')) ? join(root, 'node_modules', '.bin', 'node') : process.execPath;
  runOrExit(
    node,
    [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'],
    'Compiling (a few seconds, after each change)',
  );
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, wanted);
}

install();
if (!process.argv.includes('--no-build')) build();

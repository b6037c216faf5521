// npm run test:nightly: the journeys at their full size (races, crashes, storms), which take longer than npm test may. Same files, more rounds.
// The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = mkdtempSync(join(tmpdir(), 'rems-nightly-'));
const file = join(results, 'results.json');
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules/jest/bin/jest.js'),
  // One file after the other: each of them fills the machine by itself.
  ...['--selectProjects', 'journeys', '--runInBand', '--globals', JSON.stringify({ full: true })],
  ...['--json', `--outputFile=${file}`, '--verbose', ...process.argv.slice(2)],
];

console.log('The journeys at full size. About ten minutes on two cores; each file says so when it is done.');
const started = performance.now();
const exit = await new Promise((resolve) => {
  const child = spawn(process.execPath, jest, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('error', (error) => {
    console.error(error.message);
    resolve(1);
  });
  child.on('close', resolve);
});

let passed = 0;
let failed = 1;
try {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
  passed = numPassedTests;
  failed = numFailedTests + numRuntimeErrorTestSuites;
  if (failed === 0 && exit !== 0) failed = 1;
} catch {
  // No counts were left behind: that is a failure, and is told as one.
}
rmSync(results, { recursive: true, force: true });
console.log(`\nin ${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// npm test: every tier, the domain's three times over, because a decision may not depend on the zone of the machine it is taken on.
// The last line is `N passed, N failed`, over all runs.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const RUNS = [
  { tier: 'domain' },
  { tier: 'domain', zone: 'America/Los_Angeles' },
  { tier: 'domain', zone: 'Asia/Kolkata' },
  { tier: 'database' },
  { tier: 'http' },
  { tier: 'journeys' },
];

const results = mkdtempSync(join(tmpdir(), 'rems-test-'));
/** A run's counts. A file that cannot even start is a failure too, and so is a run that leaves no counts behind. */
function countsIn(file, exit) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(file, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { passed: numPassedTests, failed: failed === 0 && exit !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Jest's own lines, one a test file, go straight to the screen: they are the progress. */
function run({ tier, zone }, index) {
  const file = join(results, `${index}.json`);
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--selectProjects', tier, '--json', `--outputFile=${file}`, '--verbose=false', '--passWithNoTests', ...process.argv.slice(2)],
  ];
  const env = zone ? { ...process.env, TZ: zone } : process.env;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, jest, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', (error) => {
      console.error(error.message);
      resolve({ passed: 0, failed: 1 });
    });
    child.on('close', (exit) => resolve(countsIn(file, exit)));
  });
}

const started = performance.now();
let passed = 0;
let failed = 0;
const lines = [];
for (const [index, each] of RUNS.entries()) {
  const name = each.zone ? `${each.tier}, with TZ=${each.zone}` : each.tier;
  const began = performance.now();
  console.log(`\n— ${name} (${index + 1} of ${RUNS.length})`);
  const counts = await run(each, index);
  passed += counts.passed;
  failed += counts.failed;
  lines.push(
    `${counts.failed === 0 ? 'passed' : 'FAILED'}  ${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(3)} failed  ${name}`,
  );
}
rmSync(results, { recursive: true, force: true });

console.log(`\n${lines.join('\n')}\nin ${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

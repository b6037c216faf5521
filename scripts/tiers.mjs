// Runs tiers of tests one after the other and counts them: a tier is a Jest project, with the zone, the sizes and the arguments it is run with.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

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
function run({ tier, env, args = [] }, file) {
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--selectProjects', tier, '--json', `--outputFile=${file}`, '--verbose=false', '--passWithNoTests', ...args],
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, jest, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', (error) => {
      console.error(error.message);
      resolve({ passed: 0, failed: 1 });
    });
    child.on('close', (exit) => resolve(countsIn(file, exit)));
  });
}

/** @param runs {{ tier: string, name: string, env?: Record<string, string>, args?: string[] }[]} The last line printed is `N passed, N failed`, over all of them. */
export async function runTiers(runs) {
  const results = mkdtempSync(join(tmpdir(), 'rems-test-'));
  const started = performance.now();
  let passed = 0;
  let failed = 0;
  const lines = [];
  for (const [index, each] of runs.entries()) {
    const began = performance.now();
    console.log(`\n— ${each.name} (${index + 1} of ${runs.length})`);
    const counts = await run({ ...each, args: [...(each.args ?? []), ...process.argv.slice(2)] }, join(results, `${index}.json`));
    passed += counts.passed;
    failed += counts.failed;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const verdict = counts.failed === 0 ? 'passed' : 'FAILED';
    lines.push(
      `${verdict}  ${seconds.padStart(6)} s  ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(3)} failed  ${each.name}`,
    );
  }
  rmSync(results, { recursive: true, force: true });
  console.log(`\n${lines.join('\n')}\nin ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

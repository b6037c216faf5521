// npm run check: everything a change must keep, in under a minute. The longest steps come first, so that the lanes end together.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, runSteps } from './run-steps.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const present = (folders) => folders.filter((folder) => existsSync(join(root, folder)));

const STEPS = [
  {
    name: 'domain tests',
    args: [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      '--selectProjects',
      'domain',
      // Most of a file's time goes into loading the house anew, on one processor each.
      '--maxWorkers=2',
      '--silent',
      '--verbose=false',
    ],
    // A part of what goes on and on; npm test plays more of it, the night all.
    env: { EDITION_MUTANTS: 'few', CLOSED_REFUSALS: '3' },
  },
  { name: 'promises, any, purity (eslint)', args: [bin('eslint'), '--max-warnings=0', '.'] },
  { name: 'types (tsc)', args: [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'] },
  { name: 'generated files', args: ['scripts/generate.mjs', '--check'] },
  {
    name: 'boundaries (dependency-cruiser)',
    args: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...present(['src', 'verifier', 'web/src'])],
  },
  { name: 'format and lint (biome)', args: [bin('biome'), 'check', '--diagnostic-level=warn', '.'] },
  { name: 'names', args: ['scripts/check-names.mjs'] },
];

const started = performance.now();
const results = await runSteps(STEPS);
const failed = results.filter((result) => !result.passed);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed.length === 0 ? `check passed in ${seconds} s` : `check failed in ${seconds} s: ${failed.map((each) => each.name).join(' · ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

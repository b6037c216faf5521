// Runs named steps side by side and says of each how long it took. A step that passes shows one line; one that fails shows what it printed.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {{name: string, args: string[], env?: Record<string, string>}} step what to run, as arguments of this very Node */
function run(step) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, step.args, {
      cwd: root,
      env: { ...process.env, ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = [];
    child.stdout.on('data', (chunk) => printed.push(chunk));
    child.stderr.on('data', (chunk) => printed.push(chunk));
    child.on('error', (error) => printed.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) =>
      resolve({
        name: step.name,
        passed: code === 0,
        seconds: (performance.now() - started) / 1000,
        output: Buffer.concat(printed).toString(),
      }),
    );
  });
}

/** Runs the steps, a processor each, in the order given. @returns {Promise<{name: string, passed: boolean, seconds: number}[]>} */
export async function runSteps(steps) {
  const waiting = [...steps];
  const results = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await run(step);
      console.log(`${result.passed ? 'passed' : 'FAILED'}  ${result.seconds.toFixed(1).padStart(5)} s  ${result.name}`);
      if (!result.passed) console.log(result.output.trimEnd().replace(/^/gm, '    '));
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
  return results;
}

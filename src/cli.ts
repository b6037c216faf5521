import { Command } from 'commander';
import { runCaseFiles } from './case-file/command.js';

const rems = new Command('rems').description('The REMS authorization service’s command line.').exitOverride();

const cases = rems.command('cases').description('Case files: the common language of rule authors, tests and auditors');
cases
  .command('run')
  .description('play case files through the decision code the service runs')
  .argument('<file...>')
  .option('--json', 'print the results as JSON', false)
  .action((files: string[], options: { json: boolean }) => {
    process.exitCode = runCaseFiles(files, options, (line) => process.stdout.write(`${line}\n`));
  });

try {
  await rems.parseAsync();
} catch (error) {
  // Commander's own complaints (and --help) come with an exit code; bad usage is 2 (design §6).
  const code = error instanceof Error && 'exitCode' in error ? Number(error.exitCode) : 1;
  if (!(error instanceof Error && 'exitCode' in error)) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = code === 1 && error instanceof Error && 'exitCode' in error ? 2 : code;
}

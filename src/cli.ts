import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { runCaseFiles } from './case-file/command.js';
import { loadConfig } from './config.js';
import { runCheck, runDiff, runList, runPublish } from './program/command.js';
import { whatIfCommand } from './reporting/what-if/command.js';

/** The `rems` command. Exit 0 done, 1 a check failed, 2 bad usage. */
const rems = new Command('rems').description('The REMS authorization service’s command line.').exitOverride();
const print = (line: string): void => void process.stdout.write(`${line}\n`);
// Whoever reads only the first lines closes the pipe: that is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

rems
  .command('serve')
  .description('start the service, as npm start does')
  .action(async () => {
    const { start } = await import('./start.js');
    await start(loadConfig());
  });

rems
  .command('migrate')
  .description('bring the tables of the configured database up to date')
  .action(async () => {
    const { openDatabase } = await import('./database/postgres.js');
    const { migrateUp, roleOf } = await import('./database/migrate.js');
    const log = { info: print, warn: print, error: print };
    const database = await openDatabase(loadConfig(), log);
    try {
      if (database.ownerUrl === null) throw new Error('DATABASE_OWNER_URL is not set: migrations run as the role that owns the tables.');
      const done = await migrateUp(database.ownerUrl, log, { serviceRole: roleOf(database.serviceUrl) });
      print(done.length === 0 ? 'The tables are up to date.' : `Done: ${done.join(', ')}`);
    } finally {
      await database.stop();
    }
  });

rems
  .command('seed')
  .description('fill an empty demo database with invented people and their history')
  .action(async () => {
    const { prepareDatabase } = await import('./start.js');
    const config = loadConfig();
    if (!config.demo) throw new Error('The seed is for demos only: OIDC_ISSUER is set.');
    await (await prepareDatabase(config)).stop();
  });

rems
  .command('token')
  .description('print an access token of a demo account, for curl')
  .requiredOption('--as <account>', 'prescriber, delegate, patient, guardian, pharmacist, administrator, auditor …')
  .option('--json', 'print as JSON', false)
  .action(async (options: { as: string; json: boolean }) => {
    const { mintToken } = await import('./demo/issuer/access-token.js');
    const config = loadConfig();
    if (!config.demo) throw new Error('Demo tokens are for demos only: OIDC_ISSUER is set.');
    const token = await mintToken({ as: options.as, dataDir: config.dataDir });
    print(options.json ? JSON.stringify({ token, as: options.as }) : token);
  });

const cases = rems.command('cases').description('case files: the common language of rule authors, tests and auditors');
cases
  .command('run')
  .description('play case files through the decision code the service runs')
  .argument('<file...>')
  .option('--json', 'print the results as JSON', false)
  .action((files: string[], options: { json: boolean }) => {
    process.exitCode = runCaseFiles(files, options, print);
  });

rems
  .command('trace')
  .description('what the regulator asked, line by line: enforced (and the case that proves it), recorded, or out of scope')
  .argument('[program...]', 'programs; without any, all that have a list of requirements')
  .option('--json', 'print the reports as JSON', false)
  .option('--import <file>', 'read a label (XML, HL7 SPL) or a list extracted from one (.json), and print it as requirements.json')
  .option('--out <file>', 'with --import: write the list to this file instead')
  .option('--title <text>', 'with --import of an extracted list: what it was extracted from')
  .option('--note <text>', 'with --import: what a reader should know about the source')
  .addHelpText(
    'after',
    '\nExit 0 every line is kept where the mapping says; 1 a line is unmapped or broken, or a file was refused; 2 bad usage.',
  )
  .action(async (programs: string[], options: { json: boolean; import?: string; out?: string; title?: string; note?: string }) => {
    const { importList, tracePrograms } = await import('./trace/command.js');
    const warn = (line: string): void => void process.stderr.write(`${line}\n`);
    const [program] = programs;
    if (options.import === undefined) process.exitCode = tracePrograms(programs, options, print, warn);
    else if (program === undefined || programs.length > 1) {
      warn('With --import, name one program.');
      process.exitCode = 2;
    } else process.exitCode = importList(program, { ...options, import: options.import }, print, warn);
  });

const program = rems.command('program').description('editions of a program’s rules: check, compare, publish');
program
  .command('check')
  .description('say what keeps an edition from taking effect, with the place and the reason of each')
  .argument('<file...>')
  .option('--json', 'print the flaws as JSON', false)
  .action((files: string[], options: { json: boolean }) => {
    process.exitCode = runCheck(files, options, print);
  });
program
  .command('diff')
  .description('say in words what the second edition changes')
  .argument('<before>')
  .argument('<after>')
  .option('--json', 'print the changes as JSON', false)
  .action((before: string, after: string, options: { json: boolean }) => {
    process.exitCode = runDiff(before, after, options, print);
  });
program
  .command('publish')
  .description('put an edition on file as a draft and have it checked; or, as another steward, approve it')
  .argument('<file>')
  .requiredOption('--url <url>', 'the service, for example http://localhost:3000')
  .option('--as <account>', 'of a demo: the account to act as, steward or steward-2')
  .option('--token-file <file>', 'a file with the access token of the steward')
  .option('--approve', 'approve the checked draft', false)
  .option('--json', 'print the answers as JSON', false)
  .action(async (file: string, options: ServiceOptions & { approve: boolean; json: boolean }) => {
    process.exitCode = await runPublish(file, await serviceOf(options), options, print);
  });
program
  .command('list')
  .description('list the editions of a service; without one, those that this release ships')
  .option('--url <url>', 'the service, for example http://localhost:3000')
  .option('--as <account>', 'of a demo: the account to act as')
  .option('--token-file <file>', 'a file with an access token')
  .option('--json', 'print as JSON', false)
  .action(async (options: Partial<ServiceOptions> & { json: boolean }) => {
    const { url } = options;
    process.exitCode = await runList(url === undefined ? null : await serviceOf({ ...options, url }), options, print);
  });

interface ServiceOptions {
  readonly url: string;
  readonly as?: string;
  readonly tokenFile?: string;
}

/** Acts are a person's: the token is that of the steward, or of the demo's. */
async function serviceOf({ url, as, tokenFile }: ServiceOptions): Promise<{ url: string; token: string }> {
  if (!URL.canParse(url)) throw new CommanderError(2, 'rems.url', 'give the service’s address, for example http://localhost:3000');
  if (tokenFile !== undefined) return { url, token: readFileSync(tokenFile, 'utf8').trim() };
  if (as === undefined) throw new CommanderError(2, 'rems.who', 'say who acts: --token-file, or --as in a demo');
  const { mintToken } = await import('./demo/issuer/access-token.js');
  const config = loadConfig();
  if (!config.demo) throw new Error('Demo tokens are for demos only: OIDC_ISSUER is set.');
  return { url, token: await mintToken({ as, dataDir: config.dataDir }) };
}

rems.addCommand(
  whatIfCommand((code) => {
    process.exitCode = code;
  }).exitOverride(),
);

try {
  await rems.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what is wrong, or shown the help that was asked for; our own are not said yet.
    if (error.code.startsWith('rems.')) process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

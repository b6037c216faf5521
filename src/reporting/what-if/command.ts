import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { NotAskable } from './asked.js';
import type { Options } from './command.print.js';

const WORDS = `
Reads the whole record of the program, one patient after the other, and takes each decision again under the edition in FILE: with the facts, the
people and the instant of the record. Nothing is written; names are not read. Without --json or --csv it prints a table.

Exit codes: 0 done, whatever it found; 1 it could not be finished, --expect-same was given and a decision differs, or decisions taken again under
their own edition differ (the record or the replay is broken, and the figures are worth nothing); 2 bad usage.

  rems what-if --program NAME --edition drafts/2026-11-15.json
  rems what-if --program NAME --edition FILE --from 2026-01-01 --to 2026-06-30 --list differing.csv
  rems what-if --program NAME --edition FILE --of 019a…   one patient's timeline, by her pseudonym, or by an authorization or entry of hers
`;

/** `rems what-if`. @param failed is told the exit code when it is not 0 */
export function whatIfCommand(failed: (code: 1 | 2) => void): Command {
  const most = availableParallelism();
  return new Command('what-if')
    .description('replay stored history under another edition, and count what would differ')
    .requiredOption('--program <program>', 'the program whose record is read')
    .requiredOption('--edition <file>', 'the other edition, as a document of programs/program.schema.json')
    .option('--from <time>', 'compare decisions from this date or instant on; authorizations issued before it keep their edition')
    .option('--to <time>', 'and up to this date or instant')
    .option('--json', 'print the report as JSON', false)
    .option('--csv', 'print every decision that would differ as CSV, instead of the report', false)
    .option('--list <file>', 'write every decision that would differ to this file as CSV, beside the report')
    .option('--of <id>', 'one patient’s timeline under both editions, by her pseudonym, an authorization or an entry')
    .option('--same-category <old=new>', 'a category that the edition calls otherwise; may be repeated', sameCategory, {})
    .option('--control <n>', 'judge one patient in n again under the editions of the record too; 0: none', whole(0, 1_000_000), 64)
    .option('--threads <n>', 'threads to judge on', whole(1, 256), most)
    .option('--thread-memory <mb>', 'megabytes of heap that each thread may keep', whole(16, 65_536), 256)
    .option('--progress', 'show progress also where stderr is no terminal', false)
    .option('--expect-same', 'exit 1 when any decision would differ', false)
    .addHelpText('after', WORDS)
    .action(async (options: Options) => {
      try {
        const { printWhatIf } = await import('./command.print.js');
        if (!(await printWhatIf(options))) failed(1);
      } catch (error) {
        if (!(error instanceof NotAskable)) throw error;
        process.stderr.write(`${error.message}\n`);
        failed(2);
      }
    });
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

function sameCategory(text: string, so: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [old, now, ...rest] = text.split('=');
  if (!old || !now || rest.length > 0) throw new InvalidArgumentError('Write it as old=new.');
  return { ...so, [old]: now };
}

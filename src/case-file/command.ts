import { readFileSync } from 'node:fs';
import { EditionCatalogue } from '../program/edition.catalogue.js';
import { CaseFileInvalid } from './invalid.js';
import { type Played, playCase } from './play.js';
import { readCaseFile } from './read.js';

/** `rems cases run FILE…`: a line a case and the first difference. Exit 0 all passed, 1 some did not, 2 a file breaks the contract. */
export function runCaseFiles(files: readonly string[], options: { readonly json: boolean }, print: (line: string) => void): number {
  const catalogue = EditionCatalogue.fromFolder();
  const results: { file: string; invalid?: { path: string; problem: string }; cases: Played[] }[] = [];
  for (const file of files) {
    try {
      const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
      results.push({ file, cases: readCaseFile(document, catalogue).map(playCase) });
    } catch (error) {
      const invalid = error instanceof CaseFileInvalid ? { path: error.path || '/', problem: error.problem } : unreadable(error);
      results.push({ file, invalid, cases: [] });
    }
  }
  const cases = results.flatMap((result) => result.cases);
  const failed = cases.filter((each) => !each.passed).length;
  const invalid = results.filter((result) => result.invalid).length;
  if (options.json) print(JSON.stringify({ results, passed: cases.length - failed, failed, invalid }, null, 2));
  else {
    for (const result of results) {
      if (result.invalid) print(`invalid  ${result.file} ${result.invalid.path}: ${result.invalid.problem}`);
      for (const each of result.cases) {
        print(`${each.passed ? 'passed ' : 'FAILED '} ${each.id}  ${each.title}`);
        if (each.difference) {
          const { path, field, expected, actual } = each.difference;
          print(`         ${path} ${field}\n           expected ${expected}\n           got      ${actual}`);
        }
      }
    }
    print(`${cases.length - failed} passed, ${failed} failed${invalid > 0 ? `, ${invalid} file${invalid > 1 ? 's' : ''} invalid` : ''}`);
  }
  return invalid > 0 ? 2 : failed > 0 ? 1 : 0;
}

function unreadable(error: unknown): { path: string; problem: string } {
  if (error instanceof SyntaxError) return { path: '/', problem: 'is not JSON' };
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { path: '/', problem: 'there is no such file' };
  throw error;
}

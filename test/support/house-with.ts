// A copy of the built house with one folder more: a program that nobody here knew of.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = ['dist', 'programs', 'migrations', 'package.json'];

export interface House {
  readonly folder: string;
  close(): void;
}

/**
 * The compiled code is copied, not linked: Node follows links to where a module really stands, and there stand this house's own programs.
 * @param program a folder to add to programs/
 */
export function houseWith(name: string, program: string): House {
  const folder = mkdtempSync(join(tmpdir(), 'rems-house-'));
  for (const each of BUILT) cpSync(join(root, each), join(folder, each), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(program, join(folder, 'programs', name), { recursive: true });
  return { folder, close: () => rmSync(folder, { recursive: true, force: true }) };
}

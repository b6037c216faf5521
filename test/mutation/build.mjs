// Compiles the instrumented copy in which Stryker plays, each file beside its source, where its imports look for it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from '@swc/core';

const jsc = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
  target: 'es2023',
};

for (const folder of ['src', 'test/domain', 'test/support', 'test/mutation'])
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
    const file = join(folder, name);
    const { code } = transformSync(readFileSync(file, 'utf8'), { filename: file, jsc, module: { type: 'es6' }, swcrc: false });
    const registrar = `${'../'.repeat(name.split(/[\\/]/).length)}mutation/registrar.js`;
    const played = code
      .replace(/from ['"]@jest\/globals['"]/, `from '${registrar}'`)
      // What a module remembers between calls would carry the answers of one mutant to the next: the runner makes it forget.
      .replace(/^((?:const|let) \w+ = )new ((?:Weak)?Map)\(\)/gm, '$1globalThis.forgetful(() => new $2())');
    writeFileSync(file.replace(/\.ts$/, '.js'), played);
  }

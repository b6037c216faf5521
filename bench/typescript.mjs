// Lets Node run the TypeScript of this folder as it stands, decorators included, and the service as it ships: what a file here imports from
// `../src/` comes from the compiled `dist/`. Import this first; it needs no build of its own.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const bench = new URL('./', import.meta.url).href;
const source = new URL('../src/', import.meta.url).href;
const compiled = new URL('../dist/', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL?.startsWith(bench)) {
      const { href } = new URL(specifier, context.parentURL);
      if (href.startsWith(source)) return { url: compiled + href.slice(source.length), format: 'module', shortCircuit: true };
      if (href.startsWith(bench) && href.endsWith('.js'))
        return { url: href.replace(/\.js$/, '.ts'), format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(bench) || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, sourceMaps: 'inline', module: { type: 'es6' } });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

// node bench/what-if.mjs [--decisions 1000000] [--program NAME] [--recorded EDITION] [--other FILE] [--json]: a made-up history in a database of
// its own, and `rems what-if` over it on one thread and on all, with its memory over time. `--database URL --owner URL` takes a server of yours.
import './typescript.mjs';

await import('./what-if/main.ts');

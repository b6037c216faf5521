// node bench/what-if.mjs [--decisions 1000000] [--copies 1] [--program NAME] [--recorded EDITION] [--other FILE] [--json --report]: a made-up history
// in a database of its own, and `rems what-if` over it on one thread and on all, with its memory over time.
import './typescript.mjs';

await import('./what-if/main.ts');

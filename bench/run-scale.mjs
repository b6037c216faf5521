// npm run bench:scale: whether a full house is as fast as a small one.
import './typescript.mjs';

await import('./scale.ts');

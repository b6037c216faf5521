// One thread that makes lives and writes them; the TypeScript beside it needs the hooks of its own thread.
import '../typescript.mjs';

await import('./thread.ts');

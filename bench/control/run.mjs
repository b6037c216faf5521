// Starts the control as a process of its own.
import '../typescript.mjs';

await import('./main.ts');

// npm run bench: what the service costs beside what it stands on, as ratios measured side by side in one run.
import './typescript.mjs';

await import('./main.ts');

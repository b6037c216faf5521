// npm run test:nightly: the random lives and the journeys (races, crashes, storms) at their full size, which takes longer than npm test may.
// Same files, more rounds.
import { runTiers } from './tiers.mjs';

console.log('The same tests at full size. About twenty minutes on two cores; each file says so when it is done.');
await runTiers([
  {
    tier: 'domain',
    name: 'domain, 3,000 random lives a property, two facts more on every road',
    env: { PROPERTY_RUNS: '3000', EXPLORE_FACTS: '2' },
    args: ['--testPathPatterns=properties|product.graph'],
  },
  {
    tier: 'domain',
    name: 'domain, the edition with one thing otherwise, and what no case notices',
    env: { EDITION_MUTANTS: 'all' },
    args: ['--testPathPatterns=edition-mutants'],
  },
  { tier: 'oracle', name: 'oracle, 100,000 random timelines an edition', env: { ORACLE_TIMELINES: '100000' } },
  // One file after the other: each of them fills the machine by itself.
  { tier: 'journeys', name: 'journeys, full size', args: ['--runInBand', '--globals', JSON.stringify({ full: true })] },
]);

// npm test: every tier, the domain's three times over, because a decision may not depend on the zone of the machine it is taken on.
import { runTiers } from './tiers.mjs';

// Pure tiers may fill two processors; what has a database and clocks to keep runs one file after the other.
const TWO = ['--maxWorkers=2'];
await runTiers([
  { tier: 'domain', name: 'domain', args: TWO },
  { tier: 'domain', name: 'domain, with TZ=America/Los_Angeles', env: { TZ: 'America/Los_Angeles' }, args: TWO },
  { tier: 'domain', name: 'domain, with TZ=Asia/Kolkata', env: { TZ: 'Asia/Kolkata' }, args: TWO },
  { tier: 'oracle', name: 'oracle, 5,000 random timelines an edition', args: TWO },
  { tier: 'database', name: 'database' },
  { tier: 'http', name: 'http' },
  { tier: 'journeys', name: 'journeys' },
]);

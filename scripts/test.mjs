// npm test: every tier, the domain's three times over, because a decision may not depend on the zone of the machine it is taken on.
import { runTiers } from './tiers.mjs';

await runTiers([
  { tier: 'domain', name: 'domain' },
  { tier: 'domain', name: 'domain, with TZ=America/Los_Angeles', env: { TZ: 'America/Los_Angeles' } },
  { tier: 'domain', name: 'domain, with TZ=Asia/Kolkata', env: { TZ: 'Asia/Kolkata' } },
  { tier: 'oracle', name: 'oracle, 5,000 random timelines an edition' },
  { tier: 'database', name: 'database' },
  { tier: 'http', name: 'http' },
  { tier: 'journeys', name: 'journeys' },
]);

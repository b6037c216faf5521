// One project per tier, by cost: domain (milliseconds) → oracle (seconds) → database → http → journeys. Nothing of ours is mocked in any of them.
const tier = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  ...extra,
});
const needsDatabase = {
  globalSetup: '<rootDir>/test/support/database.setup.ts',
  globalTeardown: '<rootDir>/test/support/database.teardown.ts',
};
const needsCompiledService = { ...needsDatabase, globalSetup: '<rootDir>/test/support/journeys.setup.ts' };

export default {
  projects: [
    tier('domain'),
    tier('oracle'),
    tier('database', needsDatabase),
    tier('http', needsDatabase),
    tier('journeys', needsCompiledService),
  ],
  testTimeout: 30_000,
};

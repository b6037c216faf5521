// The house's walls (the folders and what may depend on what). No exceptions are made here: when a rule is in the way, the code is in the wrong place.
const NOUNS = '(?:dispensing|medication|patient|participant|steward)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'src/domain depends on nothing but itself, xstate, node:crypto (hashing) and the calendar’s polyfill; not even on types of the outside.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^(node:)?crypto$', '(^|/)node_modules/(xstate|temporal-polyfill)/'] },
    },
    {
      name: 'one-calendar',
      comment: 'Only calendar.ts knows a calendar: a second one would have its own idea of a day.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/domain/calendar\\.ts$' },
      to: { path: '(^|/)node_modules/temporal-polyfill/' },
    },
    {
      name: 'machine-is-the-domains',
      comment: 'The machine is asked through decide, never beside it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/domain/' },
      to: { path: '(^|/)node_modules/xstate/' },
    },
    {
      name: 'controllers-know-no-store',
      comment: 'A controller shapes requests and answers; a service does the work in its order.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.(store|entity)\\.ts$' },
    },
    {
      name: 'a-store-is-its-nouns-own',
      comment: 'SQL has one address per noun. case.store.ts reads the whole case across nouns and does the guarded write: that is its job.',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/authorization/case\\.store\\.ts$' },
      to: { path: '^src/[^/]+/.*\\.store\\.ts$', pathNot: ['^src/$1/', '^src/authorization/case\\.store\\.ts$'] },
    },
    {
      name: 'nouns-depend-on-authorization-never-the-reverse',
      severity: 'error',
      from: { path: '^src/authorization/' },
      to: { path: `^src/${NOUNS}/` },
    },
    {
      name: 'program-depends-on-no-noun',
      comment: 'Editions are below everything that decides by them.',
      severity: 'error',
      from: { path: '^src/program/' },
      to: { path: `^src/(authorization|${NOUNS}|reporting|jobs|notification|protocol|demo)/` },
    },
    {
      name: 'typeorm-stays-where-rows-are',
      severity: 'error',
      from: { path: '^src/', pathNot: ['\\.(store|entity|module)\\.ts$', '^src/(database|reporting|compliance-log)/'] },
      to: { path: '(^|/)node_modules/(typeorm|@nestjs/typeorm)/' },
    },
    {
      name: 'nobody-imports-protocol-or-demo',
      comment: 'Translators and the demo hang on the outside: app.module.ts mounts them, and cli.ts offers the demo’s commands (seed, token).',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/app\\.module\\.ts$', '^src/cli\\.ts$', '^src/(protocol|demo)/'] },
      to: { path: '^src/(protocol|demo)/' },
    },
    {
      name: 'protocols-and-demo-do-not-meet',
      severity: 'error',
      from: { path: '^src/(protocol/[^/]+|demo)/' },
      to: { path: '^src/(protocol|demo)/', pathNot: '^src/$1/' },
    },
    {
      name: 'verifier-shares-nothing-with-the-service',
      comment: 'It must find our mistakes, so it may not share them; and it runs unbuilt, with what Node itself brings.',
      severity: 'error',
      from: { path: '^verifier/' },
      to: { pathNot: '^verifier/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'service-shares-nothing-with-the-verifier',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^verifier/' },
    },
    {
      name: 'web-knows-only-the-api',
      comment: 'The portal knows the generated API types and the verifier.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/' },
    },
    {
      name: 'service-imports-no-test-and-no-tool',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|web|dist)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Not even of types: what needs each other belongs together, or one of them knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'only-listed-packages',
      comment: 'What the service runs on is in dependencies; what only tests need never reaches it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

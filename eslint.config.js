// What only the types can tell: promises nobody waits for, `any` that spreads, and what makes a decision depend on anything but its inputs.
// Style and formatting are biome's.
import tseslint from 'typescript-eslint';

const PURE = 'src/domain is pure: the instant is in the command, and the same inputs must give the same answer for ever (I18, I21).';

const noProcessEnv = [
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Only src/config.ts reads process.env.' },
  { selector: "MemberExpression[object.name='process'][property.value='env']", message: 'Only src/config.ts reads process.env.' },
  { selector: "VariableDeclarator[init.name='process'] > ObjectPattern", message: 'Only src/config.ts reads process.env.' },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/]',
    message: 'process is a global; its environment is read by src/config.ts alone.',
  },
];

const noClockNoDice = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `new Date() reads the clock. ${PURE}` },
  { selector: "CallExpression[callee.name='Date']", message: `Date() reads the clock. ${PURE}` },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: `Date.now reads the clock. ${PURE}` },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: `Math.random is random. ${PURE}` },
  { selector: "MemberExpression[object.name='Temporal'][property.name='Now']", message: `Temporal.Now reads the clock. ${PURE}` },
  {
    selector: "ImportDeclaration[source.value='node:crypto'] > :matches(ImportNamespaceSpecifier, ImportDefaultSpecifier)",
    message: `Import createHash by name. ${PURE}`,
  },
  {
    selector: "ImportDeclaration[source.value='node:crypto'] > ImportSpecifier:not([imported.name=/^(createHash|hash)$/])",
    message: `node:crypto is for hashing only. ${PURE}`,
  },
  { selector: 'AwaitExpression, :function[async=true]', message: `Nothing here waits. ${PURE}` },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'web/', 'verifier/', '**/*.d.ts'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // Nest's own adapter declares hooks as void and awaits them.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Libraries hand out `any`; it may pass through a callback untouched (so no no-unsafe-return), but nothing of ours may lean on it.
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
    },
  },
  {
    // Answers of a server under test are JSON of any shape, and a test may throw what no service would.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  { files: ['src/**/*.ts'], ignores: ['src/config.ts', 'src/domain/**'], rules: { 'no-restricted-syntax': ['error', ...noProcessEnv] } },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...noProcessEnv, ...noClockNoDice],
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'performance',
          'crypto',
          'fetch',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'queueMicrotask',
          'console',
          'Intl',
        ].map((name) => ({ name, message: PURE })),
      ],
    },
  },
);

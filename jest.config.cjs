/** Three suites in one run: pure specs need nothing, integration and end-to-end specs share one PostgreSQL and one Kafka. */
const common = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/setup/plain-globals-environment.cjs',
  moduleNameMapper: {
    '^@dialtone/([a-z-]+)$': '<rootDir>/libs/$1/src',
    '^@dialtone/([a-z-]+)/testing$': '<rootDir>/libs/$1/testing',
  },
  transform: {
    '^.+[.]ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  setupFilesAfterEnv: ['<rootDir>/test/setup/documented-answers.cjs'],
};
const suite = (displayName, testMatch, extra = {}) => ({ ...common, displayName, testMatch, ...extra });
/** Jest runs these once, and only when a test of such a suite is selected. */
const services = {
  globalSetup: '<rootDir>/test/setup/global-setup.mjs',
  globalTeardown: '<rootDir>/test/setup/global-teardown.mjs',
};
module.exports = {
  // Many files wait for a broker, a database or a time-out: a third worker computes meanwhile on two processors.
  maxWorkers: 3,
  // Far more than any test takes: the machine may be busy.
  testTimeout: 300_000,
  testSequencer: '<rootDir>/test/setup/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/setup/summary-reporter.cjs'],
  projects: [
    suite('unit', ['<rootDir>/{apps,libs,test,docs}/**/*.spec.ts']),
    suite('integration', ['<rootDir>/{apps,libs,test}/**/*.int-spec.ts'], services),
    suite('e2e', ['<rootDir>/test/**/*.e2e-spec.ts'], services),
  ],
};

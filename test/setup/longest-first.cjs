const { createRequire } = require('node:module');
const { relative } = require('node:path');

/** Jest's own sequencer, which is a dependency of its core. */
const core = createRequire(createRequire(require.resolve('jest')).resolve('@jest/core'));
const { default: Sequencer } = core('@jest/test-sequencer');

/**
 * Files that take twenty seconds and more, the longest first, those that wait between those that compute. Without a record of
 * earlier runs Jest orders files by size, and a long one that is begun last leaves the other workers idle.
 */
const LONGEST = [
  'test/simulation/engine.spec.ts',
  'test/e2e/two-reconcilers.e2e-spec.ts',
  'test/api-fuzz/api-fuzz.int-spec.ts',
  'test/simulation/guards.spec.ts',
  'test/e2e/crash.e2e-spec.ts',
  'test/e2e/kafka.e2e-spec.ts',
  'test/e2e/database-away.e2e-spec.ts',
  'test/bench/bench.e2e-spec.ts',
  'test/e2e/short-lists.e2e-spec.ts',
  'test/generated-client/generated-client.int-spec.ts',
  'test/cli/many-numbers.e2e-spec.ts',
  'libs/messaging/src/reconcile-requests/reconcile-requests.int-spec.ts',
  'test/canary/canary.int-spec.ts',
  'test/e2e/contested.e2e-spec.ts',
  'apps/api-gateway/test/shares.int-spec.ts',
  'test/e2e/lost-list.e2e-spec.ts',
  'test/api-fuzz/neighbours/neighbours.int-spec.ts',
  'test/e2e/steering.e2e-spec.ts',
  'libs/messaging/src/event-delivery.int-spec.ts',
  'test/cli/commands.e2e-spec.ts',
  'test/e2e/configuration.e2e-spec.ts',
  'test/e2e/stops.e2e-spec.ts',
  'test/e2e/odd-rows.e2e-spec.ts',
  'test/e2e/lagging-lists.e2e-spec.ts',
  'test/e2e/unreliable-lists.e2e-spec.ts',
  'test/e2e/secured.e2e-spec.ts',
  'test/e2e/dead-watcher.e2e-spec.ts',
  'libs/persistence/src/engine-stores.int-spec.ts',
  'test/e2e/drift-repair.e2e-spec.ts',
  'test/api-gateway/tenants/tenants.int-spec.ts',
  'test/cli/readme.e2e-spec.ts',
  'test/api-gateway/management.int-spec.ts',
  'apps/api-gateway/test/strangers.spec.ts',
  'test/e2e/strangers.e2e-spec.ts',
  'libs/messaging/src/topic-relays.int-spec.ts',
  'test/simulation/contests.spec.ts',
  'libs/messaging/src/reconcile-requests/guest-records.int-spec.ts',
  'test/e2e/secrets.e2e-spec.ts',
  'test/e2e/neighbour.e2e-spec.ts',
  'test/e2e/guard.e2e-spec.ts',
  'libs/persistence/src/database-away.int-spec.ts',
  'apps/api-gateway/test/worst-bodies.spec.ts',
  'test/simulation/steering.spec.ts',
];

const rankOf = ({ path, context }) => {
  const index = LONGEST.indexOf(relative(context.config.rootDir, path));
  return index < 0 ? LONGEST.length : index;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
};

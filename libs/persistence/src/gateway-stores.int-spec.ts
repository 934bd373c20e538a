import { randomUUID } from 'node:crypto';
import {
  describeBindingStore,
  describeReadinessStore,
  type GatewayHarness,
  usePostgres,
} from '@dialtone/persistence/testing';
import { expectSoundEvents } from '@dialtone/testing';

const postgres = usePostgres();
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

const harness = (): Promise<GatewayHarness> => {
  const { stores, query } = postgres;
  return Promise.resolve({
    stores,
    given: {
      partner: async () => (await stores.partners.create(`Partner ${randomUUID()}`)).id,
      saw: async (connectionId, update) => {
        await stores.keyStates.apply(connectionId, [update], { makeDue: false });
      },
      reconciled: async ({ key }, outcome, dueInMs) => {
        const [claimed] = await stores.bindingQueue.claim('worker', 1, 60_000);
        if (claimed?.binding.key !== key) throw new Error(`${key} is not what is due.`);
        await stores.bindingQueue.complete(claimed, outcome, dueInMs);
      },
    },
    now: () => stores.clock.time(),
    traces: () =>
      query(`select (select count(*) from bindings) as bindings, (select count(*) from dids) as dids,
                    (select count(*) from event_log) as events`),
  });
};

describeBindingStore('PostgreSQL', harness);
describeReadinessStore('PostgreSQL', harness);

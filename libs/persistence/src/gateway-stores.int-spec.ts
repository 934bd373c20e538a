import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeAgentStore,
  describeBindingStore,
  describeCallStore,
  describeConditions,
  describeConnectionStore,
  describeDeclarationBatches,
  describeDeclarationMarks,
  describeInventory,
  describeNumberLists,
  describeNumberPointings,
  describeNumberSummary,
  describeReadinessStore,
  describeRequestWindows,
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
      number: async ({ partnerId, connectionId, key, phoneNumber, ...row }) => {
        const { agentId = null, isDefault = false, status = 'ACTIVE', ageSeconds = 0 } = row;
        await query(
          `insert into phone_numbers (partner_id, connection_id, key, phone_number, agent_id, is_default, status, created_at)
           values ($1, $2, $3::text, nullif($4::text, '+' || $3::text), $5, $6, $7, now() - $8 * interval '1 second')`,
          [partnerId, connectionId, key, phoneNumber, agentId, isDefault, status, ageSeconds],
        );
      },
      holdWrites: async (connectionId, reason) => {
        await stores.voiceLinkConnections.holdWrites(connectionId, reason);
      },
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
    pass: (ms) => sleep(ms),
    traces: () =>
      query(`select (select count(*) from bindings) as bindings, (select count(*) from dids) as dids,
                    (select count(*) from event_log) as events, (select count(*) from calls) as calls`),
  });
};

describeBindingStore('PostgreSQL', harness);
describeDeclarationBatches('PostgreSQL', harness);
describeDeclarationMarks('PostgreSQL', harness);
describeReadinessStore('PostgreSQL', harness);
describeNumberLists('PostgreSQL', harness);
describeNumberPointings('PostgreSQL', harness);
describeNumberSummary('PostgreSQL', harness);
describeConnectionStore('PostgreSQL', harness);
describeInventory('PostgreSQL', harness);
describeAgentStore('PostgreSQL', harness);
describeCallStore('PostgreSQL', harness);
describeConditions('PostgreSQL', harness);
describeRequestWindows('PostgreSQL', () =>
  Promise.resolve({
    windows: postgres.stores.requestWindows,
    pass: async (ms) => {
      await postgres.query(`update request_windows set started_at = started_at - $1 * interval '1 millisecond'`, [ms]);
    },
  }),
);

import { randomUUID } from 'node:crypto';
import type { ConnectionId, DriftId, PartnerId } from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import type { StoredReadiness } from '@dialtone/persistence';
import { describeBindingStore, describeReadinessStore, type GatewayHarness } from '@dialtone/persistence/testing';
import { MemoryWorld } from './memory-world';
import { NOW } from './observations';

/** As the stores on PostgreSQL tell it. */
const storedOf = (connectionId: ConnectionId, { observation, readiness }: KeyUpdate): StoredReadiness => {
  const { key, state, issues, actionItems, complete } = readiness;
  const observedAt = new Date(observation.observedAt);
  const ageSeconds = (NOW.getTime() - observation.observedAt) / 1000;
  const drift = issues.length === 0 ? null : { id: randomUUID() as unknown as DriftId, openedAt: NOW };
  const seen = { observedAt, ageSeconds, observation, drift };
  return { connectionId, key, state, issues, actionItems, stale: !complete, ...seen, declared: false };
};

const harness = (): Promise<GatewayHarness> => {
  const world = new MemoryWorld();
  const { bindings, readiness, telephony, views } = world;
  const ownerOf = (id: ConnectionId): PartnerId => {
    const row = telephony.rows.find((one) => one.id === id);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    return row.partnerId;
  };
  return Promise.resolve({
    stores: { bindings, readiness, agents: telephony.agents, connections: telephony.connections },
    given: {
      partner: () => Promise.resolve(randomUUID() as unknown as PartnerId),
      saw: (connectionId, update) => {
        world.store(ownerOf(connectionId), storedOf(connectionId, update));
        return Promise.resolve();
      },
      reconciled: ({ partnerId, key }, outcome, dueInMs) => {
        const view = views.get(`${partnerId}/${key}`);
        if (view === undefined) throw new Error(`${key} is not declared.`);
        const status = {
          outcome: outcome.kind,
          message: 'message' in outcome ? outcome.message : null,
          observedGeneration: view.binding.generation,
          attempts: outcome.kind === 'settled' ? 0 : view.status.attempts + 1,
          lastReconciledAt: NOW,
          nextReconcileAt: new Date(NOW.getTime() + dueInMs),
        };
        views.set(`${partnerId}/${key}`, { ...view, status });
        return Promise.resolve();
      },
    },
    now: () => Promise.resolve(NOW.getTime()),
    traces: () => Promise.resolve([[...views], [...world.verdicts]]),
  });
};

describeBindingStore('MemoryBindings', harness);
describeReadinessStore('MemoryBindings', harness);

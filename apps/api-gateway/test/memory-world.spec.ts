import { randomUUID } from 'node:crypto';
import type { ConnectionId, DriftId, PartnerId } from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import type { StoredReadiness } from '@dialtone/persistence';
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
} from '@dialtone/persistence/testing';
import { MemoryRequestWindows } from './memory-request-windows';
import { MemoryWorld } from './memory-world';
import { NOW } from './observations';

/** As the stores on PostgreSQL tell it. */
const storedOf = (connectionId: ConnectionId, { observation, readiness }: KeyUpdate): StoredReadiness => {
  const { key, state, issues, actionItems, complete } = readiness;
  const observedAt = new Date(observation.observedAt);
  const ageSeconds = (NOW.getTime() - observation.observedAt) / 1000;
  const drift = issues.length === 0 ? null : { id: randomUUID() as unknown as DriftId, openedAt: NOW };
  const seen = { observedAt, ageSeconds, observation, drift };
  return { connectionId, key, state, issues, actionItems, stale: !complete, ...seen, declared: false, advisories: [] };
};

const harness = (): Promise<GatewayHarness> => {
  const world = new MemoryWorld();
  const { bindings, calls, numbers, readiness, telephony, views } = world;
  const connectionOf = (id: ConnectionId) => {
    const row = telephony.rows.find((one) => one.id === id);
    if (row === undefined) throw new Error(`There is no connection ${id}.`);
    return row;
  };
  const { connections, inventory, pointings } = telephony;
  return Promise.resolve({
    stores: { bindings, calls, numbers, readiness, agents: telephony.agents.store, connections, inventory, pointings },
    given: {
      partner: () => Promise.resolve(randomUUID() as unknown as PartnerId),
      number: ({ partnerId, connectionId, agentId, ageSeconds = 0, ...row }) => {
        const number = telephony.addNumber(partnerId, connectionId, row);
        const agent = agentId === undefined ? undefined : telephony.agents.find(partnerId, agentId);
        const createdAt = new Date(NOW.getTime() - ageSeconds * 1000);
        Object.assign(number, {
          ...row,
          createdAt,
          agent: agent === undefined ? null : { id: agent.id, name: agent.name },
        });
        return Promise.resolve();
      },
      holdWrites: (connectionId, reason) => {
        world.declared.turnWrites(connectionId);
        connectionOf(connectionId).writesHeld = reason;
        return Promise.resolve();
      },
      saw: (connectionId, update) => {
        world.store(connectionOf(connectionId).partnerId, storedOf(connectionId, update));
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
          lastReconciledAt: world.declared.now,
          nextReconcileAt: new Date(world.declared.now.getTime() + dueInMs),
          contest: null,
          handledToken: null,
        };
        const stallReason = outcome.kind === 'stalled' ? (outcome.reason ?? null) : null;
        world.declared.complete(partnerId, key, status, stallReason);
        return Promise.resolve();
      },
    },
    now: () => Promise.resolve(world.declared.now.getTime()),
    pass: (ms) => {
      world.pass(ms);
      return Promise.resolve();
    },
    traces: () => Promise.resolve([[...views], [...world.verdicts], [...calls.rows]]),
  });
};

describeBindingStore('MemoryBindings', harness);
describeDeclarationBatches('MemoryBindings', harness);
describeDeclarationMarks('MemoryBindings', harness);
describeReadinessStore('MemoryBindings', harness);
describeNumberLists('MemoryNumbers', harness);
describeNumberPointings('MemoryPointings', harness);
describeNumberSummary('MemoryNumbers', harness);
describeConnectionStore('MemoryTelephony', harness);
describeInventory('MemoryTelephony', harness);
describeAgentStore('MemoryAgents', harness);
describeCallStore('MemoryCalls', harness);
describeConditions('MemoryBindings', harness);
describeRequestWindows('MemoryRequestWindows', () => {
  const windows = new MemoryRequestWindows();
  const pass = (ms: number): Promise<void> => {
    windows.now += ms;
    return Promise.resolve();
  };
  return Promise.resolve({ windows, pass });
});

import { eventually, explained, startSystem, throughout, type System } from './harness';

const INTERVAL_MS = 3_000;
/** The gateway asks the database for its gauges at most this often. */
const GAUGES_MS = 5_000;

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { SWEEP_INTERVAL_MS: String(INTERVAL_MS) } });
});
afterAll(() => system.stop());

/** Waits until `probe` holds. What it asked after `dueAt` must have been answered so, however long a busy machine took. */
const holdsFrom = async (dueAt: number, probe: () => Promise<void>): Promise<void> => {
  let otherwiseAt = 0;
  await eventually(async () => {
    const askedAt = Date.now();
    await probe().catch((error: unknown) => {
      otherwiseAt = askedAt;
      throw error;
    });
  });
  expect(otherwiseAt).toBeLessThan(dueAt);
};

const staleIn = async (): Promise<number> => {
  const text = await system.metrics(system.gatewayChild);
  const line = new RegExp(
    `^dialtone_dids_stale\\{connection_id="${system.connectionId}",declared="true"\\} (\\d+)$`,
    'm',
  );
  return Number(line.exec(text)?.[1]);
};

describe('with no reconciler left', () => {
  it(
    'a number that breaks reads as stale within two intervals, in every list and in the metrics, until one looks again',
    explained(async () => {
      const { gateway, simulator } = system;
      // A routing list that lacks its only row is suspect as a whole.
      await system.readyDid();
      const { key } = await system.readyDid();
      await eventually(async () => {
        expect(await staleIn()).toBe(0);
      });
      await system.killReconcilers();
      const stoppedAt = Date.now();
      await simulator.meddle(key, 'delete-routing');
      const said = async () => [
        (await gateway.binding(key)).readiness,
        ...(await gateway.bindings()).map(({ readiness }) => readiness),
        ...(await gateway.readiness()),
      ];
      await holdsFrom(stoppedAt + 2 * INTERVAL_MS, async () => {
        for (const verdict of await said()) expect(verdict).toMatchObject({ state: 'READY', stale: true });
      });
      await holdsFrom(stoppedAt + 2 * INTERVAL_MS + GAUGES_MS, async () => {
        expect(await staleIn()).toBe(2);
      });
      await throughout(INTERVAL_MS, async () => {
        for (const verdict of await said()) expect(verdict).toMatchObject({ stale: true });
      });

      await system.startReconciler();
      await system.allReady([key]);
      expect((await simulator.did(key)).routing).toMatchObject({ forOutboundCall: 3 });
      await eventually(async () => {
        expect(await staleIn()).toBe(0);
      });
    }),
  );
});

describe('when the connection is disconnected', () => {
  it(
    'no number of it is READY or drifting any more, and the events say why',
    explained(async () => {
      const { gateway } = system;
      const { key } = await system.readyDid();
      const bare = await system.simulator.addDid();
      await eventually(async () => {
        expect((await gateway.drift()).map((row) => row.key)).toContain(bare);
      });
      const path = `/api/v2/telephony/connections/${system.connectionId}`;
      expect((await gateway.send(path, { method: 'DELETE' })).status).toBe(200);
      expect(await gateway.drift()).toEqual([]);
      expect((await gateway.binding(key)).readiness).toMatchObject({ state: 'UNKNOWN', stale: true, drift_id: null });
      await throughout(INTERVAL_MS, async () => {
        const rows = await gateway.readiness();
        expect(rows.filter(({ state, stale }) => state !== 'UNKNOWN' || !stale)).toEqual([]);
      });
      await system.delivered();
      expect(system.events?.drift(bare).at(-1)).toMatchObject({
        type: 'dialtone.drift.resolved.v1',
        data: { state: 'UNKNOWN', reason: 'disconnected' },
      });
    }),
  );
});

import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, explained, startSystem, type JournalEntry, type System } from './harness';

const DIDS = 1000;
const CLIENTS = 40;

const TIMES = { SWEEP_INTERVAL_MS: '5000', VOICELINK_TIMEOUT_MS: '20000', LEASE_TTL_MS: '20000' };

let system: System;
beforeAll(async () => {
  // As many concurrent requests as for a busy account; time-outs for a busy machine.
  system = await startSystem({
    reconcilers: 2,
    env: { ...TIMES, RECONCILE_CONCURRENCY: '32', DATABASE_POOL_SIZE: '20', LOG_LEVEL: 'info' },
  });
});
afterAll(() => system.stop());

/** Runs `work` on all items, at most `width` at a time. */
const inParallel = async <T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> => {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
};

const countBy = (entries: readonly JournalEntry[], endpoint: string, field: string): Map<unknown, number> => {
  const counts = new Map<unknown, number>();
  for (const { endpoint: called, body, effect } of entries) {
    if (called === endpoint && effect) counts.set(body[field], (counts.get(body[field]) ?? 0) + 1);
  }
  return counts;
};

describe('two reconcilers at once', () => {
  it(
    `bring ${String(DIDS)} declared DIDs of ${String(CLIENTS)} clients without bots to READY, and make nothing twice`,
    explained(async () => {
      const { simulator, gateway } = system;
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => simulator.addClient()));
      const dids: { key: string; clientId: number }[] = [];
      // Neighbours share a client, so that many want its bot at once. Every second DID is mapped already.
      await inParallel([...Array(DIDS).keys()], 8, async (index) => {
        const clientId = clients[Math.floor(index / (DIDS / CLIENTS))] ?? 0;
        dids.push({ key: await simulator.addDid(index % 2 === 0 ? {} : { client_id: clientId }), clientId });
      });
      const started = Date.now();
      await inParallel(dids, 8, ({ key, clientId }) => system.declare(key, clientId));
      const declared = Date.now();
      await eventually(async () => {
        const sql = `select count(*)::int as n from bindings b join dids d using (connection_id, key)
          where d.state = 'READY' and not d.stale and b.outcome = 'settled'`;
        await sleep(450); // Asking costs the database something.
        expect(await system.query(sql)).toEqual([{ n: DIDS }]);
      }, 400_000);
      const seconds = (ms: number): string => (ms / 1000).toFixed(1);
      process.stdout.write(
        `${String(DIDS)} DIDs: declared in ${seconds(declared - started)} s, all READY ${seconds(Date.now() - declared)} s later\n`,
      );

      const bindings = await gateway.bindings();
      expect(bindings.filter(({ readiness }) => readiness.state === 'READY' && !readiness.stale)).toHaveLength(DIDS);
      const journal = await simulator.journal();
      expect(countBy(journal, 'bots.create', 'client_id')).toEqual(new Map(clients.map((id) => [id, 1])));
      const routed = countBy(journal, 'routing.create', 'did_id');
      expect([routed.size, new Set(routed.values())]).toEqual([DIDS, new Set([1])]);
      const mapped = countBy(journal, 'dids.map', 'did_id');
      expect([mapped.size, new Set(mapped.values())]).toEqual([DIDS / 2, new Set([1])]);
      expect(journal.filter(({ effect, http_status }) => !effect || http_status === null)).toEqual([]);
      expect(journal).toHaveLength(CLIENTS + DIDS + DIDS / 2);
      const both = await system.query<{ n: number }>(
        "select count(distinct owner)::int as n from leases where resource like 'did:%'",
      );
      expect(both).toEqual([{ n: 2 }]);
    }),
    600_000,
  );
});

import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  explained,
  startSystem,
  type DeclaredDid,
  type Fault,
  type JournalEntry,
  type System,
} from './harness';

// Killed means SIGKILL. The leases of the dead run out after 2 s, and an unanswered write is in doubt for 4 x 1.2 + 0.5 s.
const TIMES = { VOICELINK_TIMEOUT_MS: '1200', VOICELINK_LATE_EFFECT_MS: '500', LEASE_TTL_MS: '2000' };
let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { ...TIMES, SWEEP_INTERVAL_MS: '2000' } });
});
afterAll(() => system.stop());

const targetOf = ({ body }: JournalEntry): number => Number(body['client_id'] ?? body['did_id']);
const count = (entries: readonly JournalEntry[], endpoint: string, target: number): number =>
  entries.filter((entry) => entry.endpoint === endpoint && entry.effect && targetOf(entry) === target).length;

/** The intended state of VoiceLink, and no duplicate. */
const assertMadeOnce = async (dids: readonly DeclaredDid[]): Promise<void> => {
  const journal = await system.simulator.journal();
  for (const { key, clientId } of dids) {
    const { did, bots, routing } = await system.simulator.did(key);
    expect({ key, clientId: did.clientId, bots: bots.length, outboundBotId: routing?.outboundBotId }).toEqual({
      ...{ key, clientId, bots: 1, outboundBotId: bots[0]?.id },
    });
    expect([count(journal, 'bots.create', clientId), count(journal, 'routing.create', did.id)]).toEqual([1, 1]);
  }
  const refused = journal.filter(({ http_status }) => http_status !== null && http_status >= 400);
  expect(refused).toEqual([]);
};

/** Keys with a write in doubt: journalled, outcome unknown. */
const openWrites = async (step: string): Promise<readonly string[]> => {
  const sql = "select key from upstream_writes where step = $1 and state in ('pending', 'unknown') order by key";
  return (await system.query<{ key: string }>(sql, [step])).map(({ key }) => key);
};

/** One fault for each of four DIDs: before the effect, in the middle of it, after it, and long after the time-out. */
const faultsOn = (endpoint: string): Fault[] => [
  { endpoint, kind: 'timeout_before', times: 1 },
  { endpoint, kind: 'timeout_after', times: 1 },
  { endpoint, kind: 'late_effect', ms: 5000, times: 1 },
  { endpoint, kind: 'late_effect', ms: 700, times: 1 },
];

describe('a reconciler that is killed', () => {
  it.each([
    { step: 'client_mapping', endpoint: 'dids.map' },
    { step: 'ensure_bot', endpoint: 'bots.create' },
    { step: 'ensure_routing', endpoint: 'routing.create' },
  ])(
    'while four $endpoint calls have no answer, which do or do not take effect, leaves nothing that is made twice',
    ({ step, endpoint }) =>
      explained(async () => {
        const since = await system.simulator.now();
        await system.simulator.inject(...faultsOn(endpoint));
        const dids = await Promise.all(Array.from({ length: 4 }, () => system.declaredDid()));
        await eventually(async () => {
          const sent = (await system.simulator.journal(since)).filter((entry) => entry.endpoint === endpoint);
          expect(sent).toHaveLength(4);
        });
        await system.killReconcilers();
        expect(await openWrites(step)).toEqual(dids.map(({ key }) => key).sort());
        await system.startReconciler();
        await system.allReady(dids.map(({ key }) => key));
        // Only the write without an effect was sent again.
        const sent = (await system.simulator.journal(since)).filter((entry) => entry.endpoint === endpoint);
        expect(sent.filter(({ fault }) => fault === null)).toHaveLength(1);
        await eventually(async () => {
          await Promise.all(dids.map(({ key }) => system.gateway.reconcile(key)));
          expect(await openWrites(step)).toEqual([]);
        });
        await assertMadeOnce(dids);
      })(),
  );

  it(
    'between the answer and its journal entry, and between two steps, goes on from what VoiceLink lists',
    explained(async () => {
      // The process is killed during the slow listing that would show the effect.
      await system.simulator.inject({ endpoint: 'bots.list', kind: 'latency', ms: 600 });
      const did = await system.declaredDid();
      for (const endpoint of ['bots.create', 'routing.create']) {
        await eventually(async () => {
          const journal = await system.simulator.journal();
          const { did: record } = await system.simulator.did(did.key);
          expect(count(journal, endpoint, endpoint === 'bots.create' ? did.clientId : record.id)).toBe(1);
        });
        await system.killReconcilers();
        await system.startReconciler();
      }
      await system.simulator.clearFaults();
      await system.allReady([did.key]);
      await assertMadeOnce([did]);
    }),
  );

  it(
    'again and again while it works on twenty DIDs of ten clients has them all READY in the end',
    explained(async () => {
      await system.simulator.inject({ endpoint: 'bots.create', kind: 'latency', ms: 60 });
      await system.simulator.inject({ endpoint: 'routing.create', kind: 'latency', ms: 40 });
      const clients = await Promise.all(Array.from({ length: 10 }, () => system.simulator.addClient()));
      const dids = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const clientId = clients[index % 10] ?? 0;
          const key = await system.simulator.addDid();
          await system.declare(key, clientId);
          return { key, clientId };
        }),
      );
      for (const aliveMs of [40, 120, 250]) {
        await sleep(aliveMs);
        await system.killReconcilers();
        await system.startReconciler();
      }
      await system.allReady(dids.map(({ key }) => key));
      await system.simulator.clearFaults();
      await assertMadeOnce(dids);
    }),
  );
});

describe('a gateway that is killed', () => {
  it(
    'while it makes a bot for a caller leaves its intent: what comes late is adopted, and nobody makes a second one',
    explained(async () => {
      const [clientId, key] = [await system.simulator.addClient(), await system.simulator.addDid()];
      await system.simulator.inject({ endpoint: 'bots.create', kind: 'late_effect', ms: 2000, times: 1 });
      const body = { bot_name: 'Theirs', client_id: clientId };
      const since = await system.simulator.now();
      const lost = system.gateway.send('/api/v2/voicelink/bots', { method: 'POST', body }).catch(() => null);
      await eventually(async () => {
        expect(
          await system.query(`select state from upstream_writes where target = $1`, [`bot-create:${String(clientId)}`]),
        ).toEqual([{ state: 'pending' }]);
      });
      // Wait for the request, not for the intent: if it never arrived, the reconciler would create the bot.
      await eventually(async () => {
        expect((await system.simulator.journal(since)).map(({ endpoint }) => endpoint)).toContain('bots.create');
      });
      await system.restartGateway();
      expect(await lost).toBeNull();
      await system.declare(key, clientId);
      await system.allReady([key]);
      await assertMadeOnce([{ key, clientId }]);
      expect((await system.simulator.did(key)).bots).toMatchObject([{ name: 'Theirs' }]);
      await eventually(async () => {
        expect(await openWrites('request')).toEqual([]);
      });
    }),
  );
});

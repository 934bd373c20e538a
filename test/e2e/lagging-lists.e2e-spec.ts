import { explained, startSystem, throughout, type System } from './harness';
import type { JournalEntry } from './harness/simulator-client';

/** How far VoiceLink's replica is behind its primary. */
const LAG_MS = 6_000;

let system: System;
beforeAll(async () => {
  // The window has to be longer than the lag, and as long as that for lists that were requested in it.
  system = await startSystem({ env: { SWEEP_INTERVAL_MS: '400', VOICELINK_STALE_READS_MS: '7000' } });
});
afterAll(() => system.stop());

const writesTo = async (endpoint: string): Promise<readonly JournalEntry['body'][]> =>
  (await system.simulator.journal()).filter((call) => call.endpoint === endpoint).map(({ body }) => body);

const numbers = (bodies: readonly JournalEntry['body'][], field: string): readonly number[] =>
  bodies.map((body) => Number(body[field])).sort((a, b) => a - b);

/** How often an issue began, over all drift records of a number. */
const beginnings = (key: string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  let before: readonly string[] = [];
  for (const { data } of system.events?.drift(key) ?? []) {
    const issues = data.issues ?? [];
    for (const issue of issues) if (!before.includes(issue)) counts[issue] = (counts[issue] ?? 0) + 1;
    before = issues;
  }
  return counts;
};

describe('while every list comes at random from the primary or from a replica that is behind', () => {
  it(
    'six declared DIDs are mapped once each, every client gets one bot, and no drift comes again',
    explained(async () => {
      const { simulator } = system;
      // Before the replica lags: a client that a list does not show yet may not be declared.
      const dids = await Promise.all(
        Array.from({ length: 6 }, async () => ({
          clientId: await simulator.addClient(),
          key: await simulator.addDid(),
        })),
      );
      await simulator.inject({ endpoint: '*', kind: 'stale_list', ms: LAG_MS, probability: 0.5 });
      await Promise.all(dids.map(({ key, clientId }) => system.declare(key, clientId)));
      const keys = dids.map(({ key }) => key);
      await system.allReady(keys);
      // As long as lists may show what was before the last write, and some sweeps more.
      await throughout(LAG_MS + 2_000, async () => {
        expect((await writesTo('dids.map')).length).toBeLessThanOrEqual(keys.length);
      });
      await system.allReady(keys);

      const clientIds = dids.map(({ clientId }) => clientId).sort((a, b) => a - b);
      const didIds = await Promise.all(keys.map(async (key) => (await simulator.did(key)).did.id));
      didIds.sort((a, b) => a - b);
      expect(numbers(await writesTo('dids.map'), 'did_id')).toEqual(didIds);
      expect(numbers(await writesTo('bots.create'), 'client_id')).toEqual(clientIds);
      expect(numbers(await writesTo('routing.create'), 'did_id')).toEqual(didIds);
      for (const clientId of clientIds) expect(await simulator.bots(clientId)).toHaveLength(1);

      await system.delivered();
      for (const key of keys) {
        const types = (system.events?.drift(key) ?? []).map(({ type }) =>
          type.replace(/^dialtone\.drift\.|\.v1$/g, ''),
        );
        expect([key, types.filter((type) => type !== 'changed')]).toEqual([key, ['detected', 'resolved']]);
        const again = Object.values(beginnings(key)).some((times) => times > 1);
        expect([key, again ? system.events?.drift(key) : []]).toEqual([key, []]);
      }
    }),
  );
});

import type { ListMemory } from '@dialtone/domain';
import type { MakeStoreHarness } from '../harness';
import { freshHarness } from './fixtures';

const SINCE = Date.UTC(2026, 0, 15, 12);
const memory = (listed: readonly string[]): ListMemory => ({
  listed,
  missing: [{ rows: ['918000000001'], since: SINCE, lists: 2, countedAt: SINCE + 1, heldOn: null }],
  confirmed: { at: SINCE, rows: ['918000000002'] },
  suspectSince: SINCE,
  clients: { '93': 415 },
});

/** The contract of the engine's ListMemories; every form of it passes the same tests. */
export const describeListMemories = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as ListMemories`, () => {
    const harness = freshHarness(make);

    it('remembers nothing of a list that was never saved, and tells the time', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const before = await stores.storeClock.time();
      const { now, ...recalled } = await stores.listMemories.recall(id, 'dids', null);
      expect(recalled).toEqual({ connections: [{ connectionId: id, writesHeld: null }], stored: null });
      expect(now - before).toBeGreaterThanOrEqual(0);
    });

    it('recalls what was saved, whole, for its connection and list alone', async () => {
      const { stores, given } = harness();
      const [one, other] = [await given.connection(), await given.connection()];
      const version = await stores.listMemories.save(one.id, 'bots', memory(['1', '2']), null);
      expect(await stores.listMemories.recall(one.id, 'bots', null)).toMatchObject({
        stored: { version, memory: memory(['1', '2']) },
      });
      for (const [id, section] of [
        [one.id, 'dids'],
        [other.id, 'bots'],
      ] as const)
        expect((await stores.listMemories.recall(id, section, null)).stored).toBeNull();
    });

    it('leaves out the memory of a version that the caller has', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const first = await stores.listMemories.save(id, 'dids', memory([]), null);
      expect((await stores.listMemories.recall(id, 'dids', first)).stored).toEqual({ version: first, memory: null });
      const second = await stores.listMemories.save(id, 'dids', memory(['3']), first);
      expect((await stores.listMemories.recall(id, 'dids', first)).stored).toEqual({
        version: second,
        memory: memory(['3']),
      });
    });

    it('takes one of two saves that were made from the same version', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const { listMemories } = stores;
      const firsts = await Promise.all(['1', '2'].map((row) => listMemories.save(id, 'dids', memory([row]), null)));
      const [basis, ...others] = firsts.filter((version) => version !== null);
      expect([basis === undefined, others.length]).toEqual([false, 0]);
      const seconds = await Promise.all(
        ['3', '4'].map((row) => listMemories.save(id, 'dids', { ...memory([row]), suspectSince: null }, basis ?? null)),
      );
      expect(seconds.filter((version) => version !== null)).toHaveLength(1);
    });

    it('keeps the start of the newest list that was vouched for, whatever is saved after it', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const first = (await stores.listMemories.save(id, 'clients', memory(['1']), null)) ?? 0;
      expect(await given.wholeAt(id, 'clients')).toBeNull();
      await stores.listMemories.vouch(id, 'clients', first, SINCE);
      await stores.listMemories.vouch(id, 'clients', first, SINCE - 1);
      const second = (await stores.listMemories.save(id, 'clients', memory(['2']), first)) ?? 0;
      expect(await given.wholeAt(id, 'clients')).toBe(SINCE);
      await stores.listMemories.vouch(id, 'clients', second, SINCE + 1);
      expect(await given.wholeAt(id, 'clients')).toBe(SINCE + 1);
    });

    it('vouches for no other version than the one that is stored, and for no other list', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const first = (await stores.listMemories.save(id, 'clients', memory(['1']), null)) ?? 0;
      await stores.listMemories.save(id, 'bots', memory(['1']), null);
      await stores.listMemories.save(id, 'clients', memory(['2']), first);
      await stores.listMemories.vouch(id, 'clients', first, SINCE);
      await stores.listMemories.vouch(id, 'dids', first, SINCE);
      for (const section of ['clients', 'bots', 'dids'] as const) expect(await given.wholeAt(id, section)).toBeNull();
    });

    it('says why the writes of the connection are held, for as long as they are', async () => {
      const { stores, given } = harness();
      const { id } = await given.connection();
      const heldOf = async () =>
        (await stores.listMemories.recall(id, 'dids', null)).connections.map(({ writesHeld }) => writesHeld);
      await stores.voiceLinkConnections.holdWrites(id, 'too many');
      expect(await heldOf()).toEqual(['too many']);
      await given.acknowledgeHold(id);
      expect(await heldOf()).toEqual([null]);
    });
  });
};

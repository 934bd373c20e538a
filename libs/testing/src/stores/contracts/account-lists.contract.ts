import type { ListMemory } from '@dialtone/domain';
import type { MakeStoreHarness } from '../harness';
import { freshHarness, LONG_MS, present } from './fixtures';

const CLIENT = 415;

const memory = (listed: readonly string[], more: Partial<ListMemory> = {}): ListMemory => ({
  listed,
  missing: [],
  confirmed: null,
  suspectSince: null,
  clients: Object.fromEntries(listed.map((bot) => [bot, CLIENT])),
  ...more,
});

/** Whose the memory of lists is: the contract of the engine's ListMemories on accounts that several connections use. */
export const describeAccountLists = (name: string, make: MakeStoreHarness): void => {
  describe(`${name}: what lists of one account have shown`, () => {
    const harness = freshHarness(make);
    /** Two connections of a partner and one of another, all of one account. */
    const given = async () => {
      const { stores, given: setup } = harness();
      const login = 'one account';
      const first = await setup.connection({ login });
      const second = await setup.connection({ login, partnerId: first.partnerId });
      const stranger = await setup.connection({ login });
      return { ...stores, setup, first, second, stranger };
    };

    it('is known to all connections of a partner, and goes on from what any of them saw', async () => {
      const { listMemories, first, second } = await given();
      const version = present(await listMemories.save(first.id, 'bots', memory(['93']), null));
      const { stored } = await listMemories.recall(second.id, 'bots', null);
      expect(stored).toEqual({ version, memory: memory(['93']) });
      expect(await listMemories.save(second.id, 'bots', memory(['94']), null)).toBeNull();
      const next = present(await listMemories.save(second.id, 'bots', memory(['94']), version));
      expect((await listMemories.recall(first.id, 'bots', version)).stored).toEqual({
        version: next,
        memory: memory(['94']),
      });
    });

    it('is held on connections of that partner, the oldest first, and only on active ones', async () => {
      const { listMemories, voiceLinkConnections, setup, first, second, stranger } = await given();
      await voiceLinkConnections.holdWrites(second.id, 'too many');
      const asked = async () => (await listMemories.recall(second.id, 'dids', null)).connections;
      expect(await asked()).toEqual([
        { connectionId: first.id, writesHeld: null },
        { connectionId: second.id, writesHeld: 'too many' },
      ]);
      await setup.disconnect(first.id);
      expect(await asked()).toEqual([{ connectionId: second.id, writesHeld: 'too many' }]);
      const { connections } = await listMemories.recall(stranger.id, 'dids', null);
      expect(connections).toEqual([{ connectionId: stranger.id, writesHeld: null }]);
    });

    it('is not told to another partner, which has its own', async () => {
      const { listMemories, first, stranger } = await given();
      await listMemories.save(first.id, 'bots', memory(['93']), null);
      expect((await listMemories.recall(stranger.id, 'bots', null)).stored).toBeNull();
      expect(await listMemories.save(stranger.id, 'bots', memory(['7']), null)).not.toBeNull();
      expect((await listMemories.recall(first.id, 'bots', null)).stored?.memory?.listed).toEqual(['93']);
    });

    it('has a version of its own each time, whatever the account', async () => {
      const { listMemories, first, stranger } = await given();
      const versions = [
        await listMemories.save(first.id, 'bots', memory(['1']), null),
        await listMemories.save(first.id, 'dids', memory(['1']), null),
        await listMemories.save(stranger.id, 'bots', memory(['1']), null),
      ];
      expect(new Set(versions).size).toBe(3);
    });

    it('goes with a connection that turns out to be of a known account, unless that one has its own', async () => {
      const { listMemories, voiceLinkConnections, setup, first } = await given();
      const late = await setup.connection({ partnerId: first.partnerId });
      await listMemories.save(late.id, 'bots', memory(['93']), null);
      await listMemories.save(late.id, 'dids', memory(['918000000001']), null);
      const known = present(await listMemories.save(first.id, 'dids', memory(['918000000002']), null));
      for (const { id } of [first, late]) await voiceLinkConnections.noteOwner(id, '9');
      await voiceLinkConnections.recognise(late.id);
      expect((await listMemories.recall(first.id, 'bots', null)).stored?.memory?.listed).toEqual(['93']);
      expect((await listMemories.recall(late.id, 'dids', null)).stored).toEqual({
        version: known,
        memory: memory(['918000000002']),
      });
    });

    describe('asked whether others were shown a bot', () => {
      const swept = async ({ sweepQueue }: Pick<Awaited<ReturnType<typeof given>>, 'sweepQueue'>, id: string) => {
        const claimed = present(await sweepQueue.claimSweepOf(id as never, 'sweeper', LONG_MS));
        await sweepQueue.completeSweep(claimed, { warnings: [], error: null }, LONG_MS);
      };

      it('names those of the client that another partner has listed in a sweep since', async () => {
        const stores = await given();
        const { listMemories, storeClock, first, second, stranger } = stores;
        const before = await storeClock.time();
        const bots = memory(['93', '94'], { clients: { '93': CLIENT, '94': CLIENT + 1 } });
        await listMemories.save(first.id, 'bots', bots, null);
        const shown = (since: number) => listMemories.botsShownToOthers(stranger.id, CLIENT, since);
        expect(await shown(before)).toEqual([]);
        await swept(stores, second.id);
        expect(await shown(before)).toEqual([93]);
        expect(await shown((await storeClock.time()) + LONG_MS)).toEqual([]);
        expect(await listMemories.botsShownToOthers(first.id, CLIENT, before)).toEqual([]);
        const clients = [CLIENT + 1, CLIENT, CLIENT + 2];
        const asked = clients.map((client) => listMemories.botsShownToOthers(stranger.id, client, before));
        expect(await Promise.all(asked)).toEqual([[94], [93], []]);
      });

      it('names those that it has missed since, and no others that are missing', async () => {
        const { listMemories, storeClock, first, stranger } = await given();
        const now = await storeClock.time();
        const group = { lists: 1, countedAt: now, heldOn: null };
        const missing = [
          { ...group, rows: ['93'], since: now },
          { ...group, rows: ['94'], since: now - LONG_MS },
        ];
        const clients = { '93': CLIENT, '94': CLIENT };
        await listMemories.save(first.id, 'bots', memory([], { missing, clients }), null);
        expect(await listMemories.botsShownToOthers(stranger.id, CLIENT, now - 1_000)).toEqual([93]);
      });
    });
  });
};

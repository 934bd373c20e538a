import type { ConnectionId, DidKey } from '@dialtone/domain';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { InvalidCursorError, type Page, type StoredReadiness } from '../../src';
import { GatewayWorld, type MakeGatewayHarness } from './gateway-harness';

/** The contract of ReadinessStore; every form of it passes the same tests. */
export const describeReadinessStore = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a store of readiness`, () => {
    const world = GatewayWorld.use(make);
    const seen = async (
      connectionId: ConnectionId,
      keys: readonly DidKey[],
      issues: readonly 'NO_BOT'[],
    ): Promise<void> => {
      for (const key of keys) await world.given.saw(connectionId, updateOf(key, { issues, at: OBSERVED_AT }));
    };
    const keysOf = async (filter: object): Promise<readonly DidKey[]> => {
      const { items } = await world.stores.readiness.list({ partnerId: world.partnerId, limit: 100, ...filter });
      return items.map(({ key }) => key);
    };

    it('lists the verdicts of a partner by connection and key, page by page', async () => {
      const ids = [world.connectionId, await world.connect()].sort();
      for (const id of ids) await seen(id, [aDidKey(), aDidKey(), aDidKey()], []);
      await seen(await world.connect(await world.given.partner()), [aDidKey()], []);
      const listed: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<StoredReadiness> = await world.stores.readiness.list({
          partnerId: world.partnerId,
          limit: 2,
          ...(cursor === null ? {} : { cursor }),
        });
        listed.push(...page.items.map((item) => `${item.connectionId}/${item.key}`));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(listed).toHaveLength(6);
      expect(listed).toEqual([...new Set(listed)].sort());
    });

    it('filters by connection, state and open drift', async () => {
      const north = world.connectionId;
      const south = await world.connect();
      const [good, bad, elsewhere] = [aDidKey(), aDidKey(), aDidKey()];
      await seen(north, [good], []);
      await seen(north, [bad], ['NO_BOT']);
      await seen(south, [elsewhere], ['NO_BOT']);
      expect(await keysOf({ connectionId: north })).toEqual([good, bad].sort());
      expect(await keysOf({ state: 'READY' })).toEqual([good]);
      expect([...(await keysOf({ drifting: true }))].sort()).toEqual([bad, elsewhere].sort());
      expect(await keysOf({ drifting: true, connectionId: south })).toEqual([elsewhere]);
      expect(await keysOf({ drifting: false })).toHaveLength(3);
    });

    it('gives a verdict with its observation, its drift and its age', async () => {
      const id = world.connectionId;
      const key = aDidKey();
      const at = (await world.now()) - 90_000;
      const update = updateOf(key, { issues: ['NO_BOT'], at });
      await world.given.saw(id, update);
      const { items } = await world.stores.readiness.list({ partnerId: world.partnerId, limit: 1 });
      expect(items).toMatchObject([
        {
          connectionId: id,
          key,
          state: 'NO_BOT',
          issues: ['NO_BOT'],
          actionItems: [{ code: 'NO_BOT' }],
          stale: false,
          observedAt: new Date(at),
          observation: JSON.parse(JSON.stringify(update.observation)) as object,
          drift: { id: expect.any(String) as string, openedAt: expect.any(Date) as Date },
          declared: false,
        },
      ]);
      expect(items[0]?.ageSeconds).toBeGreaterThanOrEqual(90);
      expect(items[0]?.ageSeconds).toBeLessThan(120);
    });

    it('refuses a cursor of another list', async () => {
      const cursor = Buffer.from('["918000000001"]').toString('base64url');
      await expect(world.stores.readiness.list({ partnerId: world.partnerId, limit: 1, cursor })).rejects.toThrow(
        InvalidCursorError,
      );
    });
  });
};

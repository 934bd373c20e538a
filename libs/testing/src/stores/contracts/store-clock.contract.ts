import type { MakeStoreHarness } from '../harness';
import { freshHarness } from './fixtures';

/** The contract of the engine's StoreClock; every form of it passes the same tests. */
export const describeStoreClock = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as StoreClock`, () => {
    const harness = freshHarness(make);

    it('tells whole epoch milliseconds that go on', async () => {
      const { stores, wait } = harness();
      const before = await stores.storeClock.time();
      await wait(20);
      const after = await stores.storeClock.time();
      expect([Number.isInteger(before), Number.isInteger(after)]).toEqual([true, true]);
      expect(after - before).toBeGreaterThanOrEqual(19);
      expect(before).toBeGreaterThan(Date.UTC(2020, 0, 1));
    });
  });
};

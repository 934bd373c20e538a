import type { RequestWindows } from '../../src';

const MINUTE = 60_000;

interface WindowsHarness {
  readonly windows: Pick<RequestWindows, 'count' | 'take' | 'giveBack'>;
  /** Lets so much time pass by the clock of the windows. */
  pass(ms: number): Promise<void>;
}

/** What every implementation of `RequestWindows` does, in the terms of blocks of requests. */
export const describeRequestWindows = (implementation: string, make: () => Promise<WindowsHarness>): void => {
  describe(`blocks of requests in windows (${implementation})`, () => {
    let harness: WindowsHarness;
    beforeEach(async () => {
      harness = await make();
    });
    const take = (amount: number, limit = 10) =>
      harness.windows.take('k', 'general', { amount, limit, windowMs: MINUTE });
    const giveBack = (amount: number, startedAt: number) =>
      harness.windows.giveBack('k', 'general', { amount, startedAt });

    it('count as used when they are taken, and one that does not fit changes nothing', async () => {
      expect(await take(6)).toMatchObject({ used: 6, isTaken: true });
      expect(await take(5)).toMatchObject({ used: 6, isTaken: false });
      expect(await take(4)).toMatchObject({ used: 10, isTaken: true });
      expect(await take(1)).toMatchObject({ used: 10, isTaken: false });
    });

    it('that are given back are there for others', async () => {
      const { startedAt } = await take(10);
      await giveBack(4, startedAt);
      expect(await take(5)).toMatchObject({ used: 6, isTaken: false });
      expect(await take(4)).toMatchObject({ used: 10, isTaken: true });
      expect((await harness.windows.count('k', 'general', MINUTE)).used).toBe(11);
    });

    it('of one window tell it from the next one, to which nothing is given back', async () => {
      const { startedAt } = await take(5);
      expect((await take(1)).startedAt).toBe(startedAt);
      await harness.pass(MINUTE);
      const next = await take(3);
      expect(next.used).toBe(3);
      await giveBack(3, startedAt);
      expect((await take(1)).used).toBe(4);
      await giveBack(1, next.startedAt);
      expect((await take(1)).used).toBe(4);
    });
  });
};

import { didResource, type WriteTarget } from '@dialtone/engine';
import type { MakeStoreHarness } from '../harness';
import { declareOne, freshHarness, LONG_MS, present } from './fixtures';

/** What several numbers ask at the same moment, each is answered as if it had been alone. */
export const describeAskedTogether = (name: string, make: MakeStoreHarness): void => {
  describe(`${name}, asked by several at once`, () => {
    const harness = freshHarness(make);

    it('tells of each target, and of the repairs of each bot since, what it would tell of it alone', async () => {
      const { stores, wait } = harness();
      const { binding } = await declareOne(harness());
      const { connectionId, key, generation } = binding;
      const lease = present(await stores.leases.acquire(didResource(connectionId, key), 'worker', LONG_MS));
      const about = { connectionId, key, bindingId: binding.id, generation, requestId: null, actor: 'reconciler' };
      const begin = (target: WriteTarget): Promise<string | null> =>
        stores.journal.begin({ ...about, step: 'ensure_bot', target, body: {} }, [lease]);
      const first = await begin('bot-create:7');
      const second = await begin('bot-create:8');
      await wait(20);
      const since = await stores.storeClock.time();
      const third = await begin('bot-create:7');
      const targets = ['bot-create:7', 'bot-create:8', 'bot-create:9', 'bot-create:7'] as const;
      const open = await Promise.all(targets.map((target) => stores.journal.unresolved(connectionId, target)));
      expect(open.map((writes) => writes.map(({ id }) => id))).toEqual([[first, third], [second], [], [first, third]]);
      const asked = [
        { target: 'bot-create:7', since },
        { target: 'bot-create:7', since: 0 },
        { target: 'bot-create:8', since },
      ] as const;
      const repairs = await Promise.all(asked.map((ask) => stores.journal.repairs(connectionId, ask, ask.since)));
      expect(repairs.map((writes) => writes.length)).toEqual([1, 2, 0]);
    });
  });
};

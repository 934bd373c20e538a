import type { Outcome } from '@dialtone/engine';
import type { StoreHarness } from '../harness';
import { claimOne, declareOn, declareOne, eventsOf } from './fixtures';

const HOUR_MS = 3_600_000;
const SETTLED: Outcome = { kind: 'settled' };

/** The part of the contract of BindingQueue that concerns withdrawn bindings. */
export const describeReleases = (harness: () => StoreHarness): void => {
  const withdrawn = async () => {
    const { connection, binding } = await declareOne(harness(), { release: 'outbound_off' });
    await harness().given.withdraw(connection.id, binding.key);
    return { connection, binding };
  };

  it('keeps a withdrawn binding until it has settled, and then removes it with its event', async () => {
    const { bindingQueue, keyStates } = harness().stores;
    const { connection, binding } = await withdrawn();
    const claimed = await claimOne(harness());
    expect(claimed.binding).toEqual({ ...binding, generation: 2, releasing: 'outbound_off' });
    expect((await keyStates.loadOne(connection.id, binding.key))?.declared).toBeNull();
    await bindingQueue.complete(claimed, { kind: 'stalled', issues: [], message: 'held' }, 0);
    expect(await bindingQueue.findById(binding.id)).toMatchObject({ releasing: 'outbound_off' });
    await bindingQueue.complete(await claimOne(harness()), SETTLED, 0);
    expect(await bindingQueue.findById(binding.id)).toBeNull();
    const { agentId, key } = binding;
    expect((await declareOn(harness(), connection, { key, agentId })).generation).toBe(3);
    const events = await eventsOf(harness());
    expect(events.map(({ type }) => type)).toEqual([
      'dialtone.binding.declared.v1',
      'dialtone.binding.updated.v1',
      'dialtone.binding.status.v1',
      'dialtone.binding.deleted.v1',
      'dialtone.binding.declared.v1',
    ]);
    expect(events[3]?.data).toMatchObject({ releasing: 'outbound_off', generation: 2 });
  });

  it('goes on as a declaration when it is declared again during the release', async () => {
    const { bindingQueue } = harness().stores;
    const { connection, binding } = await withdrawn();
    const claimed = await claimOne(harness());
    const { agentId, key } = binding;
    await declareOn(harness(), connection, { key, agentId, release: 'outbound_off' });
    await bindingQueue.complete(claimed, SETTLED, HOUR_MS);
    expect(await bindingQueue.findById(binding.id)).toEqual({ ...binding, generation: 3 });
    expect(await bindingQueue.nextDueInMs()).toBe(0);
  });
};

import type { StoreHarness } from './harness';
import { InMemoryWorld } from './in-memory-world';

export const inMemoryHarness = (): Promise<StoreHarness> => {
  const world = new InMemoryWorld();
  return Promise.resolve({
    stores: world,
    given: world,
    wait: (ms: number) => world.clock.advance(ms),
    events: () => Promise.resolve(world.events),
  });
};

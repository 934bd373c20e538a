import type { AnyLoggedEvent, StoredEvent } from '@dialtone/contracts';
import type { StoreHarness } from './harness';
import { InMemoryWorld } from './in-memory-world';

export const inMemoryHarness = (): Promise<StoreHarness> => {
  const world = new InMemoryWorld();
  return Promise.resolve({
    stores: world,
    given: world,
    wait: (ms: number) => world.clock.advance(ms),
    events: () => Promise.resolve(world.events.map(withoutPosition)),
  });
};

const withoutPosition = (event: StoredEvent): AnyLoggedEvent => {
  const { event_id, type, connection_id, key, seq, data } = event;
  return { event_id, type, connection_id, key, seq, data } as AnyLoggedEvent;
};

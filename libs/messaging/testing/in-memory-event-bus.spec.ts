import { describeEventPublisher } from './describe-event-publisher';
import { InMemoryEventBus } from './in-memory-event-bus';

describeEventPublisher('InMemoryEventBus', () => {
  const bus = new InMemoryEventBus();
  return Promise.resolve({
    publisher: bus,
    received: (connectionId) => Promise.resolve(bus.records.filter(({ key }) => key.startsWith(connectionId))),
    interrupt: () => {
      bus.interrupt();
      return Promise.resolve();
    },
    restore: () => {
      bus.restore();
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  });
});

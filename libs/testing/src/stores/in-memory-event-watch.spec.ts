import { describeEventWatch } from './contracts/event-watch.contract';
import { InMemoryEventLog } from './in-memory-event-log';
import { InMemoryEventWatch } from './in-memory-event-watch';

describeEventWatch('InMemoryEventWatch', () => {
  const log = new InMemoryEventLog();
  return Promise.resolve({
    watch: new InMemoryEventWatch(log, () => null),
    append: (events) => {
      log.append(...events);
      return Promise.resolve();
    },
    pruneOldest: (count) => {
      log.pruneOldest(count);
      return Promise.resolve();
    },
  });
});

import type { AnyLoggedEvent } from '@dialtone/contracts';
import { describeRelayedLog } from './contracts/relayed-log.contract';
import { InMemoryEventLog } from './in-memory-event-log';

describeRelayedLog('InMemoryEventLog', () => {
  const log = new InMemoryEventLog();
  const append = (events: readonly AnyLoggedEvent[]): Promise<void> => {
    log.append(...events);
    return Promise.resolve();
  };
  return Promise.resolve({ log, cursors: log, append });
});

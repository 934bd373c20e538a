import type { PartnerId } from '@dialtone/domain';
import { describeWebhookQueue, warningOf } from './contracts/webhook-queue.contract';
import { InMemoryWebhookQueue } from './in-memory-webhook-queue';
import { InMemoryWorld } from './in-memory-world';
import { InMemoryEventLog } from './in-memory-event-log';

const PARTNERS = ['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002'] as const;

describeWebhookQueue('InMemoryWebhookQueue', () => {
  const { clock, leases } = new InMemoryWorld();
  const log = new InMemoryEventLog();
  const queue = new InMemoryWebhookQueue({ clock, log, leases });
  return Promise.resolve({
    queue,
    partners: PARTNERS as unknown as [PartnerId, PartnerId],
    add: (partnerId) => Promise.resolve(queue.add({ partnerId, target: null }).id),
    change: (id) => {
      const record = queue.records.get(id);
      if (record !== undefined) record.revision += 1;
      return Promise.resolve();
    },
    put: (id, state) => {
      const record = queue.records.get(id);
      if (record !== undefined) record.state = state;
      return Promise.resolve();
    },
    remove: (id) => {
      queue.records.delete(id);
      return Promise.resolve();
    },
    append: (partnerId, count = 1) => {
      log.append(...Array.from({ length: count }, () => warningOf(partnerId)));
      return Promise.resolve();
    },
    prune: (count) => {
      log.pruneOldest(count);
      return Promise.resolve();
    },
    events: () => Promise.resolve(log.events),
    outcomes: (id) =>
      Promise.resolve(queue.attempts.filter(({ webhookId }) => webhookId === id).map(({ outcome }) => outcome)),
    look: (id) => {
      const record = queue.records.get(id);
      if (record === undefined) throw new Error('There is no such webhook.');
      const { state, position, attempts } = record;
      return Promise.resolve({ state, position, attempts });
    },
    wait: (ms) => clock.advance(ms),
  });
});

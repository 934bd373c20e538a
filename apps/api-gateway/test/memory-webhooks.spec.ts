import type { PartnerId } from '@dialtone/domain';
import { describeWebhookStore } from '@dialtone/persistence/testing';
import { InMemoryEventLog, warningOf } from '@dialtone/testing';
import { MemoryWebhooks } from './memory-webhooks';

const PARTNERS = ['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002'];

describeWebhookStore('MemoryWebhooks', () => {
  const log = new InMemoryEventLog();
  return Promise.resolve({
    webhooks: new MemoryWebhooks(log).store,
    partners: PARTNERS as unknown as [PartnerId, PartnerId],
    append: (partnerId, count) => {
      log.append(...Array.from({ length: count }, () => warningOf(partnerId)));
      return Promise.resolve();
    },
  });
});

import type { PartnerId } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { describeWebhookQueue, warningOf } from '@dialtone/testing';
import { appendEvents } from '../events/append-events';

const postgres = usePostgres();

describeWebhookQueue('PostgreSQL', async () => {
  const { webhooks, webhookQueue: queue, partners, sequencer } = postgres.stores;
  const owners = new Map<string, PartnerId>();
  const ofPartner = (id: Parameters<typeof webhooks.find>[0]['id']) => {
    const partnerId = owners.get(id);
    if (partnerId === undefined) throw new Error('There is no such webhook.');
    return { partnerId, id };
  };
  return {
    queue,
    partners: [(await partners.create('Own')).id, (await partners.create('Other')).id],
    add: async (partnerId) => {
      const input = { partnerId, url: 'https://a.example/', secret: 'whsec_MQ==', description: null, filter: {} };
      const { id } = await webhooks.create(input);
      owners.set(id, partnerId);
      return id;
    },
    change: async (id) => {
      await webhooks.change(ofPartner(id), { description: 'Changed' });
    },
    put: async (id, state) => {
      await webhooks.change(ofPartner(id), { state });
    },
    remove: async (id) => {
      await webhooks.remove(ofPartner(id));
    },
    append: async (partnerId, count = 1) => {
      await appendEvents(
        postgres.dataSource,
        Array.from({ length: count }, () => warningOf(partnerId)),
      );
      await sequencer.assign(count);
    },
    prune: async (count) => {
      await postgres.dataSource.query(
        `delete from event_log where id in (select id from event_log order by position limit $1)`,
        [count],
      );
    },
    events: () => postgres.events(),
    outcomes: async (id) =>
      (await webhooks.deliveries(ofPartner(id), { limit: 100 })).items.map(({ outcome }) => outcome).reverse(),
    look: async (id) => {
      const found = await webhooks.find(ofPartner(id));
      if (found === null) throw new Error('There is no such webhook.');
      const { state, position, attempts } = found;
      return { state, position, attempts };
    },
    wait: (ms) => postgres.wait(ms),
  };
});

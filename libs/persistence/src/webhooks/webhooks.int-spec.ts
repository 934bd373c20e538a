import { describeWebhookStore, usePostgres } from '@dialtone/persistence/testing';
import { warningOf } from '@dialtone/testing';
import { appendEvents } from '../events/append-events';

const postgres = usePostgres();

describeWebhookStore('PostgreSQL', async () => {
  const { webhooks, partners, sequencer } = postgres.stores;
  return {
    webhooks,
    partners: [(await partners.create('Own')).id, (await partners.create('Other')).id],
    append: async (partnerId, count) => {
      await appendEvents(
        postgres.dataSource,
        Array.from({ length: count }, () => warningOf(partnerId)),
      );
      await sequencer.assign(count);
    },
  };
});

describe('what is stored of a webhook', () => {
  it('is sealed, as far as it may be used by others', async () => {
    const { id: partnerId } = await postgres.stores.partners.create('Own');
    const [url, secret] = ['https://hooks.example/?token=t0ken', 'whsec_c2VjcmV0'];
    const { id } = await postgres.stores.webhooks.create({ partnerId, url, secret, description: null, filter: {} });
    const [row] = await postgres.query<object>('select * from webhooks where id = $1', [id]);
    const plain = JSON.stringify({ ...row, sealed: null });
    expect([url, 't0ken', secret].filter((text) => plain.includes(text))).toEqual([]);
  });
});

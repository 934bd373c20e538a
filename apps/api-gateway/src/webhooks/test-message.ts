import type { WebhookMessage } from '@dialtone/engine';
import type { WebhookOf } from '@dialtone/persistence';

/** Of no event: it is in no log and on no topic. */
export const TEST_TYPE = 'dialtone.webhook.test.v1';

export const testMessage = (
  { partnerId, id: webhookId }: WebhookOf,
  { id, at }: { readonly id: string; readonly at: Date },
): WebhookMessage => {
  const time = at.toISOString();
  const body = {
    specversion: '1.0',
    id,
    type: TEST_TYPE,
    source: `/dialtone/webhooks/${webhookId}`,
    time,
    datacontenttype: 'application/json',
    data: { webhook_id: webhookId, partner_id: partnerId, occurred_at: time },
  };
  return { id, body: JSON.stringify(body) };
};

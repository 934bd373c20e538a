import type { WebhookId } from '@dialtone/domain';
import type { WebhookAttempt } from '@dialtone/engine';
import { firstRow, type Queryable, text } from '../db';

export const DELIVERY_OUTCOMES = ['delivered', 'failed', 'given_up', 'missed'] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

const storable = (value: string | null): string | null => (value === null ? null : text(value));

/** Notes an attempt in the delivery log of a webhook, unless that was deleted meanwhile. */
export const noteDelivery = async (
  db: Queryable,
  webhookId: WebhookId,
  attempt: WebhookAttempt & { readonly outcome: DeliveryOutcome },
): Promise<void> => {
  await firstRow(
    db,
    `insert into webhook_deliveries (webhook_id, event_id, event_type, attempt, outcome, status, error, latency_ms, response)
     select id, $2, $3, $4, $5, $6, $7, $8, $9 from webhooks where id = $1 for key share`,
    [
      webhookId,
      attempt.eventId,
      attempt.eventType,
      attempt.attempt,
      attempt.outcome,
      attempt.status,
      storable(attempt.error),
      attempt.latencyMs,
      storable(attempt.response),
    ],
  );
};

import type { WebhookDisabledData, WebhookMissedData } from './event-data';
import { event } from './event-entry';
import * as example from './example-parts';
import { objectSchema } from './schema';
import { OCCURRED_AT, openList, uuid } from './schema-parts';
import { WEBHOOK_END_CODES } from './vocabulary';

const SCOPE = {
  webhook_id: uuid('The webhook.'),
  partner_id: uuid('The partner that owns the webhook.'),
};
const WEBHOOK = {
  webhook_id: 'c6b4f6a3-1d0e-4b7c-9a55-2f8e7d6c5b41',
  partner_id: example.connection.partner_id,
} as const;

/** The event types about a webhook. */
export const WEBHOOK_EVENTS = {
  'dialtone.webhook.disabled.v1': event<WebhookDisabledData>({
    schema: objectSchema<WebhookDisabledData>({
      description: 'A webhook gets no events any more, until its partner enables it. It then goes on where it stopped.',
      properties: {
        ...SCOPE,
        reason: openList(
          WEBHOOK_END_CODES,
          'gone: the receiver answered 410. failing: it has accepted nothing for days. Others may be added.',
        ),
        event_id: uuid('The event that was not accepted.'),
        occurred_at: OCCURRED_AT,
      },
      optional: {},
    }),
    topic: 'dialtone.webhooks.v1',
    keyedBy: 'webhook',
    example: {
      ...WEBHOOK,
      reason: 'failing',
      event_id: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10',
      occurred_at: '2026-11-26T10:00:00.000Z',
    },
  }),
  'dialtone.webhook.missed.v1': event<WebhookMissedData>({
    schema: objectSchema<WebhookMissedData>({
      description:
        'Events were deleted before a webhook had them: list what is followed again. It goes on with the oldest event that is kept. The webhook itself gets this event whatever its filter.',
      properties: { ...SCOPE, occurred_at: OCCURRED_AT },
      optional: {},
    }),
    topic: 'dialtone.webhooks.v1',
    keyedBy: 'webhook',
    example: { ...WEBHOOK, occurred_at: '2026-11-28T10:00:00.000Z' },
  }),
};

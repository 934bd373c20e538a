import type { WebhookObserver } from '@dialtone/engine';
import type { Logger, WebhookMetrics } from '@dialtone/platform';

/** Logs and counts what is delivered, without URLs: they may hold tokens. */
export const webhookObserver = (logger: Logger, metrics: WebhookMetrics): WebhookObserver => ({
  attempted: ({ id, partnerId }, { eventId, eventType, attempt, status, error, latencyMs }, turn) => {
    metrics.attempted(turn.kind, latencyMs);
    const fields = { webhook_id: id, partner_id: partnerId, event_id: eventId, type: eventType, attempt };
    const level = turn.kind === 'delivered' ? 'debug' : turn.kind === 'retry' ? 'info' : 'warn';
    logger[level]({ ...fields, status, error, latency_ms: latencyMs, turn: turn.kind }, SAYS[turn.kind]);
  },
  missed: ({ id, partnerId }) => {
    logger.warn({ webhook_id: id, partner_id: partnerId }, 'Events were deleted before a webhook had them');
  },
  unreadable: ({ id, partnerId }) => {
    metrics.unreadable();
    logger.error(
      { webhook_id: id, partner_id: partnerId },
      'A webhook cannot be opened with any key of this deployment',
    );
  },
});

const SAYS = {
  delivered: 'Event delivered to a webhook',
  retry: 'A webhook did not accept an event; trying again later',
  given_up: 'A webhook did not accept an event for too long; the next one follows',
  disabled: 'A webhook is disabled until its partner enables it',
} as const;

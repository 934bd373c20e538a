import type { AnyLoggedEvent, NewEvent, WebhookEndCode } from '@dialtone/contracts';
import type { PartnerId, WebhookId } from '@dialtone/domain';

export interface WebhookMoment {
  readonly id: WebhookId;
  readonly partnerId: PartnerId;
  /** Epoch ms. */
  readonly now: number;
}

const OF_NO_NUMBER = { connection_id: null, key: null, seq: null } as const;

const scopeOf = ({ id, partnerId, now }: WebhookMoment) => ({
  webhook_id: id,
  partner_id: partnerId,
  occurred_at: new Date(now).toISOString(),
});

export const webhookDisabled = (
  moment: WebhookMoment,
  { reason, eventId }: { readonly reason: WebhookEndCode; readonly eventId: string },
): NewEvent => ({
  ...OF_NO_NUMBER,
  type: 'dialtone.webhook.disabled.v1',
  data: { ...scopeOf(moment), reason, event_id: eventId },
});

export const webhookMissed = (moment: WebhookMoment): NewEvent => ({
  ...OF_NO_NUMBER,
  type: 'dialtone.webhook.missed.v1',
  data: scopeOf(moment),
});

/** What the webhook itself is sent of it: out of the log, with the same id however often it is tried from this position. */
export const missedMessage = (moment: WebhookMoment, from: bigint): AnyLoggedEvent => ({
  ...OF_NO_NUMBER,
  event_id: `${moment.id.slice(0, 24)}${from.toString(16).padStart(12, '0')}`,
  type: 'dialtone.webhook.missed.v1',
  data: scopeOf(moment),
});

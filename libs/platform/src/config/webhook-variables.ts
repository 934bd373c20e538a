import * as kind from './kinds';

/** How the receivers of webhooks are reached, in every process. */
export const webhooks = {
  webhookPrivateNetworks: kind.networks(
    'WEBHOOK_PRIVATE_NETWORKS',
    'networks that webhooks may be delivered to although they are not public, for receivers in a private cluster or on this machine',
  ),
  webhookTimeoutMs: kind.milliseconds('WEBHOOK_TIMEOUT_MS', {
    min: 100,
    max: 60_000,
    what: 'how long one attempt to deliver an event to a webhook may take altogether',
    fallback: 15_000,
  }),
};

/** When events are delivered to webhooks, and when no more. */
export const webhookDelivery = {
  webhookConcurrency: kind.integer('WEBHOOK_CONCURRENCY', {
    min: 2,
    max: 1_024,
    what: 'how many webhooks are delivered to at once, one event at a time each; those that fail or are slow get half of it at most',
    fallback: 64,
  }),
  webhookGiveUpAfterHours: kind.integer('WEBHOOK_GIVE_UP_AFTER_HOURS', {
    min: 1,
    max: 720,
    what: 'after how many hours of failed attempts an event is given up, and the next one is delivered',
    fallback: 24,
  }),
  webhookDisableAfterHours: kind.integer('WEBHOOK_DISABLE_AFTER_HOURS', {
    min: 1,
    max: 8_760,
    what: 'after how many hours without a success a webhook is disabled',
    fallback: 120,
  }),
};

import { Counter, Histogram } from 'prom-client';
import type { Registry } from './registry';

const TURNS = ['delivered', 'retry', 'given_up', 'disabled'] as const;

export interface WebhookMetrics {
  /** An attempt to deliver an event, and what followed. */
  attempted(turn: (typeof TURNS)[number], latencyMs: number): void;
  /** A webhook has something to deliver, and no key opens it. */
  unreadable(): void;
}

export const webhookMetrics = (registry: Registry): WebhookMetrics => {
  const attempts = new Counter({
    name: 'dialtone_webhook_attempts_total',
    help: 'Attempts to deliver an event to a webhook, by what followed',
    labelNames: ['turn'],
    registers: [registry],
  });
  for (const turn of TURNS) attempts.inc({ turn }, 0);
  const seconds = new Histogram({
    name: 'dialtone_webhook_attempt_seconds',
    help: 'How long attempts to deliver an event to a webhook took',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [registry],
  });
  const unreadable = new Counter({
    name: 'dialtone_webhook_unreadable_total',
    help: 'Turns of webhooks that no key of CREDENTIALS_KEYS opens; each has one a minute while events wait for it',
    registers: [registry],
  });
  return {
    unreadable: () => {
      unreadable.inc();
    },
    attempted: (turn, latencyMs) => {
      attempts.inc({ turn });
      seconds.observe(latencyMs / 1000);
    },
  };
};

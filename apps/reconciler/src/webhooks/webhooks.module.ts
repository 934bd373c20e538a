import { Global, Module, type DynamicModule } from '@nestjs/common';
import { WebhookDeliveries } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import {
  COUNTS_MAX_AGE_MS,
  onceAMinute,
  sharedSnapshot,
  SystemClock,
  type Logger,
  type ReconcilerConfig,
  type Registry,
  type WebhookMetrics,
} from '@dialtone/platform';
import { webhookSenderOf } from '@dialtone/runtime';
import { STORES, WEBHOOK_PUMP } from '../tokens';
import { registerWebhookGauges } from './webhook-gauges';
import { webhookObserver } from './webhook-observer';
import { WebhookPump } from './webhook-pump';
import { WebhookRetention } from './webhook-retention';

export interface WebhooksModuleParts {
  readonly config: ReconcilerConfig;
  readonly logger: Logger;
  readonly metrics: WebhookMetrics;
  readonly registry: Registry;
  readonly owner: string;
}

const HOUR_MS = 3_600_000;

@Global()
@Module({})
export class WebhooksModule {
  static register(parts: WebhooksModuleParts): DynamicModule {
    return {
      module: WebhooksModule,
      providers: [
        { provide: WEBHOOK_PUMP, inject: [STORES], useFactory: (stores: Stores) => pumpOf(stores, parts) },
        {
          provide: WebhookRetention,
          inject: [STORES],
          useFactory: ({ webhooks }: Stores) =>
            new WebhookRetention(webhooks, parts.config.webhookLogRetentionHours, parts.logger),
        },
      ],
      exports: [WEBHOOK_PUMP],
    };
  }
}

const pumpOf = (stores: Stores, { config, logger, metrics, registry, owner }: WebhooksModuleParts): WebhookPump => {
  registerWebhookGauges(
    registry,
    sharedSnapshot(() => stores.webhooks.counts(), COUNTS_MAX_AGE_MS),
  );
  const clock = new SystemClock();
  const tell = onceAMinute(logger.warn.bind(logger), () => clock.now());
  return new WebhookPump(
    new WebhookDeliveries({
      queue: stores.webhookQueue,
      watch: stores.eventWatch,
      leases: stores.leases,
      sender: webhookSenderOf(config),
      clock,
      observer: webhookObserver(logger, metrics),
      owner,
      leaseTtlMs: config.leaseTtlMs,
      concurrency: config.webhookConcurrency,
      pollMs: config.pollIntervalMs,
      patience: {
        giveUpAfterMs: config.webhookGiveUpAfterHours * HOUR_MS,
        disableAfterMs: config.webhookDisableAfterHours * HOUR_MS,
      },
      onError: (error) => {
        tell({ err: error }, 'Events could not be delivered to webhooks; trying again');
      },
    }),
  );
};

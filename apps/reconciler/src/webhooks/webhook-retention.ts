import { Cron, CronExpression } from '@nestjs/schedule';
import type { WebhookStore } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

const BATCH = 5_000;
const HOUR_MS = 3_600_000;

/** Deletes attempts from the delivery logs of webhooks when they are old enough. Replicas skip each other's rows. */
export class WebhookRetention {
  constructor(
    private readonly webhooks: Pick<WebhookStore, 'forget'>,
    private readonly retentionHours: number,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async forget(): Promise<void> {
    const olderThanMs = this.retentionHours * HOUR_MS;
    await deleteInBatches({
      some: (limit) => this.webhooks.forget({ olderThanMs, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'attempts',
      done: 'Old attempts at webhooks deleted',
      failed: 'Old attempts at webhooks could not be deleted; next try in an hour',
    });
  }
}

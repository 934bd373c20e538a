import { Cron, CronExpression } from '@nestjs/schedule';
import type { CallWatches } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

const BATCH = 1_000;
const HOUR_MS = 3_600_000;

/** Deletes calls that are over or given up and began long enough ago. Replicas skip each other's rows. */
export class CallRetention {
  constructor(
    private readonly calls: Pick<CallWatches, 'forget'>,
    private readonly retentionHours: number,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async forget(): Promise<void> {
    const olderThanMs = this.retentionHours * HOUR_MS;
    await deleteInBatches({
      some: (limit) => this.calls.forget({ olderThanMs, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'calls',
      done: 'Old calls deleted',
      failed: 'Old calls could not be deleted; next try in an hour',
    });
  }
}

import { Cron, CronExpression } from '@nestjs/schedule';
import type { History } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

const BATCH = 5_000;
const HOUR_MS = 3_600_000;

/** Deletes entries of the history that were kept for long enough. Every replica may do it at once. The journal of writes stays. */
export class HistoryRetention {
  constructor(
    private readonly history: Pick<History, 'prune'>,
    private readonly retentionHours: number,
    private readonly logger: Logger,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async prune(): Promise<void> {
    const olderThanMs = this.retentionHours * HOUR_MS;
    await deleteInBatches({
      some: (limit) => this.history.prune({ olderThanMs, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'entries',
      done: 'Old history deleted',
      failed: 'Old history could not be deleted; next try in an hour',
    });
  }
}

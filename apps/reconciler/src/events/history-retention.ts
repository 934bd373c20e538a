import { Cron, CronExpression } from '@nestjs/schedule';
import type { History } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';

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
    const request = { olderThanMs: this.retentionHours * HOUR_MS, limit: BATCH };
    let total = 0;
    try {
      for (let pruned = BATCH; pruned === BATCH; total += pruned) pruned = await this.history.prune(request);
    } catch (error) {
      this.logger.warn({ err: error }, 'Old history could not be deleted; next try in an hour');
    }
    if (total > 0) this.logger.info({ entries: total }, 'Old history deleted');
  }
}

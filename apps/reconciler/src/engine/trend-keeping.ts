import { Cron, CronExpression } from '@nestjs/schedule';
import type { ReadinessTrend, TrendStep } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

const BATCH = 5_000;
/** Days that hours can be read of, and the present one. */
const HOURS_KEPT_DAYS = 8;

/** Counts numbers by state for the trend, and deletes what was kept for long enough. Every replica may do it at once. */
export class TrendKeeping {
  constructor(
    private readonly trend: Pick<ReadinessTrend, 'count' | 'prune'>,
    private readonly settings: { readonly freshForMs: number; readonly retentionDays: number },
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES, { waitForCompletion: true })
  async count(): Promise<void> {
    try {
      await this.trend.count(this.settings);
    } catch (error) {
      this.logger.warn({ err: error }, 'Numbers could not be counted for the trend; next try in ten minutes');
    }
  }

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async prune(): Promise<void> {
    await this.pruneStep('hour', HOURS_KEPT_DAYS);
    await this.pruneStep('day', this.settings.retentionDays);
  }

  private pruneStep(step: TrendStep, olderThanDays: number): Promise<void> {
    return deleteInBatches({
      some: (limit) => this.trend.prune({ step, olderThanDays, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'counts',
      done: 'Old counts of the trend deleted',
      failed: 'Old counts of the trend could not be deleted; next try in an hour',
    });
  }
}

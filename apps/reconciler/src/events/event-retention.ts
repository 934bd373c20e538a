import { Cron, CronExpression } from '@nestjs/schedule';
import { relayCursors, type EventLog } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import type { Logger } from '@dialtone/platform';

const BATCH = 5_000;
const HOUR_MS = 3_600_000;

/**
 * Deletes events that their topic has had for long enough. Every replica may do it at once: they skip each other's rows. Without a
 * broker nothing is ever delivered, and so nothing is deleted.
 */
export class EventRetention {
  constructor(
    private readonly events: Pick<EventLog, 'prune'>,
    private readonly retentionHours: number,
    private readonly logger: Logger,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async prune(): Promise<void> {
    const request = { cursorOf: relayCursors(RELAY_CURSOR), olderThanMs: this.retentionHours * HOUR_MS, limit: BATCH };
    let total = 0;
    try {
      for (let pruned = BATCH; pruned === BATCH; total += pruned) pruned = await this.events.prune(request);
    } catch (error) {
      this.logger.warn({ err: error }, 'Old events could not be deleted; next try in an hour');
    }
    if (total > 0) this.logger.info({ events: total }, 'Old events deleted');
  }
}

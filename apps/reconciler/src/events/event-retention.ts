import { Cron, CronExpression } from '@nestjs/schedule';
import { relayCursors, type EventLog } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

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
    const terms = { cursorOf: relayCursors(RELAY_CURSOR), olderThanMs: this.retentionHours * HOUR_MS };
    await deleteInBatches({
      some: (limit) => this.events.prune({ ...terms, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'events',
      done: 'Old events deleted',
      failed: 'Old events could not be deleted; next try in an hour',
    });
  }
}

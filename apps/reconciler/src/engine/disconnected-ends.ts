import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import type { ConnectionStore } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';

const BATCH = 500;

/**
 * Ends what the request that disconnected a large connection has left: numbers, verdicts and bindings, batch by batch. Every
 * replica may do it at once; a process that stops in between loses at most one batch, which another one does.
 */
export class DisconnectedEnds implements BeforeApplicationShutdown {
  private isStopped = false;
  private readonly tell: ReturnType<typeof onceAMinute>;

  constructor(
    private readonly connections: Pick<ConnectionStore, 'endDisconnected'>,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.tell = onceAMinute(logger.warn.bind(logger), Date.now);
  }

  @Cron(CronExpression.EVERY_5_SECONDS, { waitForCompletion: true })
  async end(): Promise<void> {
    let total = 0;
    try {
      for (let ended: number | null = 0; ended !== null && !this.isStopped; total += ended ?? 0) {
        ended = await this.connections.endDisconnected(BATCH);
      }
    } catch (error) {
      this.tell({ err: error }, 'Disconnected connections could not be ended; next try in 5 seconds');
    }
    if (total > 0) this.logger.info({ numbers: total }, 'Numbers of disconnected connections ended');
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }
}

import { Cron, CronExpression } from '@nestjs/schedule';
import type { ConnectionStore } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches } from '../delete-in-batches';

const BATCH = 500;
const HOUR_MS = 3_600_000;

/**
 * Destroys the credentials of connections that were disconnected long enough ago: a disconnected connection stays so, and what
 * nothing uses any more must not be there to leak. Every replica may do it at once: they skip each other's rows.
 */
export class CredentialsRetention {
  constructor(
    private readonly connections: Pick<ConnectionStore, 'forgetCredentials'>,
    private readonly retentionHours: number,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async forget(): Promise<void> {
    const olderThanMs = this.retentionHours * HOUR_MS;
    await deleteInBatches({
      some: (limit) => this.connections.forgetCredentials({ olderThanMs, limit }),
      limit: BATCH,
      logger: this.logger,
      counted: 'connections',
      done: 'Credentials of disconnected connections destroyed',
      failed: 'Credentials of disconnected connections could not be destroyed; next try in an hour',
    });
  }
}

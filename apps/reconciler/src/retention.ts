import { Cron, CronExpression } from '@nestjs/schedule';
import type { Logger } from '@dialtone/platform';
import { deleteInBatches, type BatchedDeletion } from './delete-in-batches';

const HOUR_MS = 3_600_000;

export interface RetentionTerms extends Pick<BatchedDeletion, 'limit' | 'counted' | 'done' | 'failed'> {
  /** So long it is kept. */
  readonly hours: number;
  /** Deletes so many at most of what is older, and says how many. Replicas skip each other's rows. */
  readonly forget: (asked: { readonly olderThanMs: number; readonly limit: number }) => Promise<number>;
}

/** Deletes once an hour what was kept for long enough. Every replica may do it at once. */
export abstract class Retention {
  constructor(
    private readonly terms: RetentionTerms,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  @Cron(CronExpression.EVERY_HOUR, { waitForCompletion: true })
  async forget(): Promise<void> {
    const { hours, forget, ...told } = this.terms;
    const olderThanMs = hours * HOUR_MS;
    await deleteInBatches({ ...told, some: (limit) => forget({ olderThanMs, limit }), logger: this.logger });
  }
}

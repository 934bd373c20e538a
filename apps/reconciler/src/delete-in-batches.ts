import type { Logger } from '@dialtone/platform';

export interface BatchedDeletion {
  /** Deletes so many at most, and says how many it deleted: fewer when nothing more is old enough. */
  readonly some: (limit: number) => Promise<number>;
  readonly limit: number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** What the log calls the count. */
  readonly counted: string;
  readonly done: string;
  readonly failed: string;
}

/** Deletes batch by batch until one is not full, and logs how many. Never throws: what fails is logged, and tried again later. */
export const deleteInBatches = async ({ some, limit, logger, ...told }: BatchedDeletion): Promise<void> => {
  let total = 0;
  try {
    for (let deleted = limit; deleted === limit; total += deleted) deleted = await some(limit);
  } catch (error) {
    logger.warn({ err: error }, told.failed);
  }
  if (total > 0) logger.info({ [told.counted]: total }, told.done);
};

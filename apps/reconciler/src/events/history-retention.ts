import type { History } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { Retention } from '../retention';

/** Deletes entries of the history that were kept for long enough. The journal of writes stays. */
export class HistoryRetention extends Retention {
  constructor(history: Pick<History, 'prune'>, hours: number, logger: Pick<Logger, 'info' | 'warn'>) {
    super(
      {
        hours,
        forget: (asked) => history.prune(asked),
        limit: 5_000,
        counted: 'entries',
        done: 'Old history deleted',
        failed: 'Old history could not be deleted; next try in an hour',
      },
      logger,
    );
  }
}

import type { CallWatches } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { Retention } from '../retention';

/** Deletes calls that are over or given up and began long enough ago. */
export class CallRetention extends Retention {
  constructor(calls: Pick<CallWatches, 'forget'>, hours: number, logger: Pick<Logger, 'info' | 'warn'>) {
    super(
      {
        hours,
        forget: (asked) => calls.forget(asked),
        limit: 1_000,
        counted: 'calls',
        done: 'Old calls deleted',
        failed: 'Old calls could not be deleted; next try in an hour',
      },
      logger,
    );
  }
}

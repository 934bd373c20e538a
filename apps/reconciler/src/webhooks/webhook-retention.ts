import type { WebhookStore } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { Retention } from '../retention';

/** Deletes attempts from the delivery logs of webhooks when they are old enough. */
export class WebhookRetention extends Retention {
  constructor(webhooks: Pick<WebhookStore, 'forget'>, hours: number, logger: Pick<Logger, 'info' | 'warn'>) {
    super(
      {
        hours,
        forget: (asked) => webhooks.forget(asked),
        limit: 5_000,
        counted: 'attempts',
        done: 'Old attempts at webhooks deleted',
        failed: 'Old attempts at webhooks could not be deleted; next try in an hour',
      },
      logger,
    );
  }
}

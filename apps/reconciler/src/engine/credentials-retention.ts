import type { ConnectionStore } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { Retention } from '../retention';

/**
 * Destroys the credentials of connections that were disconnected long enough ago: a disconnected connection stays so, and what
 * nothing uses any more must not be there to leak.
 */
export class CredentialsRetention extends Retention {
  constructor(
    connections: Pick<ConnectionStore, 'forgetCredentials'>,
    hours: number,
    logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    super(
      {
        hours,
        forget: (asked) => connections.forgetCredentials(asked),
        limit: 500,
        counted: 'connections',
        done: 'Credentials of disconnected connections destroyed',
        failed: 'Credentials of disconnected connections could not be destroyed; next try in an hour',
      },
      logger,
    );
  }
}

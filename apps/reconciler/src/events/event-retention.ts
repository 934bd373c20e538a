import { relayCursors, type EventLog } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import type { Logger } from '@dialtone/platform';
import { Retention } from '../retention';

/** Deletes events that their topic has had for long enough. Without a broker nothing is ever delivered, and so nothing is deleted. */
export class EventRetention extends Retention {
  constructor(events: Pick<EventLog, 'prune'>, hours: number, logger: Pick<Logger, 'info' | 'warn'>) {
    super(
      {
        hours,
        forget: (asked) => events.prune({ ...asked, cursorOf: relayCursors(RELAY_CURSOR) }),
        limit: 5_000,
        counted: 'events',
        done: 'Old events deleted',
        failed: 'Old events could not be deleted; next try in an hour',
      },
      logger,
    );
  }
}

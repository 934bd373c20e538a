import type { EventWatch, WatchedEvent, WatchedPage } from '@dialtone/engine';
import type { StoredEvent } from '@dialtone/contracts';
import type { InMemoryEventLog } from './in-memory-event-log';

/** The log as those see it who follow it; what is declared is asked of `declaredOf`. */
export class InMemoryEventWatch implements EventWatch {
  constructor(
    private readonly log: InMemoryEventLog,
    private readonly declaredOf: (event: StoredEvent) => WatchedEvent['declared'],
  ) {}

  async read({ partnerId, after, limit }: Parameters<EventWatch['read']>[0]): Promise<WatchedPage> {
    const end = await this.log.lastPosition();
    const events = (await this.log.read(after, Number(end)))
      .map((event) => ({ ...event, partner_id: event.data.partner_id, declared: this.declaredOf(event) }))
      .filter((event) => partnerId === undefined || event.partner_id === partnerId)
      .slice(0, limit);
    const last = events.at(-1)?.position;
    return {
      events,
      until: events.length < limit || last === undefined ? end : last,
      end,
      prunedTo: this.log.prunedTo,
    };
  }
}

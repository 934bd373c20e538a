import { Inject, Injectable } from '@nestjs/common';
import { EVENT_TYPES, toCloudEvent, type CloudEvent } from '@dialtone/contracts';
import { matcherOf, type EventFilter, type EventWatch, type WatchedEvent, type WatchedPage } from '@dialtone/engine';
import type { Principal } from '@dialtone/persistence';
import { ApiError } from '../http/errors/api-error';
import { agentSelector } from '../http/input/agent-selection';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { labelSelector } from '../http/input/label-selection';
import { EVENT_WATCH } from '../outside/tokens';
import { cursorExpired, isComplete, positionOf } from './event-cursor';
import { NumberSnapshot, type NumberPages } from './number-snapshot';
import { digitsIn, typesIn, type EventFilterQuery, type EventsQuery } from './event-query.dto';

/** Events that are read at once. */
const READ_AT_ONCE = 500;
/** Instead of a cursor: the end of the log, for those who list first. */
export const LATEST = 'latest';
/** Of one request, whether they match or not. */
const MAX_READ = 5_000;

export interface EventPage {
  readonly events: readonly WatchedEvent[];
  readonly until: bigint;
  readonly hasMore: boolean;
}

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES);

/** What a newer process logged during a roll-out, another process can deliver. */
export const asCloudEvent = (event: WatchedEvent): CloudEvent => {
  if (KNOWN.has(event.type)) return toCloudEvent(event);
  throw new ApiError('SERVICE_UNAVAILABLE', 'A newer version has logged what this one does not know: try again.', {
    retryAfterMs: 1_000,
  });
};

/** Reads one partner's part of the log. */
@Injectable()
export class EventsService {
  constructor(
    @Inject(EVENT_WATCH) private readonly watch: EventWatch,
    private readonly connections: ConnectionSelection,
    private readonly numbers: NumberSnapshot,
  ) {}

  /** A named connection must exist: silence for a mistyped one would look like "nothing happens". */
  async filterOf({ partnerId }: Principal, query: EventFilterQuery): Promise<EventFilter> {
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const types = query.type === undefined ? null : typesIn(query.type);
    return {
      ...(types !== null && { types }),
      ...(connectionId !== null && { connectionId }),
      ...agentSelector(query),
      ...labelSelector(query),
      ...(query.number !== undefined && { number: digitsIn(query.number) }),
    };
  }

  /** Without a cursor from the oldest event on that is kept. Throws CURSOR_EXPIRED, InvalidCursorError. */
  async list(principal: Principal, query: EventsQuery): Promise<EventPage> {
    const filter = await this.filterOf(principal, query);
    const after = await this.startOf(query.cursor);
    const first = await this.read(principal, after);
    if (!isComplete(after, first)) throw cursorExpired();
    return this.matching(principal, first, { filter, limit: query.limit });
  }

  /** The position of a cursor; without one, before the oldest event that is kept. Throws InvalidCursorError. */
  async startOf(cursor: string | undefined): Promise<bigint> {
    if (cursor !== undefined && cursor !== LATEST) return positionOf(cursor);
    const { end, prunedTo } = await this.watch.read({ after: 0n, limit: 0 });
    return cursor === LATEST ? end : prunedTo;
  }

  /** The numbers that the filters select, as they are when they are read. */
  present(principal: Principal, query: EventFilterQuery): NumberPages {
    return this.numbers.pages(principal, query);
  }

  private read({ partnerId }: Pick<Principal, 'partnerId'>, after: bigint): Promise<WatchedPage> {
    return this.watch.read({ partnerId, after, limit: READ_AT_ONCE });
  }

  private async matching(
    principal: Principal,
    first: WatchedPage,
    { filter, limit }: { readonly filter: EventFilter; readonly limit: number },
  ): Promise<EventPage> {
    const isMeant = matcherOf(filter);
    let page = first;
    let found = page.events.filter(isMeant);
    for (
      let looked = READ_AT_ONCE;
      isUnfinished(page, found.length < limit && looked < MAX_READ);
      looked += READ_AT_ONCE
    ) {
      const next = await this.read(principal, page.until);
      // Deleted meanwhile: what was found before is complete, and the next request is told.
      if (!isComplete(page.until, next)) break;
      page = next;
      found = [...found, ...page.events.filter(isMeant)];
    }
    const events = found.slice(0, limit);
    const until = found.length > limit ? (events.at(-1)?.position ?? page.until) : page.until;
    return { events, until, hasMore: until < page.end };
  }
}

const isUnfinished = ({ until, end }: WatchedPage, isWanted: boolean): boolean => isWanted && until < end;

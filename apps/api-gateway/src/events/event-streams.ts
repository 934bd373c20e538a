import { Inject, Injectable } from '@nestjs/common';
import { matcherOf, type Clock, type EventWatch, type WatchedPage } from '@dialtone/engine';
import { onBehalfOf } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { invalidInput, type ApiError } from '../http/errors/api-error';
import { Admission } from '../http/access/admission';
import type { Call } from '../http/call';
import { refusalOf } from '../http/errors/error.filter';
import type { LongAnswer } from '../http/server/long-answer';
import { StreamRoom } from '../http/stream-room';
import { CLOCK, EVENT_WATCH, LOGGER } from '../outside/tokens';
import { cursorExpired, isComplete } from './event-cursor';
import { EventFeed } from './event-feed';
import { errorMessage } from './event-messages';
import { EventStream, STEP } from './event-stream';
import type { EventStreamQuery } from './event-query.dto';
import { EventsService, LATEST } from './events.service';

const MS_PER_SECOND = 1_000;

/** Opens streams: what is wrong with a request is answered before its stream begins. */
@Injectable()
export class EventStreams {
  @Inject(EVENT_WATCH) private readonly watch!: EventWatch;
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly logger!: Logger;

  constructor(
    private readonly feed: EventFeed,
    private readonly events: EventsService,
    private readonly room: StreamRoom,
    private readonly admission: Admission,
  ) {}

  /** After `lastId`, or from the cursor or the snapshot of the query on. Throws CURSOR_EXPIRED, CONNECTION_NOT_FOUND, InvalidCursorError, and RATE_LIMITED without room. */
  async open(
    { principal, request }: Pick<Call, 'principal' | 'request'>,
    query: EventStreamQuery,
    lastId: string | undefined,
  ): Promise<LongAnswer> {
    const { partnerId } = principal;
    const hasSnapshot = query.snapshot && lastId === undefined;
    if (hasSnapshot && query.cursor !== undefined) throw twoBeginnings();
    const { signal } = this.room.enter(principal, request);
    const endsAt = this.clock.now() + query.timeout_seconds * MS_PER_SECOND;
    const isMeant = matcherOf(await this.events.filterOf(principal, query));
    const after = await this.events.startOf(lastId ?? (hasSnapshot ? LATEST : query.cursor));
    /** The stream goes on outside of the request's own turn among those of its partner. */
    const read = (position: bigint): Promise<WatchedPage> =>
      onBehalfOf(partnerId, () => this.readAfter(position, partnerId));
    await read(after);
    request.leavePlace?.();
    const ofPartner: typeof isMeant = (event) => event.partner_id === partnerId && isMeant(event);
    const admits = (): Promise<void> => this.admission.stillAdmits(request, 'events:read');
    const snapshot = hasSnapshot ? this.events.present(principal, query) : null;
    const terms = { after, snapshot, isMeant: ofPartner, endsAt, signal, read, admits };
    return this.untilError(new EventStream(this.feed, this.clock, terms), request);
  }

  private async readAfter(after: bigint, partnerId: string): Promise<WatchedPage> {
    const page = await this.watch.read({ partnerId, after, limit: STEP });
    if (!isComplete(after, page)) throw cursorExpired();
    return page;
  }

  private async *untilError(stream: EventStream, request: Call['request']): AsyncGenerator<string> {
    const leave = this.feed.follow();
    try {
      yield* stream.messages();
    } catch (error) {
      const refusal = refusalOf(error, request, this.logger);
      request.refusedWith = refusal.code;
      yield errorMessage(refusal);
    } finally {
      leave();
    }
  }
}

const twoBeginnings = (): ApiError =>
  invalidInput('snapshot', 'snapshot=true begins at the present: leave cursor out, or snapshot.');

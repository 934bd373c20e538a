import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../http/access/policy';
import { CurrentCall, type Call } from '../http/call';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import type { SuccessEnvelope } from '../http/errors/envelope';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { cursorAt } from './event-cursor';
import { EventsQuery, EventStreamQuery } from './event-query.dto';
import { EventStreams } from './event-streams';
import { EventsPageDto } from './events.dto';
import { asCloudEvent, EventsService } from './events.service';

const EVENT_STREAM = 'text/event-stream';
const LAST_EVENT_ID = 'Last-Event-ID';

/** Browsers send an empty one when they have none. */
const lastIdOf = ({ request }: Call): string | undefined => {
  const id = request.headers[LAST_EVENT_ID.toLowerCase()];
  return typeof id === 'string' && id !== '' ? id : undefined;
};

/** What is told of a partner's connections and numbers. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/events')
export class EventsController {
  constructor(
    private readonly events: EventsService,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'Read events from a cursor on',
    description:
      'The events that Kafka has, in order and without a gap. Without `cursor` from the oldest one that is kept; `cursor=latest`: none yet, only where to read on. Filters by agent and label ask for the declaration as it is when the event is read; the end of a declaration passes every filter by label.',
  })
  @ApiSuccess(EventsPageDto, { description: 'What follows the cursor.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'CURSOR_EXPIRED')
  async list(
    @CurrentCall() { principal, reply }: Call,
    @Query() query: EventsQuery,
  ): Promise<SuccessEnvelope<EventsPageDto> | LongAnswer> {
    const { events, until, hasMore } = await this.events.list(principal, query);
    const rows = events.map(asCloudEvent);
    return pageAnswer(reply, {
      name: 'events',
      rows,
      map: (event) => event,
      rest: { next_cursor: cursorAt(until), has_more: hasMore },
    });
  }

  @Get('stream')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'streamEvents',
    summary: 'Follow events',
    description:
      'The same as `GET …/events`, as server-sent events: `id` is a cursor, `event` the type, `data` one CloudEvent. With `snapshot=true` messages `snapshot` come first, one compact row of `GET …/readiness` each. `bookmark` says how far the log was looked at, `error` why the stream ends.',
  })
  @ApiHeader({ name: LAST_EVENT_ID, required: false, description: 'Goes before `cursor`.', schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'Until it ends.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' }, example: 'id: WyI0MiJd' } },
  })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'CURSOR_EXPIRED')
  async stream(@CurrentCall() call: Call, @Query() query: EventStreamQuery): Promise<LongAnswer> {
    const answer = await this.streams.open(call, query, lastIdOf(call));
    call.reply.header('content-type', EVENT_STREAM);
    // nginx keeps answers back until they are long enough.
    call.reply.header('x-accel-buffering', 'no');
    return answer;
  }
}

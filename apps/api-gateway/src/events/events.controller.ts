import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../http/access/policy';
import { CurrentCall, type Call } from '../http/call';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import type { SuccessEnvelope } from '../http/errors/envelope';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { cursorAt } from './event-cursor';
import { EventsQuery } from './event-query.dto';
import { EventsPageDto } from './events.dto';
import { asCloudEvent, EventsService } from './events.service';

/** What is told of a partner's connections and numbers. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

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
}

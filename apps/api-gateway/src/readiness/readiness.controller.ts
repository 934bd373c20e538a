import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { RequireScope } from '../http/access/policy';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { COMPACT_ROWS } from './numbers/compact-example';
import { NumberListing } from './numbers/number-listing';
import { ReadinessQuery } from './numbers/number-query.dto';
import { toNumberRow } from './numbers/number-row.mapper';
import { DriftPageDto, ReadinessPageDto, VerdictQuery } from './readiness.dto';
import { toDriftRow, toReadinessRow } from './readiness.mapper';
import { ReadinessService } from './readiness.service';

/** Stored verdicts about all known numbers, declared or not. */
@ApiTags('readiness')
@ApiBearerAuth()
@Controller('/api/v2/voicelink')
export class ReadinessController {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly listing: NumberListing,
  ) {}

  @Get('readiness')
  @RequireScope('readiness:read')
  @ApiOperation({
    operationId: 'listReadiness',
    summary: 'List readiness',
    description:
      'One row per known number, from the last observation, with its age. Covers all connections unless `connection_id` is given; VoiceLink is not called.',
  })
  @ApiSuccess(ReadinessPageDto, {
    description: 'One page, ordered by number within a connection unless `sort` says otherwise.',
    example: { readiness: [], ...COMPACT_ROWS },
  })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async list(
    @CurrentCall() { principal, reply }: Call,
    @Query() query: ReadinessQuery,
  ): Promise<SuccessEnvelope<ReadinessPageDto> | LongAnswer> {
    const asked = await this.listing.page(principal, query);
    if (query.fields === 'compact') {
      const page = await this.listing.compact(asked);
      const rest = { readiness: [], ...(await this.listing.beside(asked, page)) };
      return pageAnswer(reply, { name: 'numbers', rows: page.items, map: toNumberRow, rest });
    }
    const page = await this.readiness.list(asked);
    const rest = await this.listing.beside(asked, page);
    return pageAnswer(reply, { name: 'readiness', rows: page.items, map: toReadinessRow, rest });
  }

  @Get('drift')
  @RequireScope('readiness:read')
  @ApiOperation({
    operationId: 'listDrift',
    summary: 'List open drifts',
    description: 'One row per number that is not as it should be, from the last observation, with its age.',
  })
  @ApiSuccess(DriftPageDto, { description: 'One page, ordered by number within a connection.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async drift(
    @CurrentCall() { principal }: Call,
    @Query() query: VerdictQuery,
  ): Promise<SuccessEnvelope<DriftPageDto>> {
    const page = await this.readiness.drifts(principal, query);
    const rows = page.items.map(toDriftRow).filter((row) => row !== null);
    return success({ drift: rows, next_cursor: page.nextCursor });
  }
}

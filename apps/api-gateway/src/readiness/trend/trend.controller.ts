import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCall, type Call } from '../../http/call';
import { RequireScope } from '../../http/access/policy';
import { ApiErrors, ApiSuccess } from '../../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { ofEveryState } from '../summary/summary.mapper';
import { TrendDto, TrendQuery } from './trend.dto';
import { TrendService } from './trend.service';

@ApiTags('readiness')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/readiness')
export class TrendController {
  constructor(private readonly trend: TrendService) {}

  @Get('trend')
  @RequireScope('readiness:read')
  @ApiOperation({
    operationId: 'showReadinessTrend',
    summary: 'Show how the counts went',
    description:
      'What the summary counted, by hour or day, of all connections unless `connection_id` is given. Numbers are counted every ten minutes; VoiceLink is not called.',
  })
  @ApiSuccess(TrendDto, { description: 'The counts.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async show(@CurrentCall() { principal }: Call, @Query() query: TrendQuery): Promise<SuccessEnvelope<TrendDto>> {
    const points = await this.trend.points(principal, query);
    return success({
      points: points.map(({ at, numbers, declared, stale, states }) => ({
        ...{ at: at.toISOString(), numbers, declared, stale, by_state: ofEveryState([states]) },
      })),
    });
  }
}

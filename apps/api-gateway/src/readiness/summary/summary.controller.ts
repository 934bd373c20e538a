import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCall, type Call } from '../../http/call';
import { RequireScope } from '../../http/access/policy';
import { ApiErrors, ApiSuccess } from '../../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { SummaryDto, SummaryQuery } from './summary.dto';
import { toSummary } from './summary.mapper';
import { SummaryService } from './summary.service';

@ApiTags('readiness')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/readiness')
export class SummaryController {
  constructor(private readonly summaries: SummaryService) {}

  @Get('summary')
  @RequireScope('readiness:read')
  @ApiOperation({
    operationId: 'summarizeReadiness',
    summary: 'Count the numbers by readiness',
    description:
      'Counts what the list of readiness shows, by state, issue, connection and label. An answer is given again for a second, or for ten times as long as it took to count; VoiceLink is not called.',
  })
  @ApiSuccess(SummaryDto, { description: 'The counts, all of one moment.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async summary(
    @CurrentCall() { principal }: Call,
    @Query() query: SummaryQuery,
  ): Promise<SuccessEnvelope<SummaryDto>> {
    return success(toSummary(await this.summaries.summary(principal, query)));
  }
}

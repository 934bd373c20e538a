import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../http/access/policy';
import { CurrentCall, type Call } from '../../http/call';
import { ApiBodyExamples, ApiErrors, ApiSuccess } from '../../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { Idempotent } from '../../http/idempotency/idempotent';
import { BatchService } from './batch.service';
import { BulkDeleteService } from './bulk-delete.service';
import { BATCH_EXAMPLES, BatchBody, BulkAnswerDto, BulkDeleteBody, DELETE_EXAMPLES } from './bulk.dto';

/** The router reads `::` as a colon. Its paths are those of a controller: a method's would begin with a slash. */
const BINDINGS = '/api/v2/voicelink/bindings::';

@ApiTags('bindings')
@ApiBearerAuth()
@Controller(`${BINDINGS}batch`)
export class BatchController {
  constructor(private readonly batch: BatchService) {}

  @Post()
  @Idempotent()
  @HttpCode(200)
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'declareBindings',
    summary: 'Declare many bindings',
    description:
      'Up to a thousand declarations, each with a result of its own: what a PUT of its number would answer. They are stored a hundred at a time, and the reconciler begins with the first while the last are stored; with `atomic` all at once, or none; with `plan` all at once. Counts each item towards the declarations of the minute.',
  })
  @ApiBodyExamples(BatchBody, BATCH_EXAMPLES)
  @ApiSuccess(BulkAnswerDto, { description: 'What became of each.' })
  @ApiErrors('VALIDATION_ERROR', 'PRUNE_LIMIT_EXCEEDED', 'PLAN_STALE', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async declare(@CurrentCall() { principal }: Call, @Body() body: unknown): Promise<SuccessEnvelope<BulkAnswerDto>> {
    return success(await this.batch.declare(principal, body));
  }
}

@ApiTags('bindings')
@ApiBearerAuth()
@Controller(`${BINDINGS}delete`)
export class BulkDeleteController {
  constructor(private readonly deletion: BulkDeleteService) {}

  @Post()
  @Idempotent()
  @HttpCode(200)
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'deleteBindings',
    summary: 'Delete many bindings',
    description:
      'Withdraws up to a thousand declarations, named by their numbers or selected by labels, each with a result of its own. What each declares as `release`, or `release` here, is done before it ends; unless that says otherwise nothing is undone.',
  })
  @ApiBodyExamples(BulkDeleteBody, DELETE_EXAMPLES)
  @ApiSuccess(BulkAnswerDto, { description: 'What became of each.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async withdraw(@CurrentCall() { principal }: Call, @Body() body: unknown): Promise<SuccessEnvelope<BulkAnswerDto>> {
    return success(await this.deletion.withdraw(principal, body));
  }
}

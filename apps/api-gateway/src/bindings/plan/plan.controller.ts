import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../http/access/policy';
import { CurrentCall, type Call } from '../../http/call';
import { ApiBodyExamples, ApiErrors, ApiSuccess } from '../../http/errors/api-docs';
import { JSON_TYPE } from '../../http/errors/envelope';
import { longAnswer, type LongAnswer } from '../../http/server/long-answer';
import { PLAN_EXAMPLES, BatchBody } from '../bulk/bulk.dto';
import { BATCH_PLAN, BatchPlanDto } from './batch-plan.dto';
import { toBatchPlan } from './batch-plan.mapper';
import { PlanService } from './plan.service';

/** The router reads `::` as a colon. */
@ApiTags('bindings')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/bindings::plan')
export class PlanController {
  constructor(private readonly plans: PlanService) {}

  @Post()
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'planBindings',
    summary: 'Plan many bindings',
    description:
      'Takes the body of `bindings:batch` and says what that batch, and the reconciler after it, would do now: what becomes of each declaration, and of what `prune` withdraws, its six steps with every field before and after, risk, calls to VoiceLink and the time they take at least. Planned from what was observed last; nothing changes. The `hash` lets a batch with the same items do only this: `plan` of `bindings:batch`; with `plan` here it is only compared. `atomic` and `dry_run` mean nothing here.',
  })
  @ApiBodyExamples(BatchBody, PLAN_EXAMPLES)
  @ApiSuccess(BatchPlanDto, { description: 'The plan.', example: BATCH_PLAN })
  @ApiErrors('VALIDATION_ERROR', 'PRUNE_LIMIT_EXCEEDED', 'PLAN_STALE', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async plan(@CurrentCall() { principal }: Call, @Body() body: unknown): Promise<LongAnswer> {
    return longAnswer<BatchPlanDto>(toBatchPlan(await this.plans.ofBatch(principal, body)));
  }
}

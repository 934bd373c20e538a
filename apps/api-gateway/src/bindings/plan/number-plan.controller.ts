import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DidKey } from '@dialtone/domain';
import { RequireScope } from '../../http/access/policy';
import { CurrentCall, type Call } from '../../http/call';
import { ApiErrors, ApiSuccess } from '../../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { ConnectionFilter } from '../../http/input/connection-selection';
import { DidKeyPipe } from '../../http/input/did-key.pipe';
import { BindingsService } from '../bindings.service';
import { KeyParam } from '../key-param';
import { PLAN, PlanDto } from './plan.dto';
import { toPlan } from './plan.mapper';
import { PlanService } from './plan.service';

/** The plan of one declaration. */
@ApiTags('bindings')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/bindings')
export class NumberPlanController {
  constructor(
    private readonly bindings: BindingsService,
    private readonly plans: PlanService,
  ) {}

  @Get(':key/plan')
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'planBinding',
    summary: 'Get the plan of a binding',
    description:
      'Returns the steps that the reconciler would take now, with every field before and after, risk, and calls to VoiceLink, planned from the last complete observation, with its age. VoiceLink is not called and nothing changes. Of a binding that is being released, the steps are those of its release. Before the first observation every step is blocked, the first one with the reason `observation_incomplete`.',
  })
  @KeyParam()
  @ApiSuccess(PlanDto, { description: 'The plan.', example: PLAN })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async plan(
    @CurrentCall() { principal }: Call,
    @Param('key', DidKeyPipe) key: DidKey,
    @Query() selection: ConnectionFilter,
  ): Promise<SuccessEnvelope<PlanDto>> {
    const view = await this.bindings.find({ principal, key, selection });
    return success(toPlan(view, await this.plans.ofNumber(view)));
  }
}

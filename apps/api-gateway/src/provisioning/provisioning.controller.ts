import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { JSON_TYPE, success, type SuccessEnvelope } from '../http/errors/envelope';
import { longAnswer, type LongAnswer } from '../http/server/long-answer';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { CallReadyDto, SyncDto } from './answers.dto';
import { toCallReady, toSync } from './provisioning.mapper';
import { CALL_READY_EXAMPLE } from './call-ready-example';
import { ProvisioningService } from './provisioning.service';
import { CallReadyBody, SyncBody } from './requests.dto';

/** Syncs a connection and makes numbers call-ready while the caller waits. */
@ApiTags('provisioning')
@ApiBearerAuth()
@Controller('/api/v2/voicelink')
export class ProvisioningController {
  constructor(private readonly provisioning: ProvisioningService) {}

  @Post('sync')
  @Idempotent()
  @HttpCode(200)
  @Header('content-type', JSON_TYPE)
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'syncVoiceLink',
    summary: 'Sync a connection',
    description:
      'Reads clients, DIDs, bots and call routing from VoiceLink, gives every purchased number a local row, and judges each number from what was just read. Deletes nothing, here or in VoiceLink. `warnings` names every list that could not be read as a whole; nothing is derived from what such a list lacks.',
  })
  @ApiBody({ type: SyncBody, required: false })
  @ApiSuccess(SyncDto, { description: 'VoiceLink sync and readiness result.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_AMBIGUOUS', 'CONNECTION_NOT_FOUND', 'RESOURCE_BUSY')
  @ApiErrors(
    'VOICELINK_UNAUTHORIZED',
    'VOICELINK_UNAVAILABLE',
    'VOICELINK_RATE_LIMITED',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
  )
  async sync(@CurrentCall() { principal }: Call, @Body() body: SyncBody): Promise<LongAnswer> {
    return longAnswer<SyncDto>(toSync(await this.provisioning.sync(principal, body)));
  }

  @Post('call-ready')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'makeCallReady',
    summary: 'Make a number call-ready',
    description:
      'Imports the purchased number, maps it when `client_id` is given and it is unmapped, ensures an active bot of its client and outbound routing to that bot, and assigns the agent. Keeps existing inbound routing. Buys, renews, re-maps and deletes nothing. The first step that fails ends the workflow: the answer then has `ready: false` and says what to do, and is not an error. Safe to repeat. A repeated Idempotency-Key returns the stored answer, even one that names a failed step: send a new key to try again.',
  })
  @ApiExtraModels(CallReadyBody)
  @ApiBody({
    schema: {
      allOf: [{ $ref: getSchemaPath(CallReadyBody) }],
      oneOf: [{ required: ['did_id'] }, { required: ['did_number'] }],
    },
  })
  @ApiSuccess(CallReadyDto, { description: 'Call-ready workflow result.', example: CALL_READY_EXAMPLE })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_AMBIGUOUS', 'CONNECTION_NOT_FOUND', 'AGENT_NOT_FOUND', 'RESOURCE_BUSY')
  @ApiErrors('VOICELINK_UNAUTHORIZED', 'VOICELINK_UNAVAILABLE', 'VOICELINK_RATE_LIMITED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async callReady(@CurrentCall() call: Call, @Body() body: CallReadyBody): Promise<SuccessEnvelope<CallReadyDto>> {
    return success(toCallReady(await this.provisioning.callReady(call, body)));
  }
}

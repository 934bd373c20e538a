import { Body, Controller, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallRow } from '@dialtone/persistence';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { StartCallBody, StartedCallDto } from './calls.dto';
import { CallsService } from './calls.service';

const toStartedCall = (call: CallRow): StartedCallDto => ({
  call_id: call.id,
  session_id: call.sessionId,
  status: call.status,
  provider: call.provider,
  connection_id: call.connectionId,
  from_number: call.fromNumber,
  to_number: call.toNumber,
  agent_id: call.agentId,
});

/** Outbound calls. */
@ApiTags('calls')
@ApiBearerAuth()
@Controller('/api/v2/calls')
export class CallsController {
  constructor(private readonly calls: CallsService) {}

  @Post('start')
  @Idempotent()
  @RequireScope('calls:write')
  @ApiOperation({
    operationId: 'startCall',
    summary: 'Start an outbound call',
    description:
      "Asks the carrier for one call, once, and answers with the pending call: what becomes of it is told by GET /api/v2/calls/{id} and by events. Where it is not known whether the carrier has queued the call, because it did not answer in time, the call is pending, too, and is not repeated. The caller id is the connection's default number with twilio, exotel and mcube; with all others an active number of the connection that is assigned to the agent, else the default number. A request cannot choose it. A call goes to the country of the caller id and to those that the operator allows; premium and satellite numbers are refused. Every request places a call: send an Idempotency-Key to repeat one safely. Routes below /api/v2/calls have their own request limit.",
  })
  @ApiSuccess(StartedCallDto, { status: 201, description: 'Queued.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_AMBIGUOUS', 'CONNECTION_NOT_FOUND', 'AGENT_NOT_FOUND', 'NO_CALLER_ID')
  @ApiErrors('PROVIDER_NOT_SUPPORTED', 'VOICELINK_VALIDATION', 'VOICELINK_NOT_FOUND', 'VOICELINK_RATE_LIMITED')
  @ApiErrors('VOICELINK_UNAUTHORIZED', 'VOICELINK_UNAVAILABLE', 'VOICELINK_TIMEOUT', 'VOICELINK_OUTCOME_UNKNOWN')
  @ApiErrors('CARRIER_REJECTED', 'CARRIER_UNAUTHORIZED', 'CARRIER_RATE_LIMITED', 'CARRIER_UNAVAILABLE')
  @ApiErrors('DESTINATION_NOT_ALLOWED', 'CALL_LIMIT_REACHED', 'LIMIT_REACHED')
  @ApiErrors('WRITES_DISABLED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async start(@CurrentCall() call: Call, @Body() body: StartCallBody): Promise<SuccessEnvelope<StartedCallDto>> {
    return success(toStartedCall(await this.calls.start(call, body)));
  }
}

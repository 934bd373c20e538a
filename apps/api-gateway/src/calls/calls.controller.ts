import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { CallIdPipe } from './call-id.pipe';
import { CallReading } from './call-reading';
import { CallDto, CallsListDto, CallsQuery } from './call-view.dto';
import { StartCallBody, StartedCallDto } from './calls.dto';
import { toCall, toStartedCall } from './calls.mapper';
import { CallsService } from './calls.service';

const IdParam = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Of a call.',
    schema: { type: 'string', format: 'uuid', example: 'c1234567-abcd-1234-abcd-123456789012' },
  });

/** Outbound calls. */
@ApiTags('calls')
@ApiBearerAuth()
@Controller('/api/v2/calls')
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly reading: CallReading,
  ) {}

  @Get()
  @RequireScope('calls:read')
  @ApiOperation({ operationId: 'listCalls', summary: 'List calls', description: 'Newest first.' })
  @ApiSuccess(CallsListDto, {
    description: 'One page, with the total.',
    example: { calls: [], total: 0, limit: 10, offset: 0 },
  })
  @ApiErrors('VALIDATION_ERROR')
  async list(@CurrentCall() { principal }: Call, @Query() query: CallsQuery): Promise<SuccessEnvelope<CallsListDto>> {
    const { items, total } = await this.reading.page(principal, query);
    return success({ calls: items.map(toCall), total, limit: query.limit, offset: query.offset });
  }

  @Get(':id')
  @RequireScope('calls:read')
  @ApiOperation({
    operationId: 'getCall',
    summary: 'Get a call',
    description: 'How it is known to stand. Carriers tell late and in any order; a status never goes back.',
  })
  @IdParam()
  @ApiSuccess(CallDto, { description: 'The call.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async get(
    @CurrentCall() { principal }: Call,
    @Param('id', CallIdPipe) id: string,
  ): Promise<SuccessEnvelope<CallDto>> {
    return success(toCall(await this.reading.find(principal, id)));
  }

  @Post(':id/end')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('calls:write')
  @ApiOperation({
    operationId: 'endCall',
    summary: 'End a call',
    description:
      'Tells the carrier to end it; when it has, the status says so. A call that is over stays as it is. Not possible with voicelink and exotel.',
  })
  @IdParam()
  @ApiSuccess(CallDto, { description: 'The call as it is known to stand.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'PROVIDER_NOT_SUPPORTED', 'RESOURCE_BUSY', 'CARRIER_REJECTED')
  @ApiErrors('CARRIER_UNAUTHORIZED', 'CARRIER_RATE_LIMITED', 'CARRIER_UNAVAILABLE')
  async end(@CurrentCall() call: Call, @Param('id', CallIdPipe) id: string): Promise<SuccessEnvelope<CallDto>> {
    return success(toCall(await this.reading.end(call, id)));
  }

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

import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiExtraModels, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { ObservedTargets } from '@dialtone/persistence';
import { CurrentCall, type Call } from '../../http/call';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { Idempotent } from '../../http/idempotency/idempotent';
import { RequireScope } from '../../http/access/policy';
import { GATEWAY_SETTINGS, OBSERVED_TARGETS, type GatewaySettings } from '../../outside/tokens';
import { PassedOnAnswer, PassedOnList, UpstreamIdParam } from '../api-docs';
import { PassThrough } from '../pass-through';
import type { UpstreamBody } from '../upstream-body';
import { ROUTING_ROW } from '../upstream-rows';
import { UpstreamIdPipe, type UpstreamId } from '../upstream-id.pipe';
import { planCreateRouting, planUpdateRouting, type RoutingKnowledge } from './routing-writes';
import { CreateRoutingBody, RoutingQuery, UpdateRoutingBody } from './routing.dto';

/** The common case: outbound calls come from the bot, inbound calls stay as they are. */
const OUTBOUND_BOT = { for_inbound_call: 1, for_outbound_call: 3, outbound_websocket_bot_id: 93, status: 1 };

/** Where the calls of a number go; one record per number, for both directions. */
@ApiTags('voicelink')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/call-routing')
export class RoutingController {
  private readonly knowledge: RoutingKnowledge;

  constructor(
    private readonly voicelink: PassThrough,
    @Inject(OBSERVED_TARGETS) targets: ObservedTargets,
    @Inject(GATEWAY_SETTINGS) { countryCode }: GatewaySettings,
  ) {
    this.knowledge = { targets, countryCode };
  }

  @Get()
  @RequireScope('voicelink:read')
  @ApiOperation({
    operationId: 'listVoiceLinkCallRouting',
    summary: 'List call routing',
    description: 'One record per DID, as VoiceLink lists them.',
  })
  @PassedOnList('The routing records.', ROUTING_ROW, {
    id: 120,
    did_id: 812,
    did_number: 918011223344,
    for_inbound_call: 1,
    for_outbound_call: 3,
    outbound_websocket_bot_id: 93,
    status: 1,
  })
  async list(@CurrentCall() call: Call, @Query() query: RoutingQuery): Promise<SuccessEnvelope<UpstreamBody>> {
    const { search, client_id, per_page, page } = query;
    return success(
      await this.voicelink.list(call, query, {
        path: '/v1/call-routing/list',
        query: { search, client_id, per_page, page },
      }),
    );
  }

  @Post()
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'createVoiceLinkCallRouting',
    summary: 'Create call routing for a DID',
    description: 'A DID has one record: VoiceLink refuses a second one.',
  })
  @ApiExtraModels(CreateRoutingBody)
  @ApiBody({
    schema: {
      allOf: [{ $ref: getSchemaPath(CreateRoutingBody) }],
      oneOf: [{ required: ['did_id'] }, { required: ['did_number'] }],
    },
    examples: { outbound: { value: { did_id: 812, ...OUTBOUND_BOT } } },
  })
  @PassedOnAnswer('VoiceLink call routing created.', 201, { id: 120 })
  async create(@CurrentCall() call: Call, @Body() body: CreateRoutingBody): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(await this.voicelink.write(call, body, (opened) => planCreateRouting(this.knowledge, opened, body)));
  }

  @Post(':routing_id')
  @HttpCode(200)
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'updateVoiceLinkCallRouting',
    summary: 'Replace call routing',
    description:
      'VoiceLink replaces the record: both modes and the status are required, and an omitted handler is lost. Resend the current inbound values even if only outbound changes. Fields that this API does not model stay as they are.',
  })
  @UpstreamIdParam('routing_id', 120)
  @ApiBody({ type: UpdateRoutingBody, examples: { outbound: { value: OUTBOUND_BOT } } })
  @PassedOnAnswer('VoiceLink call routing updated.', 200, { id: 120 })
  async update(
    @CurrentCall() call: Call,
    @Param('routing_id', new UpstreamIdPipe('routing_id')) routingId: UpstreamId,
    @Body() body: UpdateRoutingBody,
  ): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(
      await this.voicelink.write(call, body, (opened) =>
        planUpdateRouting(this.knowledge, opened, { routingId, given: body }),
      ),
    );
  }
}

import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCall, type Call } from '../../http/call';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { Idempotent } from '../../http/idempotency/idempotent';
import { RequireScope } from '../../http/access/policy';
import { GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { PassedOnAnswer, PassedOnList, UpstreamIdParam } from '../api-docs';
import { PassThrough } from '../pass-through';
import type { UpstreamBody } from '../upstream-body';
import { BOT_ROW } from '../upstream-rows';
import { UpstreamIdPipe, type UpstreamId } from '../upstream-id.pipe';
import { planCreateBot, planUpdateBot } from './bot-writes';
import { BotsQuery, CreateBotBody, UpdateBotBody } from './bots.dto';

/** WebSocket bots: they connect the calls of a client to Vocobase. */
@ApiTags('voicelink')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/bots')
export class BotsController {
  constructor(
    private readonly voicelink: PassThrough,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Get()
  @RequireScope('voicelink:read')
  @ApiOperation({
    operationId: 'listVoiceLinkBots',
    summary: 'List WebSocket bots',
    description: 'As VoiceLink lists and pages them.',
  })
  @PassedOnList('The bots.', BOT_ROW, {
    id: 93,
    bot_name: 'Vocobase +918011223344',
    client_id: 415,
    websocket_url: 'wss://api.pipecat.daily.co/ws/twilio',
    status: 1,
  })
  async list(@CurrentCall() call: Call, @Query() query: BotsQuery): Promise<SuccessEnvelope<UpstreamBody>> {
    const { search, status, reseller_id, client_id, per_page, page } = query;
    return success(
      await this.voicelink.list(call, query, {
        path: '/v1/websocket-bot/list',
        query: { search, status, reseller_id, client_id, per_page, page },
      }),
    );
  }

  @Post()
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'createVoiceLinkBot',
    summary: 'Create a WebSocket bot',
    description: 'Every request creates another bot: send an Idempotency-Key to repeat one safely.',
  })
  @PassedOnAnswer('VoiceLink bot created.', 201, { id: 93 })
  async create(@CurrentCall() call: Call, @Body() body: CreateBotBody): Promise<SuccessEnvelope<UpstreamBody>> {
    const { defaultWebsocketUrl } = this.settings;
    return success(
      await this.voicelink.write(call, body, (opened) => planCreateBot(opened, body, defaultWebsocketUrl)),
    );
  }

  @Post(':bot_id')
  @HttpCode(200)
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'updateVoiceLinkBot',
    summary: 'Replace a WebSocket bot',
    description:
      'VoiceLink replaces the record: name, URL and status are required, and an omitted webhook_url is removed. The bot stays with its client.',
  })
  @UpstreamIdParam('bot_id', 93)
  @PassedOnAnswer('VoiceLink bot updated.', 200, { id: 93 })
  async update(
    @CurrentCall() call: Call,
    @Param('bot_id', new UpstreamIdPipe('bot_id')) botId: UpstreamId,
    @Body() body: UpdateBotBody,
  ): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(await this.voicelink.write(call, body, (opened) => planUpdateBot(opened, botId, body)));
  }
}

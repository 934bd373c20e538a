import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCall, type Call } from '../../http/call';
import { success, type SuccessEnvelope } from '../../http/errors/envelope';
import { Idempotent } from '../../http/idempotency/idempotent';
import { RequireScope } from '../../http/access/policy';
import { PassedOnAnswer, PassedOnList, UpstreamIdParam } from '../api-docs';
import { PassThrough } from '../pass-through';
import type { UpstreamBody } from '../upstream-body';
import { CLIENT_ROW } from '../upstream-rows';
import { UpstreamIdPipe, type UpstreamId } from '../upstream-id.pipe';
import { planCreateClient, planUpdateClient } from './client-writes';
import { ClientsQuery, CreateClientBody, UpdateClientBody } from './clients.dto';

/** VoiceLink's sub-accounts: numbers are mapped to them. */
@ApiTags('voicelink')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/clients')
export class ClientsController {
  constructor(private readonly voicelink: PassThrough) {}

  @Get()
  @RequireScope('voicelink:read')
  @ApiOperation({
    operationId: 'listVoiceLinkClients',
    summary: 'List VoiceLink clients',
    description: 'As VoiceLink lists and pages them.',
  })
  @PassedOnList('The clients.', CLIENT_ROW, {
    id: 415,
    first_name: 'Asha',
    last_name: 'Rao',
    username: 'asha.rao',
    email: 'asha.rao@example.com',
    status: 1,
    channel_count: 5,
  })
  async list(@CurrentCall() call: Call, @Query() query: ClientsQuery): Promise<SuccessEnvelope<UpstreamBody>> {
    const { search, status, per_page, page } = query;
    return success(
      await this.voicelink.list(call, query, {
        path: '/v1/reseller/clients',
        query: { search, status, per_page, page },
      }),
    );
  }

  @Post()
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'createVoiceLinkClient',
    summary: 'Create a VoiceLink client',
    description: 'Numbers can only be mapped to a client that exists.',
  })
  @PassedOnAnswer('VoiceLink client created.', 201, { client_id: 415 })
  async create(@CurrentCall() call: Call, @Body() body: CreateClientBody): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(await this.voicelink.write(call, body, (opened) => planCreateClient(opened, body)));
  }

  @Post(':client_id')
  @HttpCode(200)
  @Idempotent()
  @RequireScope('voicelink:write')
  @ApiOperation({
    operationId: 'updateVoiceLinkClient',
    summary: 'Update a VoiceLink client',
    description: 'Changes only the fields that are sent.',
  })
  @UpstreamIdParam('client_id', 415)
  @PassedOnAnswer('VoiceLink client updated.', 200, { client_id: 415 })
  async update(
    @CurrentCall() call: Call,
    @Param('client_id', new UpstreamIdPipe('client_id')) clientId: UpstreamId,
    @Body() body: UpdateClientBody,
  ): Promise<SuccessEnvelope<UpstreamBody>> {
    return success(await this.voicelink.write(call, body, (opened) => planUpdateClient(opened, clientId, body)));
  }
}

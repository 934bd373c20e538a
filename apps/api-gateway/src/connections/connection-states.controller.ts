import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ConnectionStates } from '@dialtone/persistence';
import { credentialOf } from '@dialtone/voicelink';
import { CurrentCall, type Call } from '../http/call';
import { RequireScope } from '../http/access/policy';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { CONNECTION_STATES, GATEWAY_SETTINGS, type GatewaySettings } from '../outside/tokens';
import { ConnectionsQuery } from '../telephony/telephony.dto';
import { ConnectionStatesPageDto } from './connection-state.dto';
import { toConnectionState } from './connection-state.mapper';

/** How the connections are, without the numbers that the documented list embeds. */
@ApiTags('connections')
@ApiBearerAuth()
@Controller('/api/v2/telephony/connection-states')
export class ConnectionStatesController {
  constructor(
    @Inject(CONNECTION_STATES) private readonly states: ConnectionStates,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Get()
  @RequireScope('connections:read')
  @ApiOperation({
    operationId: 'listConnectionStates',
    summary: 'List how connections are',
    description:
      'The same connections as the list of connections, without their numbers, and with what the last sweep found, what holds writes back and what is left of the budget. VoiceLink is not called.',
  })
  @ApiSuccess(ConnectionStatesPageDto, { description: 'One page, oldest first.' })
  @ApiErrors('VALIDATION_ERROR')
  async list(
    @CurrentCall() { principal }: Call,
    @Query() { provider, status, limit, cursor }: ConnectionsQuery,
  ): Promise<SuccessEnvelope<ConnectionStatesPageDto>> {
    const { items, nextCursor } = await this.states.list({
      ...{ partnerId: principal.partnerId, status, limit, budgetOf: credentialOf },
      ...(provider !== undefined && { provider }),
      ...(cursor !== undefined && { cursor }),
    });
    const connections = items.map((item) => toConnectionState(item, this.settings.upstreamLimits));
    return success({ connections, next_cursor: nextCursor });
  }
}

import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionStore } from '@dialtone/persistence';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { ConnectionIdPipe } from '../http/input/connection-id.pipe';
import { ConnectionSelection } from '../http/input/connection-selection';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { CONNECTION_STORE } from '../outside/tokens';
import { AcknowledgedHoldDto } from './connections.dto';

/** Operator decisions about a VoiceLink connection. */
@ApiTags('connections')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/connections')
export class ConnectionsController {
  constructor(
    @Inject(CONNECTION_STORE) private readonly store: ConnectionStore,
    private readonly connections: ConnectionSelection,
  ) {}

  @Post(':connection_id/acknowledge-hold')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'acknowledgeHold',
    summary: 'Acknowledge a write hold',
    description:
      'When suspiciously many numbers vanish or break at once, Dialtone holds its own writes to VoiceLink on this connection, repairs and call-ready steps alike, until an operator has checked the account and acknowledges the hold here. Writes that a caller spells out in full (clients, bots, mapping, call routing) are still passed on. Safe to repeat.',
  })
  @ApiParam({
    name: 'connection_id',
    description: 'The `connection_id` of a VoiceLink connection.',
    schema: { type: 'string', format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' },
  })
  @ApiSuccess(AcknowledgedHoldDto, { description: 'The hold is released.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async acknowledgeHold(
    @CurrentCall() { principal }: Call,
    @Param('connection_id', ConnectionIdPipe) id: ConnectionId,
  ): Promise<SuccessEnvelope<AcknowledgedHoldDto>> {
    await this.connections.existing(principal.partnerId, id);
    const acknowledged = await this.store.acknowledgeHold(principal.partnerId, id, principal.apiKeyId);
    return success({ connection_id: id, acknowledged });
  }
}

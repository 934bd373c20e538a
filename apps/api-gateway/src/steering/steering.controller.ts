import { Body, Controller, Get, Inject, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { parseConnectionId } from '@dialtone/domain';
import type { PlaceSteering, SteeredPlace, SteeringStore } from '@dialtone/persistence';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { ApiError, invalidInput } from '../http/errors/api-error';
import { CurrentCall, type Call } from '../http/call';
import { ConnectionFilter, requestedConnection } from '../http/input/connection-selection';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { STEERING_STORE } from '../outside/tokens';
import { readWindows, toWindow } from './read-windows';
import { SteeringBody, SteeringDto } from './steering.dto';

const toSteering = ({ mode, windows }: PlaceSteering): SteeringDto => ({ mode, windows: windows.map(toWindow) });

/** Modes and maintenance windows of the partner and its connections. */
@ApiTags('steering')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/steering')
export class SteeringController {
  constructor(@Inject(STEERING_STORE) private readonly steering: SteeringStore) {}

  @Get()
  @RequireScope('bindings:read')
  @ApiOperation({
    operationId: 'getSteering',
    summary: 'Get mode and maintenance windows',
    description: 'Returns those of a connection, or without `connection_id` those of the partner.',
  })
  @ApiSuccess(SteeringDto, { description: 'The steering.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async get(
    @CurrentCall() { principal }: Call,
    @Query() selection: ConnectionFilter,
  ): Promise<SuccessEnvelope<SteeringDto>> {
    const connectionId = requestedConnection(selection);
    return success(toSteering(await this.existing({ partnerId: principal.partnerId, connectionId })));
  }

  @Put()
  @Idempotent()
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'putSteering',
    summary: 'Set mode and maintenance windows',
    description:
      'Outside what the windows of partner and connection allow, Dialtone goes on observing, and repairs wait until they may be made. Writes that a caller spells out in full are passed on all the same. What waits for a change made here goes on at once.',
  })
  @ApiSuccess(SteeringDto, { description: 'The steering.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE')
  async set(
    @CurrentCall() { principal }: Call,
    @Body() { mode, windows, connection_id: asked }: SteeringBody,
  ): Promise<SuccessEnvelope<SteeringDto>> {
    const place = { partnerId: principal.partnerId, connectionId: parseConnectionId(asked ?? '') };
    if (mode !== undefined && place.connectionId === null)
      throw invalidInput(
        'mode',
        'mode of the partner is set by the operator: name a connection_id, or leave mode out.',
      );
    await this.steering.steer(place, {
      ...(mode !== undefined && { mode }),
      ...(windows !== undefined && { windows: readWindows(windows) }),
    });
    return success(toSteering(await this.existing(place)));
  }

  private async existing(place: SteeredPlace): Promise<PlaceSteering> {
    const found = await this.steering.place(place);
    if (found === null) throw connectionNotFound();
    return found;
  }
}

export const connectionNotFound = (): ApiError =>
  new ApiError('CONNECTION_NOT_FOUND', 'This partner has no such active voicelink connection: check connection_id.', {
    details: [{ field: 'connection_id', message: 'Not an active voicelink connection of this partner.' }],
  });

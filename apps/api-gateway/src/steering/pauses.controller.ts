import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  canonicalKey,
  LONGEST_PAUSE_MS,
  parseConnectionId,
  phoneNumberOf,
  type DidKey,
  type Pause,
} from '@dialtone/domain';
import type { Author } from '@dialtone/engine';
import type { SteeringStore } from '@dialtone/persistence';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { ApiError, invalidInput } from '../http/errors/api-error';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { mustBeNumber } from '../http/input/must-be-number';
import { UUID } from '../http/input/kinds';
import { RequireScope } from '../http/access/policy';
import { GATEWAY_SETTINGS, STEERING_STORE, type GatewaySettings } from '../outside/tokens';
import { connectionNotFound } from './steering.controller';
import { PauseBody, PauseDto, PausesDto } from './steering.dto';

const iso = (at: number): string => new Date(at).toISOString();

const toPause = (pause: Pause): PauseDto => ({
  pause_id: pause.id,
  number: pause.key === null ? null : phoneNumberOf(pause.key),
  labels: pause.labels,
  connection_id: pause.connectionId,
  reason: pause.reason,
  actor: pause.actor,
  begun_at: iso(pause.begunAt),
  until: iso(pause.until),
});

const authorOf = ({ principal, request }: Call): Author => ({
  actor: principal.apiKeyId,
  manager: null,
  requestId: request.id,
});

const mustBeAhead = (): ApiError => invalidInput('until', 'until must be ahead, and within 90 days.');

/** Pauses of repairs. */
@ApiTags('steering')
@ApiBearerAuth()
@Controller('/api/v2/voicelink/pauses')
export class PausesController {
  constructor(
    @Inject(STEERING_STORE) private readonly steering: SteeringStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Post()
  @Idempotent()
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'pauseRepairs',
    summary: 'Pause repairs',
    description:
      'Dialtone goes on observing and changes nothing that the pause covers, until it ends by itself or is ended. What is under way is finished.',
  })
  @ApiSuccess(PauseDto, { status: 201, description: 'Paused.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'CONNECTION_NOT_FOUND', 'PAUSE_LIMIT_REACHED', 'UNSUPPORTED_MEDIA_TYPE')
  async pause(@CurrentCall() call: Call, @Body() body: PauseBody): Promise<SuccessEnvelope<PauseDto>> {
    const until = Date.parse(body.until);
    if (until > Date.now() + LONGEST_PAUSE_MS) throw mustBeAhead();
    const key = this.keyOf(body.number ?? null);
    const result = await this.steering.pause({
      partnerId: call.principal.partnerId,
      connectionId: parseConnectionId(body.connection_id ?? ''),
      key,
      labels: body.labels ?? null,
      reason: body.reason,
      until,
      author: authorOf(call),
      atMost: this.settings.quotas.pauses,
    });
    if (result.kind === 'paused') return success(toPause(result.pause));
    if (result.kind === 'past') throw mustBeAhead();
    if (result.what === 'connection') throw connectionNotFound();
    throw new ApiError('NOT_FOUND', `No binding is declared for ${body.number ?? ''} there: check number.`);
  }

  @Get()
  @RequireScope('bindings:read')
  @ApiOperation({ operationId: 'listPauses', summary: 'List pauses', description: 'Returns those that stand.' })
  @ApiSuccess(PausesDto, { description: 'Standing pauses, a thousand at most.' })
  async list(@CurrentCall() { principal }: Call): Promise<SuccessEnvelope<PausesDto>> {
    return success({ pauses: (await this.steering.pauses(principal.partnerId)).map(toPause) });
  }

  @Delete(':pause_id')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('bindings:write')
  @ApiOperation({
    operationId: 'resumeRepairs',
    summary: 'End a pause',
    description: 'What waits for its end goes on at once.',
  })
  @ApiParam({
    name: 'pause_id',
    description: 'The `pause_id` of a standing pause.',
    schema: { type: 'string', format: 'uuid', example: '5e8f7a6b-3c90-4d21-9e1f-2c4d8f106a3e' },
  })
  @ApiSuccess(PauseDto, { description: 'Ended.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async resume(@CurrentCall() call: Call, @Param('pause_id') id: string): Promise<SuccessEnvelope<PauseDto>> {
    if (!UUID.test(id)) throw invalidInput('pause_id', 'pause_id must be a UUID.');
    const ended = await this.steering.resume(call.principal.partnerId, id, authorOf(call));
    if (ended === null) throw new ApiError('NOT_FOUND', 'This partner has no such pause that stands: check pause_id.');
    return success(toPause(ended));
  }

  private keyOf(number: string | null): DidKey | null {
    if (number === null) return null;
    const key = canonicalKey(number, this.settings.countryCode);
    if (key === null) throw invalidInput('number', mustBeNumber('number'));
    return key;
  }
}

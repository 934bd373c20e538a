import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { ConnectionId } from '@dialtone/domain';
import type { TelephonyProvider } from '@dialtone/persistence';
import { ApiBodyExamples, ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { ConnectionIdPipe } from '../http/input/connection-id.pipe';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { DISCONNECTED, RENAMED } from './answer-examples';
import { ConnectionAnswerDto, ConnectionsListDto } from './connection.dto';
import { PROVIDER_EXAMPLES } from './examples';
import { PROVIDERS } from './providers';
import { ConnectionsQuery, CreateConnectionBody, RenameConnectionBody } from './telephony.dto';
import { toConnection, toListedConnection } from './telephony.mapper';
import { TelephonyService } from './telephony.service';

const IdParam = (): MethodDecorator =>
  ApiParam({
    name: 'connection_id',
    description: 'The `connection_id` of a connection.',
    schema: { type: 'string', format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' },
  });

const CREATE_EXAMPLES = Object.fromEntries(
  Object.entries(PROVIDER_EXAMPLES).map(([provider, fields]) => [
    provider,
    { provider, name: `${PROVIDERS[provider as TelephonyProvider].label} India - Sales`, ...fields },
  ]),
);

/** A number is a few fields, of the kilobytes that a row has elsewhere. */
const NUMBERS_LIKE_A_ROW = 20;

/** Carrier accounts of a partner. */
@ApiTags('connections')
@ApiBearerAuth()
@Controller('/api/v2/telephony/connections')
export class TelephonyController {
  constructor(private readonly telephony: TelephonyService) {}

  @Post()
  @Idempotent()
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'createConnection',
    summary: 'Create a connection',
    description:
      'Takes the credential fields of the given provider and refuses those of another one. Credentials are sealed and never returned. The first active connection of a provider becomes its default. The credentials are tried at the carrier at once: wrong ones are refused and not stored; while the carrier is unreachable, the connection is stored with `last_error_message`, and they are tried again. MCube and SIP trunks prove theirs with the first call.',
  })
  @ApiBodyExamples(CreateConnectionBody, CREATE_EXAMPLES)
  @ApiSuccess(ConnectionAnswerDto, { status: 201, description: 'Created.' })
  @ApiErrors('VALIDATION_ERROR', 'CREDENTIALS_REFUSED', 'CONNECTION_LIMIT_REACHED', 'NUMBER_LIMIT_REACHED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async create(
    @CurrentCall() call: Call,
    @Body() body: CreateConnectionBody,
  ): Promise<SuccessEnvelope<ConnectionAnswerDto>> {
    return success({ connection: toConnection(await this.telephony.create(call, body)) });
  }

  @Get()
  @RequireScope('connections:read')
  @ApiOperation({
    operationId: 'listConnections',
    summary: 'List connections',
    description: 'Oldest first. Without `status`, only active connections.',
  })
  @ApiSuccess(ConnectionsListDto, { description: 'One page.' })
  @ApiErrors('VALIDATION_ERROR')
  async list(
    @CurrentCall() { principal, reply }: Call,
    @Query() query: ConnectionsQuery,
  ): Promise<SuccessEnvelope<ConnectionsListDto> | LongAnswer> {
    const { items, nextCursor } = await this.telephony.list(principal, query);
    const rest = nextCursor === null ? {} : { next_cursor: nextCursor };
    return pageAnswer(reply, {
      name: 'connections',
      rows: items,
      map: toListedConnection,
      rest,
      weightOf: ({ phoneNumbers }) => 1 + phoneNumbers.length / NUMBERS_LIKE_A_ROW,
    });
  }

  @Patch(':connection_id')
  @Idempotent()
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'renameConnection',
    summary: 'Rename a connection',
    description:
      'Changes only the name. To rotate credentials, create a new connection, or use the provider-specific endpoint for the default connection.',
  })
  @IdParam()
  @ApiSuccess(ConnectionAnswerDto, { description: 'Renamed.', example: RENAMED })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async rename(
    @CurrentCall() { principal }: Call,
    @Param('connection_id', ConnectionIdPipe) id: ConnectionId,
    @Body() { name }: RenameConnectionBody,
  ): Promise<SuccessEnvelope<ConnectionAnswerDto>> {
    return success({ connection: toConnection(await this.telephony.rename(principal, id, name)) });
  }

  @Delete(':connection_id')
  @Idempotent()
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'disconnectConnection',
    summary: 'Disconnect a connection',
    description:
      'Stops new calls, sweeps and reconciles on it at once. Its numbers become inactive, its bindings stall with a message, and its history stays. If it was the default, the oldest active connection of the provider becomes the default. Safe to repeat.',
  })
  @IdParam()
  @ApiSuccess(ConnectionAnswerDto, { description: 'Disconnected.', example: DISCONNECTED })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async disconnect(
    @CurrentCall() { principal }: Call,
    @Param('connection_id', ConnectionIdPipe) id: ConnectionId,
  ): Promise<SuccessEnvelope<ConnectionAnswerDto>> {
    return success({ connection: toConnection(await this.telephony.disconnect(principal, id)) });
  }
}

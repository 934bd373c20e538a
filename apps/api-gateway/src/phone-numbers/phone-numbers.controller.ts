import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { PhoneNumberId } from '@dialtone/domain';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import type { LongAnswer } from '../http/server/long-answer';
import { pageAnswer } from '../http/server/page-answer';
import { InboundLooks } from './inbound-looks';
import { PhoneNumberIdPipe } from './phone-number-id.pipe';
import {
  PhoneNumberDto,
  PhoneNumbersListDto,
  PhoneNumbersQuery,
  SyncedPhoneNumbersDto,
  SyncPhoneNumbersBody,
  UpdatePhoneNumberBody,
} from './phone-numbers.dto';
import { toPhoneNumber, toSyncedRest } from './phone-numbers.mapper';
import { PhoneNumbersService } from './phone-numbers.service';

const IdParam = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'The `id` of a number.',
    schema: { type: 'string', format: 'uuid', example: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' },
  });

/** The numbers of a partner, of all carriers. */
@ApiTags('phone numbers')
@ApiBearerAuth()
@Controller('/api/v2/phone-numbers')
export class PhoneNumbersController {
  constructor(
    private readonly numbers: PhoneNumbersService,
    private readonly inbound: InboundLooks,
  ) {}

  @Get()
  @RequireScope('phone-numbers:read')
  @ApiOperation({
    operationId: 'listPhoneNumbers',
    summary: 'List phone numbers',
    description: 'Newest first. Covers all connections unless `connection_id` names one, active or not.',
  })
  @ApiSuccess(PhoneNumbersListDto, { description: 'One page, with the total.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND')
  async list(
    @CurrentCall() { principal, reply }: Call,
    @Query() query: PhoneNumbersQuery,
  ): Promise<SuccessEnvelope<PhoneNumbersListDto> | LongAnswer> {
    const { items, total } = await this.numbers.list(principal, query);
    const { limit, offset } = query;
    return pageAnswer(reply, {
      name: 'phone_numbers',
      rows: items,
      map: toPhoneNumber,
      rest: { total, limit, offset },
    });
  }

  @Post('sync')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('phone-numbers:write')
  @ApiOperation({
    operationId: 'syncPhoneNumbers',
    summary: 'Import numbers',
    description:
      'Adds the numbers that the inventory lacks and enables all given numbers for inbound calls; names, status and agents of known numbers stay. Numbers that another connection has are left as they are and listed as `refused`; the others are added. If another connection has all of them, the answer is 409. Without `numbers` they are read from the carrier, where it has a list: new ones are added without inbound calls, and none is removed. Numbers of VoiceLink are imported by POST /api/v2/voicelink/sync.',
  })
  @ApiSuccess(SyncedPhoneNumbersDto, { description: 'The numbers as they are now.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_AMBIGUOUS', 'CONNECTION_NOT_FOUND', 'INBOUND_CONFLICT')
  @ApiErrors('NUMBER_LIMIT_REACHED', 'CARRIER_UNAUTHORIZED', 'CARRIER_REJECTED', 'CARRIER_RATE_LIMITED')
  @ApiErrors('CARRIER_UNAVAILABLE', 'PROVIDER_NOT_SUPPORTED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async sync(
    @CurrentCall() { principal, reply }: Call,
    @Body() body: SyncPhoneNumbersBody,
  ): Promise<SuccessEnvelope<SyncedPhoneNumbersDto> | LongAnswer> {
    const synced = await this.numbers.sync(principal, body);
    const { rows, created } = synced;
    return pageAnswer(reply, {
      name: 'phone_numbers',
      rows,
      map: toPhoneNumber,
      head: { synced: rows.length, created },
      rest: toSyncedRest(synced),
    });
  }

  @Get(':id')
  @RequireScope('phone-numbers:read')
  @ApiOperation({
    operationId: 'getPhoneNumber',
    summary: 'Get a phone number',
    description: 'Returns a row of the local inventory; VoiceLink is not called.',
  })
  @IdParam()
  @ApiSuccess(PhoneNumberDto, { description: 'The number.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async get(
    @CurrentCall() { principal }: Call,
    @Param('id', PhoneNumberIdPipe) id: PhoneNumberId,
  ): Promise<SuccessEnvelope<PhoneNumberDto>> {
    return success(toPhoneNumber(await this.numbers.find(principal, id)));
  }

  @Put(':id')
  @Idempotent()
  @RequireScope('phone-numbers:write')
  @ApiOperation({
    operationId: 'updatePhoneNumber',
    summary: 'Update a phone number',
    description:
      'Assigns an agent, renames, activates or deactivates the number. Omitted fields stay as they are. Enabling inbound calls takes the number over from another partner if a verified VoiceLink connection lists it for this partner and none does for that one. A binding of the number becomes due when its agent changes: in mode `enforce` it assigns the declared agent again. On Twilio, Plivo and Vobiz, an agent on an active number with `inbound_enabled` asks the carrier to bring its calls here: `inbound` of this answer tells where they went before, and that is changed ten seconds later at the earliest. They go back there when the number loses its agent, `inbound_enabled` or its connection, unless somebody has changed it since.',
  })
  @IdParam()
  @ApiSuccess(PhoneNumberDto, { description: 'The number as it is now.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'AGENT_NOT_FOUND', 'INBOUND_CONFLICT', 'CONNECTION_DISCONNECTED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async update(
    @CurrentCall() { principal }: Call,
    @Param('id', PhoneNumberIdPipe) id: PhoneNumberId,
    @Body() body: UpdatePhoneNumberBody,
  ): Promise<SuccessEnvelope<PhoneNumberDto>> {
    const row = await this.numbers.update(principal, id, body);
    const hasNews = await this.inbound.look(row);
    return success(toPhoneNumber(hasNews ? await this.numbers.find(principal, id) : row));
  }
}

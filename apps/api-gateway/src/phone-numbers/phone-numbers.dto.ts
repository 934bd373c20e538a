import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { ERROR_STATUS, type ErrorCode } from '../http/errors/api-error';
import { ConnectionFilter, ConnectionInput } from '../http/input/connection-selection';
import { InQuery, Nullable, Optional, Required, type Kind } from '../http/input/field';
import { boolean, choice, e164, E164_LENGTH, E164_PATTERN, matching, printable, UUID, uuid } from '../http/input/kinds';
import { LIST_LIMIT, LIST_OFFSET, ListLimit, ListOffset } from '../http/input/paging';
import { AGENT } from '../readiness/example-number';
import { NumberInboundDto } from './number-inbound.dto';
import { NUMBER_STATUSES, NumberAgentDto } from '../telephony/inventory-number.dto';

const upper = (provider: TelephonyProvider): string => provider.toUpperCase();
/** Older endpoints spell providers in capitals. */
export const PROVIDER_SPELLINGS: readonly string[] = [...TELEPHONY_PROVIDERS.map(upper), ...TELEPHONY_PROVIDERS];

const ANY_SPELLING = matching({
  pattern: /^(?=.*\d)[+\d\s().-]{4,30}$/,
  mustBe: 'a phone number in any spelling',
  maxLength: 30,
});

export class PhoneNumbersQuery extends ConnectionFilter {
  @InQuery('provider', choice(PROVIDER_SPELLINGS), { description: 'Only of this carrier.', example: 'VOICELINK' })
  readonly provider?: string;

  @InQuery('status', choice(NUMBER_STATUSES), { description: 'Only with this status.', example: 'ACTIVE' })
  readonly status?: (typeof NUMBER_STATUSES)[number];

  @InQuery('agent_id', uuid(), { description: 'Only of this agent.', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly agent_id?: string;

  @InQuery('assigned', boolean, { description: 'Only numbers with an agent (true), or without one (false).' })
  readonly assigned?: boolean;

  @InQuery('inbound_enabled', boolean, {
    description: 'Only numbers that take inbound calls (true), or that do not (false).',
  })
  readonly inbound_enabled?: boolean;

  @InQuery('phone_number', ANY_SPELLING, {
    description: 'Only this number, in any spelling.',
    example: '+918011223344',
  })
  readonly phone_number?: string;

  @ListLimit()
  readonly limit: number = LIST_LIMIT.default;

  @ListOffset()
  readonly offset: number = LIST_OFFSET.default;
}

const CLEARED = 'or null or an empty text to clear it';
const AGENT_ID: Kind = {
  schema: { type: String, pattern: `^$|${UUID.source.replaceAll('a-f', 'a-fA-F')}` },
  mustBe: `a UUID, ${CLEARED}`,
  isValid: (value) => value === '' || uuid().isValid(value),
};
const NAME = printable(200);
const FRIENDLY_NAME = matching({
  pattern: new RegExp(`^$|${NAME.pattern.source}`, 'u'),
  mustBe: `${NAME.mustBe}, ${CLEARED}`,
  maxLength: NAME.maxLength,
});

/** An omitted field stays as it is. */
export class UpdatePhoneNumberBody {
  @Nullable('agent_id', AGENT_ID, {
    description: 'The agent of the number; null or an empty text clears it.',
    example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
  })
  readonly agent_id?: string | null;

  @Nullable('friendly_name', FRIENDLY_NAME, {
    description: 'For people; null or an empty text clears it.',
    example: 'Support line',
  })
  readonly friendly_name?: string | null;

  @Nullable('status', choice(NUMBER_STATUSES), { description: 'Only an active number is used for calls.' })
  readonly status?: (typeof NUMBER_STATUSES)[number] | null;

  @Nullable('inbound_enabled', boolean, { description: 'Whether its inbound calls are routed on this connection.' })
  readonly inbound_enabled?: boolean | null;
}

const MAX_NUMBERS = 1000;
const NUMBERS: Kind = {
  schema: {
    type: 'array',
    items: { type: 'string', pattern: E164_PATTERN.source, maxLength: E164_LENGTH },
    minItems: 1,
    maxItems: MAX_NUMBERS,
  },
  mustBe: `a list of 1 to ${String(MAX_NUMBERS)} numbers in E.164 form, for example +918011223344`,
  isValid: (value) =>
    Array.isArray(value) && value.length >= 1 && value.length <= MAX_NUMBERS && value.every(e164.isValid),
};

export class SyncPhoneNumbersBody extends ConnectionInput {
  @Required('provider', choice(PROVIDER_SPELLINGS), {
    description: 'The carrier, in capitals or not.',
    example: 'VOBIZ',
  })
  readonly provider!: string;

  @Optional('numbers', NUMBERS, {
    description: 'Left out: all numbers that the carrier lists.',
    example: ['+918011223344', '+918011223345'],
  })
  readonly numbers?: readonly string[];
}

export const NUMBER_ADVISORIES = ['INBOUND_LOST', 'NOT_LISTED'] as const;

/** What a partner should know about a number that it did not do itself. */
export class NumberAdvisoryDto {
  @ApiProperty({ enum: [...NUMBER_ADVISORIES], description: 'Others may be added.', example: 'INBOUND_LOST' })
  readonly code!: (typeof NUMBER_ADVISORIES)[number];

  @ApiProperty({
    type: String,
    description: 'For people; may be reworded at any time.',
    example: 'Takes no inbound calls here any more: the operator released it. Set inbound_enabled again, or to false.',
  })
  readonly message!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:33:00.000Z' })
  readonly since!: string;
}

/** A number of the inventory. */
export class PhoneNumberDto {
  @ApiProperty({ type: String, format: 'uuid', example: '0be141f3-f72c-4630-b3bc-a0a5f59bf970' })
  readonly id!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ enum: TELEPHONY_PROVIDERS.map(upper), example: 'VOICELINK' })
  readonly provider!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Support line' })
  readonly friendly_name!: string | null;

  @ApiProperty({ enum: [...NUMBER_STATUSES], example: 'ACTIVE' })
  readonly status!: (typeof NUMBER_STATUSES)[number];

  @ApiProperty({ type: Boolean, example: false })
  readonly is_default!: boolean;

  @ApiProperty({ type: NumberAgentDto, nullable: true })
  readonly agent!: NumberAgentDto | null;

  @ApiProperty({ type: Boolean, example: true })
  readonly inbound_enabled!: boolean;

  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly updated_at!: string;

  @ApiPropertyOptional({
    type: NumberInboundDto,
    description: 'Left out where nothing was asked for, and for VoiceLink.',
  })
  readonly inbound?: NumberInboundDto;

  @ApiPropertyOptional({
    type: [NumberAdvisoryDto],
    description:
      '`INBOUND_LOST` stands until its partner says whether the number takes inbound calls, `NOT_LISTED` until the carrier lists the number again. Left out when there are none.',
  })
  readonly advisories?: readonly NumberAdvisoryDto[];
}

export class PhoneNumbersListDto {
  @ApiProperty({ type: [PhoneNumberDto] })
  readonly phone_numbers!: readonly PhoneNumberDto[];

  @ApiProperty({ type: 'integer', description: 'The total, on all pages.', example: 1 })
  readonly total!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  readonly limit!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly offset!: number;
}

/** One of the numbers in the example of the body. */
const taken = (id: string, phoneNumber: string): PhoneNumberDto => ({
  id,
  phone_number: phoneNumber,
  provider: 'VOBIZ',
  friendly_name: null,
  status: 'ACTIVE',
  is_default: false,
  agent: AGENT,
  inbound_enabled: true,
  connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20',
  created_at: '2026-06-09T10:30:00.000Z',
  updated_at: '2026-06-09T10:30:00.000Z',
});

export class RefusedNumberDto {
  @ApiProperty({ type: String, description: 'As it was sent.', example: '+918011223346' })
  readonly phone_number!: string;

  @ApiProperty({
    enum: Object.keys(ERROR_STATUS),
    description: 'The error that a request with this number alone gets; `INBOUND_CONFLICT` so far.',
    example: 'INBOUND_CONFLICT',
  })
  readonly code!: ErrorCode;

  @ApiProperty({
    type: String,
    description: 'For people.',
    example: '+918011223346 takes its inbound calls on another connection already: disable it there first.',
  })
  readonly message!: string;
}

export class ListWarningDto {
  @ApiProperty({ enum: ['LIST_INCOMPLETE', 'NUMBER_NOT_READ'], description: 'Others may be added.' })
  readonly code!: string;

  @ApiProperty({ type: String, description: 'For people.', example: 'There may be more numbers: the list broke off.' })
  readonly message!: string;
}

export class SyncedPhoneNumbersDto {
  @ApiProperty({
    type: 'integer',
    description: 'Distinct numbers in the request, without the refused ones, or read from the carrier.',
    example: 2,
  })
  readonly synced!: number;

  @ApiProperty({ type: 'integer', description: 'How many of them are new.', example: 0 })
  readonly created!: number;

  @ApiProperty({
    type: [PhoneNumberDto],
    example: [
      taken('f1a2c3d4-1111-2222-3333-444455556666', '+918011223344'),
      taken('f1a2c3d4-1111-2222-3333-444455557777', '+918011223345'),
    ],
  })
  readonly phone_numbers!: readonly PhoneNumberDto[];

  @ApiPropertyOptional({
    type: [RefusedNumberDto],
    description: 'Numbers that another connection has: nothing was changed about them. Left out when there are none.',
  })
  readonly refused?: readonly RefusedNumberDto[];

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Whether the carrier has no other numbers. This and the next two only when it was asked.',
  })
  readonly complete?: boolean;

  @ApiPropertyOptional({
    type: [String],
    description:
      'Numbers of the connection that a complete list lacks. They stay until you change them, with the advisory `NOT_LISTED`.',
  })
  readonly not_listed?: readonly string[];

  @ApiPropertyOptional({ type: [ListWarningDto] })
  readonly warnings?: readonly ListWarningDto[];
}

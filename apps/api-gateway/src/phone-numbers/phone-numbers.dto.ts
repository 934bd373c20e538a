import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, Matches, ValidateIf } from 'class-validator';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { ConnectionFilter, ConnectionInput } from '../http/input/connection-selection';
import { OptionalChoice, OptionalQueryInteger, OptionalUuid, UUID } from '../http/input/fields';
import {
  E164,
  LIST_LIMIT,
  LIST_OFFSET,
  NullableChoice,
  OptionalJsonBoolean,
  OptionalQueryBoolean,
  printable,
  QueryText,
  RequiredChoice,
} from '../http/input/text-fields';
import { AGENT } from '../readiness/example-number';
import { NUMBER_STATUSES, NumberAgentDto } from '../telephony/inventory-number.dto';

const upper = (provider: TelephonyProvider): string => provider.toUpperCase();
/** Older endpoints spell providers in capitals. */
export const PROVIDER_SPELLINGS: readonly string[] = [...TELEPHONY_PROVIDERS.map(upper), ...TELEPHONY_PROVIDERS];

export class PhoneNumbersQuery extends ConnectionFilter {
  @OptionalChoice('provider', PROVIDER_SPELLINGS, { description: 'Only of this carrier.', example: 'VOICELINK' })
  readonly provider?: string;

  @OptionalChoice('status', NUMBER_STATUSES, { description: 'Only with this status.', example: 'ACTIVE' })
  readonly status?: (typeof NUMBER_STATUSES)[number];

  @OptionalUuid('agent_id', { description: 'Only of this agent.', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly agent_id?: string;

  @OptionalQueryBoolean('assigned', 'Only numbers with an agent (true), or without one (false).')
  readonly assigned?: boolean;

  @OptionalQueryBoolean('inbound_enabled', 'Only numbers that take inbound calls (true), or that do not (false).')
  readonly inbound_enabled?: boolean;

  @QueryText(
    'phone_number',
    { pattern: /^(?=.*\d)[+\d\s().-]{4,30}$/, mustBe: 'a phone number in any spelling', maxLength: 30 },
    { description: 'Only this number, in any spelling.', example: '+918011223344' },
  )
  readonly phone_number?: string;

  @OptionalQueryInteger('limit', LIST_LIMIT, { description: 'Numbers per answer.' })
  readonly limit: number = LIST_LIMIT.default;

  @OptionalQueryInteger('offset', LIST_OFFSET, { description: 'Numbers to pass over.' })
  readonly offset: number = LIST_OFFSET.default;
}

const NAME = printable(200);

const isGiven = (_: object, value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** A field that is left out stays as it is. */
export class UpdatePhoneNumberBody {
  @ApiPropertyOptional({
    type: String,
    pattern: `^$|${UUID.source.replaceAll('a-f', 'a-fA-F')}`,
    nullable: true,
    description: 'The agent of the number; null or an empty text clears it.',
    example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
  })
  @ValidateIf(isGiven)
  @Matches(UUID, { message: 'agent_id must be a UUID, or null or an empty text to clear it.' })
  readonly agent_id?: string | null;

  @ApiPropertyOptional({
    type: String,
    pattern: `^$|${NAME.pattern.source}`,
    maxLength: 200,
    nullable: true,
    description: 'For people; null or an empty text clears it.',
    example: 'Support line',
  })
  @ValidateIf(isGiven)
  @Matches(NAME.pattern, { message: `friendly_name must be ${NAME.mustBe}, or null or an empty text to clear it.` })
  readonly friendly_name?: string | null;

  @NullableChoice('status', NUMBER_STATUSES, { description: 'Only an active number is used for calls.' })
  readonly status?: (typeof NUMBER_STATUSES)[number] | null;

  @OptionalJsonBoolean('inbound_enabled', 'Whether its inbound calls are routed on this connection.')
  readonly inbound_enabled?: boolean | null;
}

const MAX_NUMBERS = 1000;
const NUMBERS_MESSAGE = `numbers must be a list of 1 to ${String(MAX_NUMBERS)} numbers in E.164 form, for example +918011223344.`;

export class SyncPhoneNumbersBody extends ConnectionInput {
  @RequiredChoice('provider', PROVIDER_SPELLINGS, { description: 'The carrier, in capitals or not.', example: 'VOBIZ' })
  readonly provider!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', pattern: E164.pattern.source, maxLength: E164.maxLength },
    minItems: 1,
    maxItems: MAX_NUMBERS,
    example: ['+918011223344', '+918011223345'],
  })
  @IsArray({ message: NUMBERS_MESSAGE })
  @ArrayMinSize(1, { message: NUMBERS_MESSAGE })
  @ArrayMaxSize(MAX_NUMBERS, { message: NUMBERS_MESSAGE })
  @Matches(E164.pattern, { each: true, message: NUMBERS_MESSAGE })
  readonly numbers!: readonly string[];
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
}

export class PhoneNumbersListDto {
  @ApiProperty({ type: [PhoneNumberDto] })
  readonly phone_numbers!: readonly PhoneNumberDto[];

  @ApiProperty({ type: 'integer', description: 'How many there are in all.', example: 1 })
  readonly total!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  readonly limit!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly offset!: number;
}

/** One of the numbers that the example of the body gives. */
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

export class SyncedPhoneNumbersDto {
  @ApiProperty({ type: 'integer', description: 'Numbers that were given, each counted once.', example: 2 })
  readonly synced!: number;

  @ApiProperty({ type: 'integer', description: 'Of these, how many are new.', example: 0 })
  readonly created!: number;

  @ApiProperty({
    type: [PhoneNumberDto],
    example: [
      taken('f1a2c3d4-1111-2222-3333-444455556666', '+918011223344'),
      taken('f1a2c3d4-1111-2222-3333-444455557777', '+918011223345'),
    ],
  })
  readonly phone_numbers!: readonly PhoneNumberDto[];
}

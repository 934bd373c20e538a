import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_SHOWN_NUMBERS, numbersShown, TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { ConnectionAdvisoryDto } from '../readiness/advisory.dto';
import { InventoryNumberDto } from './inventory-number.dto';
import { CONNECTION_STATUSES } from './telephony.dto';

const UUID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';
const TIME = '2026-06-09T08:00:00.000Z';

const SHOWN = String(MAX_SHOWN_NUMBERS);

const ShownNumbers = (most = `at most ${SHOWN}`): PropertyDecorator =>
  ApiProperty({
    type: [InventoryNumberDto],
    description: `The default one first, then by number; ${most}. GET /api/v2/phone-numbers has all of them.`,
  });

const CutOff = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: Boolean,
    enum: [true],
    description: 'Only there when the connection has more numbers than are shown.',
  });

/** The first fields of every answer about a connection, in this order. */
class ConnectionHeadDto {
  @ApiProperty({ type: String, format: 'uuid', example: UUID })
  readonly id!: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'The same as id.', example: UUID })
  readonly connection_id!: string;

  @ApiProperty({ enum: [...TELEPHONY_PROVIDERS], example: 'plivo' })
  readonly provider!: TelephonyProvider;

  @ApiProperty({ type: String, description: 'The provider in capitals.', example: 'PLIVO' })
  readonly provider_key!: string;

  @ApiProperty({ type: String, example: 'Plivo India - Sales' })
  readonly name!: string;

  @ApiProperty({ enum: [...CONNECTION_STATUSES], example: 'ACTIVE' })
  readonly status!: (typeof CONNECTION_STATUSES)[number];

  @ApiProperty({ type: Boolean, description: 'The one that the provider-specific endpoints change.', example: true })
  readonly is_default!: boolean;

  @ApiPropertyOptional({
    type: Boolean,
    enum: [true],
    description:
      'Only there while numbers, verdicts and bindings of a disconnected connection are still being ended: of some thousand numbers that is done before DELETE answers, of more it goes on in the background.',
  })
  readonly disconnecting?: true;

  @ApiPropertyOptional({
    type: [ConnectionAdvisoryDto],
    description:
      'What is to be known about it, for example that other connections use the same account. Left out when there is none.',
  })
  readonly advisories?: readonly ConnectionAdvisoryDto[];
}

/** The answer to creating or changing a connection. */
export class ConnectionDto extends ConnectionHeadDto {
  @ShownNumbers()
  readonly phone_numbers!: readonly InventoryNumberDto[];

  @CutOff()
  readonly phone_numbers_truncated?: true;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly updated_at!: string;
}

/** And what the last use of its credentials came to. */
export class UsedConnectionDto extends ConnectionHeadDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When the credentials last worked: at a VoiceLink login or sweep; for other carriers, which are not called, when they were accepted.',
    example: TIME,
  })
  readonly last_verified_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why the last use of the carrier failed.', example: null })
  readonly last_error_message!: string | null;
}

/** One connection in the list. */
export class ListedConnectionDto extends UsedConnectionDto {
  @ShownNumbers(`at most ${SHOWN}, and of many connections on a page fewer, but ${String(numbersShown(100))}`)
  readonly phone_numbers!: readonly InventoryNumberDto[];

  @CutOff()
  readonly phone_numbers_truncated?: true;
}

export class ConnectionAnswerDto {
  @ApiProperty({ type: ConnectionDto })
  readonly connection!: ConnectionDto;
}

export class ConnectionsListDto {
  @ApiProperty({ type: [ListedConnectionDto] })
  readonly connections!: readonly ListedConnectionDto[];

  @ApiPropertyOptional({
    type: String,
    description: 'Pass it as `cursor` to get the next page; only there when there is one.',
    example: 'WyIxNzgwOTk0NDAwMDAwMDAwIiwiOWI3ZjFjNDQtYzg3Zi00ZjBjLTkxMjQtM2M4MDJhOWMxYTIwIl0',
  })
  readonly next_cursor?: string;
}

const shown = (example: string): PropertyDecorator => ApiPropertyOptional({ type: String, example });
const masked = (): PropertyDecorator =>
  ApiPropertyOptional({ type: String, description: 'Only its end is shown.', example: '****wxyz' });

/** The given fields without secrets, under the names that the caller used. */
export class ConfiguredConnectionDto {
  @ApiProperty({ type: String, example: 'The default Plivo connection was updated.' })
  readonly message!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Default outbound number.', example: '+918011223344' })
  readonly from_number!: string | null;

  @masked()
  readonly username?: string;

  @masked()
  readonly account_sid?: string;

  @masked()
  readonly auth_id?: string;

  @masked()
  readonly email?: string;

  @masked()
  readonly tata_email?: string;

  @masked()
  readonly outbound_username?: string;

  @shown('https://app.voicelink.co.in/api')
  readonly base_url?: string;

  @shown('api.exotel.com')
  readonly subdomain?: string;

  @shown('123456')
  readonly applet_id?: string;

  @shown('1001')
  readonly agent_number?: string;

  @shown('sip.example.com:5060')
  readonly sip_host?: string;

  @shown('UDP')
  readonly sip_transport?: string;

  @shown('UDP')
  readonly transport?: string;

  @ApiPropertyOptional({ type: [String], example: ['203.0.113.7'] })
  readonly source_ips?: readonly string[];

  @shown('+918011223344')
  readonly did_number?: string;

  @shown('08047112233')
  readonly caller_id?: string;

  @shown('08047112233')
  readonly exe_number?: string;

  @ApiProperty({ type: ConnectionDto })
  readonly connection!: ConnectionDto;
}

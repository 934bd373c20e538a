import { ApiProperty } from '@nestjs/swagger';
import { ADVISORY_CODES, type Advisory, type AdvisoryCode } from '@dialtone/domain';
import { CONNECTION_ADVISORY_CODES, type ConnectionAdvisory, type ConnectionAdvisoryCode } from '@dialtone/engine';
import type { Fields } from '../http/errors/envelope';

class AdvisoryFieldsDto {
  @ApiProperty({ type: String, description: 'For people; may be reworded at any time.' })
  readonly message!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it began.',
    example: '2026-06-09T10:35:00.000Z',
  })
  readonly since!: string;
}

/** What differs from a declaration. It is no issue: the number may be READY all the same. */
export class AdvisoryDto extends AdvisoryFieldsDto {
  @ApiProperty({
    enum: [...ADVISORY_CODES],
    description: 'Cause and remedy of each are at `/docs/advisories/{code}`. Others may be added.',
    example: 'BOT_MISMATCH',
  })
  readonly code!: AdvisoryCode;
}

/** What is to be known about a connection. */
export class ConnectionAdvisoryDto extends AdvisoryFieldsDto {
  @ApiProperty({
    enum: [...CONNECTION_ADVISORY_CODES],
    description: 'Cause and remedy of each are at `/docs/advisories/{code}`. Others may be added.',
    example: 'ACCOUNT_SHARED',
  })
  readonly code!: ConnectionAdvisoryCode;
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export const toAdvisory = ({ code, message, since }: Advisory): Fields<AdvisoryDto> => ({
  code,
  message,
  since: iso(since),
});

export const toConnectionAdvisory = ({ code, message, since }: ConnectionAdvisory): Fields<ConnectionAdvisoryDto> => ({
  code,
  message,
  since: iso(since),
});

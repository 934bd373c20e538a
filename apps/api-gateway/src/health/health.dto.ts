import { ApiProperty } from '@nestjs/swagger';

export class HealthDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: '`ok` for each thing that was checked.',
    example: { database: 'ok' },
  })
  readonly checks!: Readonly<Record<string, string>>;
}

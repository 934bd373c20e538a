import { ApiProperty } from '@nestjs/swagger';

export const NUMBER_STATUSES = ['ACTIVE', 'INACTIVE'] as const;

export class NumberAgentDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'Sales Agent' })
  readonly name!: string;
}

/** A number as a connection shows it. */
export class InventoryNumberDto {
  @ApiProperty({ type: String, format: 'uuid', example: 'f1a2c3d4-1111-2222-3333-444455556666' })
  readonly id!: string;

  @ApiProperty({ type: String, example: '+918011223344' })
  readonly phone_number!: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  readonly friendly_name!: string | null;

  @ApiProperty({ enum: [...NUMBER_STATUSES], example: 'ACTIVE' })
  readonly status!: (typeof NUMBER_STATUSES)[number];

  @ApiProperty({ type: Boolean, description: 'The default caller id of its connection.', example: true })
  readonly is_default!: boolean;

  @ApiProperty({
    type: Boolean,
    description: 'Its inbound calls are routed here; on one connection at most while it is active.',
    example: false,
  })
  readonly inbound_enabled!: boolean;

  @ApiProperty({ type: NumberAgentDto, nullable: true })
  readonly agent!: NumberAgentDto | null;
}

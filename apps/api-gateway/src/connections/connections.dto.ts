import { ApiProperty } from '@nestjs/swagger';

export class AcknowledgedHoldDto {
  @ApiProperty({ type: String, format: 'uuid', example: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' })
  readonly connection_id!: string;

  @ApiProperty({ type: Boolean, description: 'False: writes were not held, nothing changed.', example: true })
  readonly acknowledged!: boolean;
}

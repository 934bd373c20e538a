import { ApiProperty } from '@nestjs/swagger';

const INBOUND_STATES = ['pending', 'pointed', 'released', 'failed', 'by_hand'] as const;

/** How far the carrier of a number was told to bring its inbound calls here. */
export class NumberInboundDto {
  @ApiProperty({
    enum: [...INBOUND_STATES],
    description:
      '`pending`: the carrier is being told, or is given the number back. `pointed`: calls come here. `released`: they go where they went before, or where somebody else has pointed them since. `failed`: see `error`; it is tried again in hours. `by_hand`: the carrier cannot be told.',
    example: 'pending',
  })
  readonly state!: (typeof INBOUND_STATES)[number];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Where they went before, for people and without secrets: told before it is changed. Null: nowhere, or it is not known yet.',
    example: 'https://ivr.example.com/menu',
  })
  readonly previous!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'For people.', example: null })
  readonly error!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-06-09T10:36:00.000Z' })
  readonly since!: string | null;
}

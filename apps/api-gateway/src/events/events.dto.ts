import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EVENT_EXAMPLES, toCloudEvent } from '@dialtone/contracts';

const READINESS = 'dialtone.readiness.changed.v1';
const DATA = EVENT_EXAMPLES[READINESS];
const EXAMPLE = toCloudEvent({
  event_id: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10',
  type: READINESS,
  connection_id: DATA.connection_id,
  key: DATA.key,
  seq: DATA.seq,
  data: DATA,
});

/** As on Kafka: CloudEvents 1.0 in structured mode. */
export class EventDto {
  @ApiProperty({ type: String, example: EXAMPLE.specversion })
  readonly specversion!: string;

  @ApiProperty({ type: String, format: 'uuid', description: 'Deduplicate by it.', example: EXAMPLE.id })
  readonly id!: string;

  @ApiProperty({ type: String, description: 'Types are added: pass over unknown ones.', example: READINESS })
  readonly type!: string;

  @ApiProperty({ type: String, example: EXAMPLE.source })
  readonly source!: string;

  @ApiPropertyOptional({ type: String, description: 'The number; absent: of a connection.', example: EXAMPLE.subject })
  readonly subject?: string;

  @ApiProperty({ type: String, format: 'date-time', example: EXAMPLE.time })
  readonly time!: string;

  @ApiProperty({ type: String, example: EXAMPLE.datacontenttype })
  readonly datacontenttype!: string;

  @ApiProperty({
    type: String,
    description: 'Names its schema, which is at /schemas/events/{type}.json.',
    example: EXAMPLE.dataschema,
  })
  readonly dataschema!: string;

  @ApiPropertyOptional({ type: String, description: 'Order among the events of a number.', example: EXAMPLE.sequence })
  readonly sequence?: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { key: DATA.key, state: DATA.state } })
  readonly data!: object;
}

export class EventsPageDto {
  @ApiProperty({ type: [EventDto], description: 'In order.' })
  readonly events!: readonly EventDto[];

  @ApiProperty({ type: String, description: 'Where to read on: also when there was no event.', example: 'WyI0MiJd' })
  readonly next_cursor!: string;

  @ApiProperty({ type: Boolean, description: 'Read on at once: the log went on when this was read.', example: false })
  readonly has_more!: boolean;
}

import { ApiProperty } from '@nestjs/swagger';
import { CALL_STATUSES, TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { ConnectionFilter } from '../http/input/connection-selection';
import { InQuery, type Kind } from '../http/input/field';
import { choice, uuid } from '../http/input/kinds';
import { LIST_LIMIT, LIST_OFFSET, ListLimit, ListOffset } from '../http/input/paging';
import { StartedCallDto } from './calls.dto';

const anyCase = (word: string): string => word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

/** Upper and lower case are the same, as in the public documents. */
const ANY_CASE: Kind = {
  schema: { type: String, pattern: `^(?:${CALL_STATUSES.map(anyCase).join('|')})$` },
  mustBe: `one of ${CALL_STATUSES.join(', ')}, in upper or lower case`,
  isValid: (value) => typeof value === 'string' && CALL_STATUSES.some((status) => status === value.toLowerCase()),
};

export class CallsQuery extends ConnectionFilter {
  @InQuery('status', ANY_CASE, { description: 'Only calls of this status.' })
  readonly status?: string;

  @InQuery('provider', choice(TELEPHONY_PROVIDERS), { description: 'Only of this carrier.', example: 'plivo' })
  readonly provider?: TelephonyProvider;

  @InQuery('agent_id', uuid(), { description: 'Only calls of this agent.' })
  readonly agent_id?: string;

  @ListLimit()
  readonly limit: number = LIST_LIMIT.default;

  @ListOffset()
  readonly offset: number = LIST_OFFSET.default;
}

const TIME = { type: String, format: 'date-time', nullable: true } as const;

/** A call as it is known to stand. */
export class CallDto extends StartedCallDto {
  @ApiProperty({ type: String, enum: ['outbound'], example: 'outbound' })
  readonly direction!: 'outbound';

  @ApiProperty({ type: 'integer', nullable: true, minimum: 0, description: 'From its answer to its end.', example: 72 })
  readonly duration_seconds!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it was not completed, in the words of the carrier, or why that is not known.',
    example: null,
  })
  readonly error_message!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was answered.', example: '2026-06-09T10:35:04.000Z' })
  readonly started_at!: string | null;

  @ApiProperty({ ...TIME, example: '2026-06-09T10:36:16.000Z' })
  readonly ended_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:35:00.000Z' })
  readonly created_at!: string;
}

export class CallsListDto {
  @ApiProperty({ type: [CallDto] })
  readonly calls!: readonly CallDto[];

  @ApiProperty({ type: 'integer', example: 1 })
  readonly total!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  readonly limit!: number;

  @ApiProperty({ type: 'integer' })
  readonly offset!: number;
}

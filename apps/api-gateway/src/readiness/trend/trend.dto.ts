import { ApiProperty } from '@nestjs/swagger';
import { TREND_STEPS, type TrendStep } from '@dialtone/persistence';
import { ConnectionFilter } from '../../http/input/connection-selection';
import { InQuery } from '../../http/input/field';
import { choice, integer } from '../../http/input/kinds';
import { NumberCountsDto } from '../summary/summary.dto';

export const TREND_DAYS = { min: 1, max: 400, default: 30 } as const;
/** Hours are kept for so many days. */
export const MAX_HOURLY_DAYS = 8;

export class TrendQuery extends ConnectionFilter {
  @InQuery('step', choice(TREND_STEPS), { description: 'A point for each `hour` or `day` (default), UTC.' })
  readonly step: TrendStep = 'day';

  @InQuery('days', integer(TREND_DAYS), {
    description: `How many days, today included; by the hour at most ${String(MAX_HOURLY_DAYS)}, which is the default then.`,
  })
  readonly days?: number;
}

class TrendPointDto extends NumberCountsDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the hour or the day begins, of which these are the last counts.',
    example: '2026-06-09T00:00:00.000Z',
  })
  readonly at!: string;
}

export class TrendDto {
  @ApiProperty({
    type: [TrendPointDto],
    description: 'The oldest first; a time in which nothing was counted is left out.',
  })
  readonly points!: readonly TrendPointDto[];
}

import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@dialtone/engine';
import type { Principal, ReadinessTrend, TrendPoint } from '@dialtone/persistence';
import { invalidInput } from '../../http/errors/api-error';
import { ConnectionSelection, requestedConnection } from '../../http/input/connection-selection';
import { CLOCK, READINESS_TREND } from '../../outside/tokens';
import { countReuse, ReusedAnswers } from '../reused-answers';
import { MAX_HOURLY_DAYS, TREND_DAYS, type TrendQuery } from './trend.dto';

const daysOf = ({ step, days }: TrendQuery): number => {
  if (step === 'day') return days ?? TREND_DAYS.default;
  if (days !== undefined && days > MAX_HOURLY_DAYS)
    throw invalidInput(
      'days',
      `days must be at most ${String(MAX_HOURLY_DAYS)} with step hour: older hours are not kept.`,
    );
  return days ?? MAX_HOURLY_DAYS;
};

/** How the counts of one partner's numbers went. */
@Injectable()
export class TrendService {
  private readonly answers: ReusedAnswers<readonly TrendPoint[]>;

  constructor(
    @Inject(READINESS_TREND) private readonly trend: ReadinessTrend,
    private readonly connections: ConnectionSelection,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.answers = new ReusedAnswers(clock, countReuse);
  }

  async points({ partnerId }: Principal, query: TrendQuery): Promise<readonly TrendPoint[]> {
    const connectionId = requestedConnection(query);
    const days = daysOf(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const asked = { partnerId, step: query.step, days, ...(connectionId !== null && { connectionId }) };
    return this.answers.get(JSON.stringify(asked), () => this.trend.points(asked));
  }
}

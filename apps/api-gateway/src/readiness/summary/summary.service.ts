import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@dialtone/engine';
import type { NumberStore, NumberSummary, Principal } from '@dialtone/persistence';
import { agentSelector } from '../../http/input/agent-selection';
import { ConnectionSelection, requestedConnection } from '../../http/input/connection-selection';
import { labelSelector } from '../../http/input/label-selection';
import { CLOCK, GATEWAY_SETTINGS, NUMBER_STORE, type GatewaySettings } from '../../outside/tokens';
import { countReuse, ReusedAnswers } from '../reused-answers';
import type { SummaryQuery } from './summary.dto';

const MAX_LABELS = 100;

/** Counts of one partner's numbers. */
@Injectable()
export class SummaryService {
  private readonly answers: ReusedAnswers<NumberSummary>;

  constructor(
    @Inject(NUMBER_STORE) private readonly numbers: NumberStore,
    private readonly connections: ConnectionSelection,
    @Inject(CLOCK) clock: Clock,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {
    this.answers = new ReusedAnswers(clock, countReuse);
  }

  async summary({ partnerId }: Principal, query: SummaryQuery): Promise<NumberSummary> {
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const selection = {
      partnerId,
      ...(connectionId !== null && { connectionId }),
      ...agentSelector(query),
      ...labelSelector(query),
    };
    const { freshForMs } = this.settings;
    return this.answers.get(JSON.stringify(selection), () =>
      this.numbers.summary({ ...selection, freshForMs, maxLabels: MAX_LABELS }),
    );
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@dialtone/engine';
import type { NumberStore, NumberSummary, Principal } from '@dialtone/persistence';
import { agentSelector } from '../../http/input/agent-selection';
import { ConnectionSelection, requestedConnection } from '../../http/input/connection-selection';
import { labelSelector } from '../../http/input/label-selection';
import { CLOCK, GATEWAY_SETTINGS, NUMBER_STORE, type GatewaySettings } from '../../outside/tokens';
import { ReusedAnswers } from '../reused-answers';
import type { SummaryQuery } from './summary.dto';

const MAX_LABELS = 100;
const AT_LEAST_MS = 1_000;
/** So that counting takes a tenth of the time of one session at most, however often it is asked for. */
const TIMES_ITS_COST = 10;
const KEPT = 100;

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
    const forMs = (tookMs: number): number => Math.max(AT_LEAST_MS, TIMES_ITS_COST * tookMs);
    this.answers = new ReusedAnswers(clock, { forMs, atMost: KEPT });
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

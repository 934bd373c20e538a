import { conditionsOf, withContest, type Condition, type ConditionFacts } from '@dialtone/engine';
import type { BindingView } from '@dialtone/persistence';
import type { GatewaySettings } from '../outside/tokens';
import { asRead as verdictAsRead } from '../readiness/as-read';

/** A binding as it is when it is read. */
export interface ReadBinding extends BindingView {
  readonly conditions: readonly Condition[];
}

const factsOf = ({ binding, status, readiness, record }: BindingView): ConditionFacts => ({
  generation: binding.generation,
  mode: binding.mode,
  status,
  verdict: {
    state: readiness.state,
    stale: readiness.stale,
    observedAt: readiness.observedAt?.getTime() ?? null,
    ageSeconds: readiness.ageSeconds,
  },
  record: withContest(record, status.contest),
});

/** A stored binding as it is when it is read: its verdict has an age, and its conditions follow from both. */
export const asRead = (
  stored: BindingView,
  settings: Pick<GatewaySettings, 'freshForMs' | 'mode' | 'dryRun'>,
): ReadBinding => ({
  ...stored,
  readiness: verdictAsRead(stored.readiness, settings),
  conditions: conditionsOf(factsOf(stored), settings),
});

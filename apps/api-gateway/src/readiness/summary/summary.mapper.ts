import { ISSUES, READINESS_STATES } from '@dialtone/domain';
import type { NumberCounts, NumberSummary } from '@dialtone/persistence';
import type { Fields } from '../../http/errors/envelope';
import type { SummaryDto } from './summary.dto';

type Counted = Pick<SummaryDto, 'numbers' | 'declared' | 'stale' | 'by_state'>;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Of every name, also of those that nothing has. */
const totals = <Name extends string>(
  names: readonly Name[],
  counts: readonly Readonly<Partial<Record<Name, number>>>[],
): Readonly<Record<string, number>> =>
  Object.fromEntries(names.map((name) => [name, sum(counts.map((one) => one[name] ?? 0))]));

const oldestOf = (connections: readonly NumberCounts[]): string | null => {
  const times = connections.flatMap(({ oldestObservedAt }) => oldestObservedAt?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
};

export const ofEveryState = (counts: readonly NumberCounts['states'][]): Readonly<Record<string, number>> =>
  totals(READINESS_STATES, counts);

const toTotal = (connections: readonly NumberCounts[]): Counted => ({
  numbers: sum(connections.map(({ numbers }) => numbers)),
  declared: sum(connections.map(({ declared }) => declared)),
  stale: sum(connections.map(({ stale }) => stale)),
  by_state: ofEveryState(connections.map(({ states }) => states)),
});

export const toSummary = ({ connections, labels, hasMoreLabels }: NumberSummary): Fields<SummaryDto> => ({
  ...toTotal(connections),
  by_issue: totals(
    ISSUES,
    connections.map(({ issues }) => issues),
  ),
  oldest_observed_at: oldestOf(connections),
  connections: connections.map((one) => ({ connection_id: one.connectionId, ...toTotal([one]) })),
  labels,
  ...(hasMoreLabels && { labels_truncated: true }),
});

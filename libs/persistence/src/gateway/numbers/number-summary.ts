import type { ConnectionId, Issue, ReadinessState } from '@dialtone/domain';
import { firstRow, ms, type Queryable } from '../../db';
import { SEEN_AT } from '../../seen-at';
import { IS_DECLARED, numberSource, staleNow } from './number-conditions';
import type { NumberCounts, NumberStore, NumberSummary, StateCounts } from './number-store';
import { SqlParameters } from './sql-parameters';

/** Numbers of one connection that are alike. */
interface Group {
  readonly connection_id: ConnectionId;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  readonly is_declared: boolean;
  readonly numbers: number;
  readonly stale: number;
  readonly oldest: number | null;
}

interface SummaryRow {
  readonly groups: readonly Group[];
  readonly labels: readonly { readonly name: string; readonly value: string; readonly count: number }[];
}

const sum = <T>(rows: readonly T[], valueOf: (row: T) => number): number =>
  rows.reduce((total, row) => total + valueOf(row), 0);

const byName = <Name extends string>(
  groups: readonly Group[],
  namesOf: (group: Group) => readonly Name[],
): Readonly<Partial<Record<Name, number>>> => {
  const counts = new Map<Name, number>();
  for (const group of groups)
    for (const name of namesOf(group)) counts.set(name, (counts.get(name) ?? 0) + group.numbers);
  return Object.fromEntries(counts) as Partial<Record<Name, number>>;
};

const toCounts = (connectionId: ConnectionId, groups: readonly Group[]): NumberCounts => {
  const observed = groups.flatMap(({ oldest }) => oldest ?? []);
  return {
    connectionId,
    numbers: sum(groups, ({ numbers }) => numbers),
    declared: sum(groups, ({ is_declared: isDeclared, numbers }) => (isDeclared ? numbers : 0)),
    stale: sum(groups, ({ stale }) => stale),
    oldestObservedAt: observed.length === 0 ? null : new Date(Math.min(...observed)),
    states: byName(groups, ({ state }) => [state]) satisfies StateCounts,
    issues: byName(groups, ({ issues }) => issues),
  };
};

/**
 * Numbers are counted in groups of those that are alike, of which there are some dozens however many numbers there are; many labels
 * are alike too, and each distinct set is taken apart once.
 */
export const summarizeNumbers = async (
  db: Queryable,
  { freshForMs, maxLabels, ...selection }: Parameters<NumberStore['summary']>[0],
): Promise<NumberSummary> => {
  const parameters = new SqlParameters();
  const { from, where } = numberSource(selection, parameters, { withBindings: true });
  const row = await firstRow<SummaryRow>(
    db,
    `with groups as (
       select d.connection_id, d.state, d.issues, ${IS_DECLARED} as is_declared, count(*)::float8 as numbers,
              (count(*) filter (where ${staleNow(parameters.take(freshForMs))}))::float8 as stale,
              ${ms(`min(${SEEN_AT})`)} as oldest
         from ${from} where ${where} group by 1, 2, 3, 4
     ), sets as (
       select b.labels, count(*) as count from ${from} where ${where} and b.labels <> '{}' group by 1
     ), labels as (
       select l.key as name, l.value, sum(s.count)::float8 as count from sets s cross join lateral jsonb_each_text(s.labels) l
        group by 1, 2 order by 3 desc, 1, 2 limit ${parameters.take(maxLabels + 1)}
     )
     select (select coalesce(json_agg(g), '[]') from groups g) as groups,
            (select coalesce(json_agg(l), '[]') from labels l) as labels`,
    parameters.values,
  );
  const { groups = [], labels = [] } = row ?? {};
  const connections = Map.groupBy(groups, ({ connection_id: id }) => id);
  return {
    connections: [...connections].map(([id, own]) => toCounts(id, own)).toSorted(byConnection),
    labels: labels.slice(0, maxLabels),
    hasMoreLabels: labels.length > maxLabels,
  };
};

const byConnection = (a: NumberCounts, b: NumberCounts): number => (a.connectionId < b.connectionId ? -1 : 1);

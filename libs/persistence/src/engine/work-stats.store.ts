import { type Queryable, rows } from '../db';
import type { WorkCounts, WorkStats } from '../work-types';

interface TotalsRow {
  readonly due: number;
  readonly oldest_due: number | null;
  readonly stale: number;
  readonly drifts: number;
  readonly unresolved: number;
  readonly held: number;
}

/** Nobody works on what a disconnected connection left behind. */
const DUE = `bindings b join connections c on c.id = b.connection_id
  where b.due_at <= now() and c.status = 'ACTIVE' and c.deleted_at is null`;

const TOTALS = `
  select
    (select count(*)::int from ${DUE}) as due,
    (select extract(epoch from now() - min(b.due_at))::float8 from ${DUE}) as oldest_due,
    (select count(*)::int from dids where stale) as stale,
    (select count(*)::int from dids where drift_id is not null) as drifts,
    (select count(*)::int from upstream_writes where state in ('pending', 'unknown')) as unresolved,
    (select count(*)::int from connections where writes_held is not null and status = 'ACTIVE' and deleted_at is null) as held`;

interface GroupRow {
  readonly name: string;
  readonly count: number;
}

const toRecord = (groups: readonly GroupRow[]): Readonly<Record<string, number>> =>
  Object.fromEntries(groups.map(({ name, count }) => [name, count]));

export class WorkStatsStore implements WorkStats {
  constructor(private readonly db: Queryable) {}

  async counts(): Promise<WorkCounts> {
    const [[totals], outcomes, states] = await Promise.all([
      rows<TotalsRow>(this.db, TOTALS),
      rows<GroupRow>(this.db, `select outcome as name, count(*)::int as count from bindings group by outcome`),
      rows<GroupRow>(this.db, `select state as name, count(*)::int as count from dids group by state`),
    ]);
    if (totals === undefined) throw new Error('An aggregate without GROUP BY has one row.');
    return {
      bindingsDue: totals.due,
      oldestDueSeconds: totals.oldest_due ?? 0,
      bindingsByOutcome: toRecord(outcomes),
      didsByState: toRecord(states),
      staleDids: totals.stale,
      openDrifts: totals.drifts,
      unresolvedWrites: totals.unresolved,
      heldConnections: totals.held,
    };
  }
}

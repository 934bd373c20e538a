import type { DataSource } from 'typeorm';
import { firstRow, withLongStatements } from '../db';
import { SEEN_AT } from '../seen-at';
import type { StaleCount, WorkCounts, WorkStats } from './work-stats';

/** Connections by their metric label, which bounds the number of series. */
const SHOWN = `
  select id, writes_held, credentials_refused, advisories <> '[]' as sharing,
         (select count(*) from account_lists l where l.account_id = connections.account_id and l.partner_id = connections.partner_id
             and l.suspect_since is not null) as suspect,
         coalesce(last_complete_sweep_at, created_at) as complete_at,
         case when row_number() over (order by created_at, id) <= $1 then id::text else 'other' end as name
    from connections where status = 'ACTIVE' and provider = 'voicelink' and deleted_at is null`;

/**
 * The rule of the engine's `isStale`, for all at once. A verdict that has ended claims nothing, and nobody is to look at it: another
 * connection answers for the number.
 */
const IS_STALE = `(d.stale or ${SEEN_AT} < now() - $2::float8 * interval '1 millisecond')
  and not (d.observed_at is not null and d.digest = '')`;

/** Null for a number that is READY, or not declared. A look that finds another reason for the same no does not begin it anew. */
const UNREADY_SINCE = `case when b.key is not null and d.state <> 'READY'
  then greatest(coalesce(d.ready_since, d.state_since), b.placed_at) end`;

/*
 * Counts the large tables by connection first and names connections afterwards: the planner estimates the named connections
 * as one row, and would look up each declaration separately.
 */
const DIDS = `
  select s.name, g.declared, g.state, sum(g.count)::int as count, sum(g.stale)::int as stale,
         extract(epoch from now() - min(g.unready_since))::float8 as unready
    from (select d.connection_id, b.key is not null as declared, d.state, count(*) as count,
                 count(*) filter (where ${IS_STALE}) as stale, min(${UNREADY_SINCE}) as unready_since
            from dids d join connections c on c.id = d.connection_id
            left join bindings b on b.connection_id = d.connection_id and b.key = d.key
           group by 1, 2, 3) g
    join shown s on s.id = g.connection_id
   group by 1, 2, 3`;

/** Many drifts have the same few issues, so each distinct list is unnested once. */
const DRIFTS = `
  select s.name, i.issue, sum(g.count)::int as count
    from (select connection_id, drift_issues, count(*) as count from dids where drift_id is not null group by 1, 2) g
    join shown s on s.id = g.connection_id
    cross join lateral (select null union all select jsonb_array_elements_text(g.drift_issues)) as i (issue)
   group by 1, 2`;

const ADVISORIES = `
  select s.name, a.code, count(*)::int as count
    from dids d join shown s on s.id = d.connection_id
    cross join lateral jsonb_to_recordset(d.advisories) as a (code text)
   where d.advisories <> '[]'
   group by 1, 2`;

const BINDINGS = `
  select s.name, g.outcome, sum(g.count)::int as count, sum(g.due)::int as due, sum(g.contested)::int as contested,
         extract(epoch from now() - min(g.oldest))::float8 as oldest
    from (select connection_id, outcome, count(*) as count, count(*) filter (where due_at <= now()) as due,
                 count(*) filter (where (contest ->> 'until')::float8 > extract(epoch from now()) * 1000) as contested,
                 min(due_at) filter (where due_at <= now()) as oldest
            from bindings group by 1, 2) g
    join shown s on s.id = g.connection_id
   group by 1, 2`;

const WRITES = `
  select s.name, count(*)::int as count, extract(epoch from now() - min(w.started_at))::float8 as oldest
    from upstream_writes w join shown s on s.id = w.connection_id
   where w.state in ('pending', 'unknown')
   group by 1`;

const CONNECTIONS = `
  select name, (count(*) filter (where writes_held is not null))::int as held,
         (count(*) filter (where credentials_refused))::int as refused,
         (count(*) filter (where sharing))::int as sharing,
         sum(suspect)::int as suspect,
         extract(epoch from min(complete_at))::float8 as complete_at
    from shown group by 1 order by min(complete_at), 1`;

const UNSEQUENCED = `
  select count(*)::int as events, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest
    from event_log where position is null`;

const CURSORS = `
  select split_part(c.name, ':', 1) as name,
         max((select position from cursors where name = 'sequencer') - c.position + u.events)::float8 as unsent,
         max(greatest(u.oldest, coalesce(extract(epoch from now() - e.created_at), 0)))::float8 as oldest
    from (select name, position from cursors where name <> 'sequencer'
          union all
          select name, 0 from unnest($3::text[]) as given (name) where not exists (select 1 from cursors k where k.name = given.name)
         ) c
    cross join unsequenced u
    left join lateral (select created_at from event_log where position > c.position order by position limit 1) e on true
   group by 1`;

const PAUSES = `
  select count(*)::int as standing, coalesce(extract(epoch from now() - min(begun_at)), 0)::float8 as oldest
    from pauses where ended_at is null and until > now()`;

const LEASES = `
  select split_part(resource, ':', 1) as name, count(*)::int as count from leases where expires_at > now() group by 1`;

/** One statement: one snapshot of the database, one pass over each table. */
const COUNTS = `
  with shown as materialized (${SHOWN}), unsequenced as materialized (${UNSEQUENCED})
  select (select coalesce(json_agg(x), '[]') from (${CONNECTIONS}) x) as connections,
         (select coalesce(json_agg(x), '[]') from (${DIDS}) x) as dids,
         (select coalesce(json_agg(x), '[]') from (${DRIFTS}) x) as drifts,
         (select coalesce(json_agg(x), '[]') from (${ADVISORIES}) x) as advisories,
         (select coalesce(json_agg(x), '[]') from (${BINDINGS}) x) as bindings,
         (select coalesce(json_agg(x), '[]') from (${WRITES}) x) as writes,
         (select row_to_json(x) from unsequenced x) as unsequenced,
         (select coalesce(json_agg(x), '[]') from (${CURSORS}) x) as cursors,
         (select row_to_json(x) from (${PAUSES}) x) as pauses,
         (select coalesce(json_agg(x), '[]') from (${LEASES}) x) as leases`;

/** The part of it that the gateway asks for. */
const STALE = `
  with shown as materialized (${SHOWN})
  select (select coalesce(json_agg(distinct name), '[]') from shown) as names,
         (select coalesce(json_agg(x), '[]') from (${DIDS}) x) as dids`;

interface StaleRow {
  readonly names: readonly string[];
  readonly dids: readonly DidsRow[];
}

interface Named {
  readonly name: string;
}
interface Counted extends Named {
  readonly count: number;
}
type DidsRow = Named & WorkCounts['connections'][number]['dids'][number] & { readonly unready: number | null };
/** `issue` null: the drift itself. */
type DriftsRow = Counted & { readonly issue: string | null };
type AdvisoriesRow = Counted & { readonly code: string };
type BindingsRow = Counted & {
  readonly outcome: string;
  readonly due: number;
  readonly contested: number;
  readonly oldest: number | null;
};
type WritesRow = Counted & { readonly oldest: number };
interface ConnectionRow extends Named {
  readonly held: number;
  readonly refused: number;
  readonly sharing: number;
  readonly suspect: number;
  readonly complete_at: number;
}

interface CountsRow {
  readonly connections: readonly ConnectionRow[];
  readonly dids: readonly DidsRow[];
  readonly drifts: readonly DriftsRow[];
  readonly advisories: readonly AdvisoriesRow[];
  readonly bindings: readonly BindingsRow[];
  readonly writes: readonly WritesRow[];
  readonly unsequenced: { readonly events: number; readonly oldest: number };
  readonly cursors: readonly (Named & { readonly unsent: number; readonly oldest: number })[];
  readonly pauses: { readonly standing: number; readonly oldest: number };
  readonly leases: readonly Counted[];
}

/** Transactions began at different moments, so an age may come out slightly negative: it counts as 0. */
const age = (seconds: number | null | undefined): number => Math.max(0, seconds ?? 0);

const sum = <T>(rows: readonly T[], valueOf: (row: T) => number): number =>
  rows.reduce((total, row) => total + valueOf(row), 0);

const connectionOf = (row: ConnectionRow, counts: CountsRow): WorkCounts['connections'][number] => {
  const own = <T extends Named>(rows: readonly T[]): readonly T[] => rows.filter(({ name }) => name === row.name);
  const drifts = own(counts.drifts);
  const [writes] = own(counts.writes);
  return {
    connection: row.name,
    dids: own(counts.dids).map(({ declared, state, count, stale }) => ({ declared, state, count, stale })),
    oldestUnreadySeconds: Math.max(0, ...own(counts.dids).map(({ unready }) => age(unready))),
    openDrifts: sum(drifts, ({ issue, count }) => (issue === null ? count : 0)),
    driftsByIssue: Object.fromEntries(drifts.flatMap(({ issue, count }) => (issue === null ? [] : [[issue, count]]))),
    advisoriesByCode: Object.fromEntries(own(counts.advisories).map(({ code, count }) => [code, count])),
    sharing: row.sharing,
    oldestDueSeconds: age(Math.max(...own(counts.bindings).map(({ oldest }) => age(oldest)), 0)),
    unresolvedWrites: writes?.count ?? 0,
    oldestUnresolvedWriteSeconds: age(writes?.oldest),
    held: row.held,
    refused: row.refused,
    suspectLists: row.suspect,
    contested: sum(own(counts.bindings), ({ contested }) => contested),
    lastCompleteSweepAt: row.complete_at,
  };
};

const toCounts = (counts: CountsRow): WorkCounts => {
  const outcomes = Object.entries(Object.groupBy(counts.bindings, ({ outcome }) => outcome));
  return {
    bindingsDue: sum(counts.bindings, ({ due }) => due),
    bindingsByOutcome: Object.fromEntries(
      outcomes.map(([outcome, rows]) => [outcome, sum(rows ?? [], ({ count }) => count)]),
    ),
    connections: counts.connections.map((row) => connectionOf(row, counts)),
    cursors: counts.cursors.map(({ name, unsent, oldest }) => ({
      cursor: name,
      unsent: Math.max(0, unsent),
      oldestUnsentSeconds: age(oldest),
    })),
    unsequenced: { events: counts.unsequenced.events, oldestSeconds: age(counts.unsequenced.oldest) },
    pauses: { standing: counts.pauses.standing, oldestSeconds: age(counts.pauses.oldest) },
    leasesByKind: Object.fromEntries(counts.leases.map(({ name, count }) => [name, count])),
  };
};

export class WorkStatsStore implements WorkStats {
  constructor(private readonly ds: DataSource) {}

  async counts({ cursors, maxConnections, freshForMs }: Parameters<WorkStats['counts']>[0]): Promise<WorkCounts> {
    return toCounts(await this.row<CountsRow>(COUNTS, [maxConnections, freshForMs, cursors]));
  }

  async stale({ maxConnections, freshForMs }: Parameters<WorkStats['stale']>[0]): Promise<readonly StaleCount[]> {
    const { names, dids } = await this.row<StaleRow>(STALE, [maxConnections, freshForMs]);
    return names.flatMap((connection) =>
      [true, false].map((declared) => {
        const own = dids.filter((row) => row.name === connection && row.declared === declared);
        return { connection, declared, stale: sum(own, ({ stale }) => stale) };
      }),
    );
  }

  private async row<Row>(sql: string, parameters: readonly unknown[]): Promise<Row> {
    const row = await withLongStatements(this.ds, (tx) => firstRow<Row>(tx, sql, [...parameters]));
    if (row === null) throw new Error('A SELECT without FROM has one row.');
    return row;
  }
}

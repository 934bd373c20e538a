import type { ConnectionId, SectionWarning } from '@dialtone/domain';
import { type DataSource, In } from 'typeorm';
import { ms, rows } from '../db';
import { SWEEP_RESOURCE } from '../engine/lease-resources';
import { Connection } from '../entities/connection.entity';
import type { StoreSecrets } from '../secret-box';
import { pageOfConnections } from './connection-pages';
import { toConnectionRow } from './connections.mapper';
import type {
  BudgetLevel,
  BudgetName,
  ConnectionState,
  ConnectionStates as ConnectionStatesContract,
  SuspectList,
  VoiceLinkState,
} from './connection-states';
import type { Page } from './page';
import { openVoiceLinkCredentials } from './sealed-credentials';

interface StateRow {
  readonly id: ConnectionId;
  readonly now: number;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly complete_at: Date | null;
  readonly due_at: Date;
  readonly is_running: boolean;
  readonly warnings: readonly SectionWarning[];
  readonly suspect: readonly SuspectList[];
  readonly held_since: number | null;
  readonly unanswered_until: number | null;
  readonly base_url: string | null;
  readonly credentials: Buffer | null;
}

const STATES = `
  select c.id, ${ms('clock_timestamp()')} as now, c.sweep_started_at as started_at, c.last_swept_at as ended_at,
         c.last_complete_sweep_at as complete_at, c.sweep_due_at as due_at, c.warnings,
         exists (select 1 from leases l where l.resource = ${SWEEP_RESOURCE} and l.expires_at > clock_timestamp()) as is_running,
         (select coalesce(jsonb_agg(jsonb_build_object('section', l.section, 'since', ${ms('l.suspect_since')})), '[]')
            from account_lists l
           where l.account_id = c.account_id and l.partner_id = c.partner_id and l.suspect_since is not null) as suspect,
         case when c.writes_held is not null then ${ms('c.writes_turns[cardinality(c.writes_turns)]')} end as held_since,
         ${ms('c.unanswered_until')} as unanswered_until, c.base_url, c.credentials
    from connections c where c.id = any($1::uuid[]) and c.provider = 'voicelink'`;

const LEVELS = `
  select credential, greatest(0, extract(epoch from tat - now()) * 1000)::float8 as ahead,
         case when blocked_until > now() then ${ms('blocked_until')} end as blocked
    from gcra where credential = any($1::text[])`;

interface LevelRow {
  readonly credential: string;
  readonly ahead: number;
  readonly blocked: number | null;
}

const NOTHING_USED: BudgetLevel = { aheadMs: 0, blockedUntil: null };

/** Budgets by connection. */
type Levels = ReadonlyMap<ConnectionId, BudgetLevel>;

export class ConnectionStates implements ConnectionStatesContract {
  constructor(
    private readonly ds: DataSource,
    private readonly secrets: StoreSecrets,
  ) {}

  async list({ budgetOf, ...page }: Parameters<ConnectionStatesContract['list']>[0]): Promise<Page<ConnectionState>> {
    const { ids, nextCursor } = await pageOfConnections(this.ds, page);
    const found = await this.ds.getRepository(Connection).findBy({ id: In([...ids]) });
    const states = await rows<StateRow>(this.ds, STATES, [ids]);
    const levels = await this.levels(states, budgetOf);
    const connections = new Map(found.map((entity) => [entity.id, toConnectionRow(entity)]));
    const voicelink = new Map(states.map((row) => [row.id, toState(row, levels)]));
    return {
      items: ids
        .flatMap((id) => connections.get(id) ?? [])
        .map((connection) => ({ connection, voicelink: voicelink.get(connection.id) ?? null })),
      nextCursor,
    };
  }

  async noteBreaker(id: ConnectionId, openForMs: number | null): Promise<void> {
    await this.ds.query(
      `update connections set unanswered_until = clock_timestamp() + $2::float8 * interval '1 millisecond' where id = $1`,
      [id, openForMs],
    );
  }

  private async levels(states: readonly StateRow[], budgetOf: BudgetName): Promise<Levels> {
    const names = new Map(states.flatMap((row) => this.nameOf(row, budgetOf)));
    const found = await rows<LevelRow>(this.ds, LEVELS, [[...names.values()]]);
    const known = new Map(
      found.map(({ credential, ahead, blocked }) => [credential, { aheadMs: ahead, blockedUntil: blocked }]),
    );
    return new Map([...names].map(([id, name]) => [id, known.get(name) ?? NOTHING_USED]));
  }

  /** None when there are no credentials, or none that can be opened. */
  private nameOf(
    { id, base_url: baseUrl, credentials }: StateRow,
    budgetOf: BudgetName,
  ): readonly (readonly [ConnectionId, string])[] {
    if (baseUrl === null || credentials === null) return [];
    try {
      const opened = openVoiceLinkCredentials(this.secrets.secretBox, id, credentials);
      return [[id, budgetOf({ baseUrl, credentials: opened })]];
    } catch {
      return [];
    }
  }
}

const toState = (row: StateRow, levels: Levels): VoiceLinkState => ({
  now: row.now,
  sweep: {
    startedAt: row.started_at,
    endedAt: row.ended_at,
    completeAt: row.complete_at,
    dueAt: row.due_at,
    isRunning: row.is_running,
  },
  warnings: row.warnings,
  suspect: row.suspect,
  heldSince: row.held_since,
  unansweredUntil: row.unanswered_until,
  budget: levels.get(row.id) ?? null,
});

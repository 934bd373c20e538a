import type { Asked, ConnectionId, ListMemory, RememberedSection } from '@dialtone/domain';
import type { ListMemories, RecalledList } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, json, ms, rows, type Queryable } from '../db';
import { ON_VOICELINK } from './account-connections';

interface RecalledRow {
  readonly now: number;
  readonly connections: readonly Asked[];
  /** int8 comes as text; null: nothing is stored. */
  readonly version: string | null;
  readonly memory: ListMemory | null;
}

/** SQL: the place of a list that connection $1 reads. */
const PLACE = `l.account_id = me.account_id and l.partner_id = me.partner_id and l.section = $2`;

const RECALL = `
  select ${ms('clock_timestamp()')} as now, l.version, case when l.version is distinct from $3 then l.memory end as memory,
         (select coalesce(jsonb_agg(jsonb_build_object('connectionId', m.id, 'writesHeld', m.writes_held) order by m.created_at, m.id), '[]')
            from connections m
           where m.account_id = me.account_id and m.partner_id = me.partner_id and ${ON_VOICELINK}) as connections
    from (select 1) one
    left join connections me on me.id = $1
    left join account_lists l on ${PLACE}`;

const INSERT = `
  insert into account_lists (account_id, partner_id, section, memory, suspect_since)
  select me.account_id, me.partner_id, $2, $3, to_timestamp($4::float8 / 1000) from connections me where me.id = $1
  on conflict (account_id, partner_id, section) do nothing returning version`;

const UPDATE = `
  update account_lists l set version = nextval('list_versions'), memory = $3, suspect_since = to_timestamp($4::float8 / 1000)
    from connections me where me.id = $1 and ${PLACE} and l.version = $5 returning l.version`;

const VOUCH = `
  update account_lists l set whole_at = greatest(whole_at, to_timestamp($4::float8 / 1000))
    from connections me where me.id = $1 and ${PLACE} and l.version = $3`;

/** A memory of another partner is as good as its last sweep; what it misses it has noted with the time. */
const SHOWN_TO_OTHERS = `
  select bot.id::float8 as id, (l.memory -> 'clients' ->> bot.id)::float8 as "clientId"
    from connections me
    join account_lists l on l.account_id = me.account_id and l.partner_id <> me.partner_id and l.section = 'bots'
    cross join lateral (
      select jsonb_array_elements_text(l.memory -> 'listed') as id
       where exists (select 1 from connections m where m.account_id = l.account_id and m.partner_id = l.partner_id
                        and ${ON_VOICELINK} and m.observed_through >= to_timestamp($3::float8 / 1000))
      union all
      select jsonb_array_elements_text(gone -> 'rows') from jsonb_array_elements(l.memory -> 'missing') gone
       where (gone ->> 'since')::float8 >= $3
    ) bot
   where me.id = $1 and (l.memory -> 'clients' ->> bot.id)::float8 = any($2::float8[])`;

/** See `ListMemories.botsShownToOthers`, of several clients. */
export const shownToOthers = (
  db: Queryable,
  connectionId: ConnectionId,
  clientIds: readonly number[],
  since: number,
): Promise<readonly { readonly id: number; readonly clientId: number }[]> =>
  rows(db, SHOWN_TO_OTHERS, [connectionId, clientIds, since]);

/** See `ListMemories.recall`. */
export const recallList = async (
  db: Queryable,
  connectionId: ConnectionId,
  section: RememberedSection,
  known: number | null,
): Promise<RecalledList> => {
  const row = await firstRow<RecalledRow>(db, RECALL, [connectionId, section, known]);
  if (row === null) throw new Error('A left join of one row has one row.');
  const { now, connections, version, memory } = row;
  return { now, connections, stored: version === null ? null : { version: Number(version), memory } };
};

/** What complete lists of VoiceLink have shown. Each statement is a transaction of its own and locks one row. */
export class ListMemoryStore implements ListMemories {
  constructor(private readonly ds: DataSource) {}

  recall(connectionId: ConnectionId, section: RememberedSection, known: number | null): Promise<RecalledList> {
    return recallList(this.ds, connectionId, section, known);
  }

  async save(
    connectionId: ConnectionId,
    section: RememberedSection,
    memory: ListMemory,
    basis: number | null,
  ): Promise<number | null> {
    const values = [connectionId, section, json(memory), memory.suspectSince];
    const row =
      basis === null
        ? await firstRow<{ version: string }>(this.ds, INSERT, values)
        : await firstRow<{ version: string }>(this.ds, UPDATE, [...values, basis]);
    return row === null ? null : Number(row.version);
  }

  async vouch(connectionId: ConnectionId, section: RememberedSection, version: number, at: number): Promise<void> {
    await this.ds.query(VOUCH, [connectionId, section, version, at]);
  }

  async botsShownToOthers(connectionId: ConnectionId, clientId: number, since: number): Promise<readonly number[]> {
    const shown = await shownToOthers(this.ds, connectionId, [clientId], since);
    return shown.map(({ id }) => id);
  }
}

import type { Advisory, AgentId, ConnectionId, DidKey, DriftId, Issue, ReadinessState } from '@dialtone/domain';
import { neverSeen, type FlapMemory, type KeySelection, type LockedKey, type StoredKey } from '@dialtone/engine';
import { ms, type Queryable, rows } from '../db';
import { ReadTexts } from './read-texts';
import { presenceOf } from './stored-presence';

interface KeyRow {
  readonly key: DidKey;
  readonly state: ReadinessState | null;
  readonly issues: string;
  readonly stale: boolean;
  readonly observed_at: number | null;
  readonly presence: string;
  readonly digest: string;
  readonly drift_id: DriftId | null;
  readonly drift_opened_at: number;
  readonly drift_issues: string | null;
  readonly event_seq: string;
  readonly agent_id: AgentId | null;
  readonly client_id: string | null;
  readonly bot_name: string | null;
  readonly websocket_url: string | null;
  readonly made_bot_id: string | null;
  readonly declared_at?: number | null;
  readonly ready_since?: number | null;
  readonly advisories: string;
  readonly flap: string | null;
  readonly listed_elsewhere: boolean;
}

/** Another connection of the partner has had the number in its list; asked only of rows (alias `d`) that were never listed themselves. */
export const LISTED_ELSEWHERE = `case when d.presence -> 'everListed' is not null then false else exists (
    select 1 from connections mine join connections theirs on theirs.partner_id = mine.partner_id
      join dids other on other.connection_id = theirs.id and other.key = d.key
     where mine.id = d.connection_id and other.presence -> 'everListed' is not null) end`;

/** JSON as text: most of it is shared by many rows, or never read. */
const COLUMNS = `d.state, d.issues::text, d.stale, ${ms('d.observed_at')} as observed_at, d.presence::text, d.digest, d.drift_id,
  ${ms('d.drift_opened_at')} as drift_opened_at, d.drift_issues::text, d.event_seq, d.advisories::text, d.flap::text,
  b.agent_id, b.client_id, b.bot_name, b.websocket_url, b.made_bot_id,
  ${LISTED_ELSEWHERE} as listed_elsewhere`;

const issues = new ReadTexts<readonly Issue[]>();
const advisories = new ReadTexts<readonly Advisory[]>();

const toKey = (row: KeyRow): LockedKey => {
  if (row.state === null) return neverSeen(row.key);
  const presence = presenceOf(row.presence);
  const stored: StoredKey = {
    key: row.key,
    state: row.state,
    issues: issues.of(row.issues),
    stale: row.stale,
    observedAt: row.observed_at ?? 0,
    presence: row.listed_elsewhere ? { ...presence, everListed: true } : presence,
    drift: driftOf(row),
    digest: row.digest,
    declared: declaredOf(row),
    advisories: advisories.of(row.advisories),
    flap: row.flap === null ? null : (JSON.parse(row.flap) as FlapMemory),
  };
  const { declared_at: declaredAt = null, ready_since: readySince = null } = row;
  return { stored, eventSeq: Number(row.event_seq), declaredAt, readySince };
};

const driftOf = (row: KeyRow): StoredKey['drift'] =>
  row.drift_id && { id: row.drift_id, openedAt: row.drift_opened_at, issues: issues.of(row.drift_issues ?? '[]') };

const declaredOf = (row: KeyRow): StoredKey['declared'] =>
  row.agent_id && {
    agentId: row.agent_id,
    clientId: idOf(row.client_id),
    botName: row.bot_name,
    websocketUrl: row.websocket_url,
    madeBotId: idOf(row.made_bot_id),
  };

const idOf = (text: string | null): number | null => (text === null ? null : Number(text));

/** All keys for which a connection has a DID row or a local row, or the selected ones of these. */
export const readAllKeys = async (
  db: Queryable,
  connectionId: ConnectionId,
  only: KeySelection | null,
): Promise<LockedKey[]> => {
  const { sql, parameters } = only === null ? { sql: '', parameters: [] } : conditionOf(only);
  const found = await rows<KeyRow>(
    db,
    `select coalesce(d.key, p.key) as key, ${COLUMNS}
       from (select * from dids where connection_id = $1 ${sql}) d
       full join (select key from phone_numbers where connection_id = $1 ${sql}) p on p.key = d.key
       left join bindings b on b.connection_id = $1 and b.key = d.key and b.releasing is null`,
    [connectionId, ...parameters],
  );
  return found.map(toKey);
};

interface Condition {
  /** SQL of a subquery with a column `key`; its parameters begin at $2. */
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The statement has only the needed conditions, so that a list of keys is looked up in the index. */
const conditionOf = (only: KeySelection): Condition => {
  if (only.kind === 'range') {
    const parameters = [only.after, only.through].filter((bound) => bound !== null);
    const through = `$${String(parameters.length + 1)}`;
    const after = only.after === null ? '' : 'and key > $2';
    return { sql: `${after} ${only.through === null ? '' : `and key <= ${through}`}`, parameters };
  }
  const tests = [
    {
      values: only.buckets,
      test: (at: string) => `right(key, ${String(only.buckets[0]?.length ?? 0)}) = any(${at}::text[])`,
    },
    { values: only.keys, test: (at: string) => `key = any(${at}::text[])` },
    {
      values: only.clientIds,
      test: (at: string) =>
        `key in (select b.key from bindings b where b.connection_id = $1 and b.client_id = any(${at}::bigint[]))`,
    },
  ].filter(({ values }) => values.length > 0);
  if (tests.length === 0) return { sql: 'and false', parameters: [] };
  const sql = tests.map(({ test }, index) => test(`$${String(index + 2)}`)).join(' or ');
  return { sql: `and (${sql})`, parameters: tests.map(({ values }) => values) };
};

/** Those of the given keys that have a DID row. */
export const readKeys = async (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<Map<DidKey, LockedKey>> => {
  const found = await rows<KeyRow>(
    db,
    `select d.key, ${COLUMNS}, ${ms('b.updated_at')} as declared_at, ${ms('d.ready_since')} as ready_since from dids d
       left join bindings b on b.connection_id = d.connection_id and b.key = d.key and b.releasing is null
      where d.connection_id = $1 and d.key = any($2::text[])`,
    [connectionId, keys],
  );
  return new Map(found.map((row) => [row.key, toKey(row)]));
};

/**
 * Locks the DIDs' rows in key order until the transaction ends; inserts missing ones first. Every write of a verdict, a
 * binding or an event of a DID goes through here, always in this order.
 */
export const lockDids = async (db: Queryable, connectionId: ConnectionId, keys: readonly DidKey[]): Promise<void> => {
  await db.query(
    `insert into dids (connection_id, key)
     select $1::uuid, k from unnest($2::text[]) k
      where not exists (select 1 from dids d where d.connection_id = $1 and d.key = k)
      order by k on conflict do nothing`,
    [connectionId, keys],
  );
  await db.query(
    `select 1 from dids where connection_id = $1 and key = any($2::text[]) order by key for no key update`,
    [connectionId, keys],
  );
};

/** Takes the next number of each DID's own event sequence; the caller holds their rows. */
export const nextEventSeqs = async (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<ReadonlyMap<DidKey, number>> => {
  if (keys.length === 0) return new Map();
  const taken = await rows<{ key: DidKey; event_seq: string }>(
    db,
    `update dids set event_seq = event_seq + 1 where connection_id = $1 and key = any($2::text[]) returning key, event_seq`,
    [connectionId, keys],
  );
  if (taken.length < keys.length) throw new Error('The rows of DIDs must be locked before their events are logged.');
  return new Map(taken.map(({ key, event_seq: seq }) => [key, Number(seq)]));
};

/** The same of one DID. */
export const nextEventSeq = async (db: Queryable, connectionId: ConnectionId, key: DidKey): Promise<number> =>
  (await nextEventSeqs(db, connectionId, [key])).get(key) ?? 0;

import type { ConnectionId, DidKey, LocalPhoneNumber } from '@dialtone/domain';
import type { LocalNumberRow, PhoneNumbers } from '@dialtone/engine';
import { firstRow, ms, type Queryable, rows, text } from '../db';
import { settleImport } from '../gateway/inbound-claims';
import { isActive } from '../gateway/number-sync';

// A deleted agent counts as none: the row needs a new one.
const FROM = `from phone_numbers p left join agents a on a.id = p.agent_id and a.deleted_at is null
   where p.connection_id = $1`;
const COLUMNS = `p.id, p.key, a.id as "agentId", a.name as "agentName"`;
const SELECT = `select ${COLUMNS} ${FROM}`;
const SELECT_ROWS = `
  select ${COLUMNS}, p.friendly_name as "friendlyName", p.status, p.is_default as "isDefault",
         p.inbound_enabled as "inboundEnabled", ${ms('p.created_at')} as "createdAt", ${ms('p.updated_at')} as "updatedAt"
  ${FROM} and ($2::text[] is null or p.key = any($2)) order by p.key`;

const IS_FREE = (key: string): string =>
  `not exists (select 1 from phone_numbers where key = ${key} and status = 'ACTIVE' and inbound_enabled)`;
const KNOWN = `select key from phone_numbers where connection_id = $1 and key = any($2::text[])`;
/** In key order, so that two concurrent imports cannot deadlock. */
const insertAll = (inboundEnabled: string): string => `
  insert into phone_numbers (partner_id, connection_id, key, friendly_name, inbound_enabled)
  select $1, $2, given.key, given.key, ${inboundEnabled}
    from unnest($3::text[]) as given (key)
   where not exists (select 1 from phone_numbers p where p.connection_id = $2 and p.key = given.key)
   order by given.key
  on conflict do nothing returning key`;

type ImportInput = Parameters<PhoneNumbers['import']>[0];
type AgentInput = Parameters<PhoneNumbers['assignAgent']>[0];

/** A data source, or an entity manager inside a transaction. */
export interface Transactional extends Queryable {
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
}

const insertNamed = (inboundEnabled: string): string => `
  insert into phone_numbers (partner_id, connection_id, key, friendly_name, inbound_enabled)
  select $1, $2, given.key, given.friendly_name, ${inboundEnabled}
    from unnest($3::text[], $4::text[]) as given (key, friendly_name) order by given.key
  on conflict do nothing`;

/** The rows of some numbers of a connection. */
export const localNumbers = async (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>> => {
  const found = await rows<LocalPhoneNumber>(db, `${SELECT} and p.key = any($2::text[])`, [connectionId, keys]);
  return new Map(found.map((row) => [row.key, row]));
};

/** See `PhoneNumbers.import`, of several numbers of one connection; the answers in their order. */
export const importNumbers = async (
  db: Transactional,
  place: Pick<ImportInput, 'partnerId' | 'connectionId'>,
  numbers: readonly Pick<ImportInput, 'key' | 'friendlyName'>[],
): Promise<readonly (LocalPhoneNumber | null)[]> => {
  const { partnerId, connectionId } = place;
  const known = await localNumbers(db, connectionId, numbers.map(keyOf));
  const missing = numbers.filter(({ key }) => !known.has(key));
  const keys = missing.map(keyOf);
  if (keys.length > 0)
    await db.transaction(async (tx) => {
      if (!(await isActive(tx, partnerId, connectionId))) return;
      await settleImport(tx, { ...place, keys }, keys);
      const values = [partnerId, connectionId, keys, missing.map(({ friendlyName }) => text(friendlyName))];
      // Second: another connection was enabled for inbound calls of a number meanwhile, so this one is for outbound calls only.
      for (const inboundEnabled of [IS_FREE('given.key'), 'false']) await tx.query(insertNamed(inboundEnabled), values);
    });
  const added = keys.length === 0 ? known : await localNumbers(db, connectionId, keys);
  return numbers.map(({ key }) => known.get(key) ?? added.get(key) ?? null);
};

const keyOf = ({ key }: { readonly key: DidKey }): DidKey => key;

/** Rows are locked in key order, as everywhere. */
const ASSIGN = `
  with target as (
    select given.nth, p.id, a.id as agent_id
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) with ordinality as given (partner_id, connection_id, key, agent_id, nth)
      join agents a on a.id = given.agent_id and a.partner_id = given.partner_id and a.deleted_at is null
      join phone_numbers p on p.partner_id = given.partner_id and p.connection_id = given.connection_id and p.key = given.key
     order by p.key, p.id for no key update of p
  ), assigned as (
    update phone_numbers p set agent_id = t.agent_id, updated_at = now()
      from target t where p.id = t.id and p.agent_id is distinct from t.agent_id
  )
  select nth::int as nth from target`;

/** See `PhoneNumbers.assignAgent`, of several numbers; the answers in their order. */
export const assignAgents = async (db: Queryable, inputs: readonly AgentInput[]): Promise<readonly boolean[]> => {
  const found = await rows<{ nth: number }>(db, ASSIGN, [
    inputs.map(({ partnerId }) => partnerId),
    inputs.map(({ connectionId }) => connectionId),
    inputs.map(keyOf),
    inputs.map(({ agentId }) => agentId),
  ]);
  const assigned = new Set(found.map(({ nth }) => nth));
  return inputs.map((_, index) => assigned.has(index + 1));
};

export class PhoneNumberStore implements PhoneNumbers {
  constructor(private readonly db: Transactional) {}

  async byConnection(
    connectionId: ConnectionId,
    keys?: readonly DidKey[],
  ): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>> {
    const found =
      keys === undefined
        ? await rows<LocalPhoneNumber>(this.db, SELECT, [connectionId])
        : await rows<LocalPhoneNumber>(this.db, `${SELECT} and p.key = any($2::text[])`, [connectionId, keys]);
    return new Map(found.map((row) => [row.key, row]));
  }

  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null> {
    return firstRow<LocalPhoneNumber>(this.db, `${SELECT} and p.key = $2`, [connectionId, key]);
  }

  async import({ partnerId, connectionId, ...number }: ImportInput): Promise<LocalPhoneNumber | null> {
    const [row = null] = await importNumbers(this.db, { partnerId, connectionId }, [number]);
    return row;
  }

  rows(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<readonly LocalNumberRow[]> {
    return rows<LocalNumberRow>(this.db, SELECT_ROWS, [connectionId, keys ?? null]);
  }

  importAll(input: Parameters<PhoneNumbers['importAll']>[0]): Promise<readonly DidKey[]> {
    const { partnerId, connectionId, keys, proven } = input;
    return this.db.transaction(async (tx) => {
      if (!(await isActive(tx, partnerId, connectionId))) return [];
      const known = new Set((await rows<{ key: DidKey }>(tx, KNOWN, [connectionId, keys])).map(({ key }) => key));
      const isNew = (key: DidKey): boolean => !known.has(key);
      await settleImport(tx, { partnerId, connectionId, keys: keys.filter(isNew) }, proven.filter(isNew));
      const imported: DidKey[] = [];
      // Second: numbers for which another connection was enabled meanwhile, for outbound calls only.
      for (const inboundEnabled of [IS_FREE('given.key'), 'false']) {
        const inserted = await rows<{ key: DidKey }>(tx, insertAll(inboundEnabled), [partnerId, connectionId, keys]);
        imported.push(...inserted.map(({ key }) => key));
      }
      return imported.sort();
    });
  }

  async assignAgent(input: AgentInput): Promise<boolean> {
    const [isAssigned = false] = await assignAgents(this.db, [input]);
    return isAssigned;
  }

  async unassignAgent({ connectionId, key, agentId }: Parameters<PhoneNumbers['unassignAgent']>[0]): Promise<void> {
    await this.db.query(
      `update phone_numbers set agent_id = null, updated_at = now() where connection_id = $1 and key = $2 and agent_id = $3`,
      [connectionId, key, agentId],
    );
  }
}

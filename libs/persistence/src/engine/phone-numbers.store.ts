import type { AgentId, ConnectionId, DidKey, LocalPhoneNumber, PartnerId } from '@dialtone/domain';
import type { LocalNumberRow, PhoneNumbers } from '@dialtone/engine';
import { firstRow, hit, ms, type Queryable, rows, text } from '../db';
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

/** A data source, or an entity manager inside a transaction. */
interface Transactional extends Queryable {
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
}

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

  async import(input: ImportInput): Promise<LocalPhoneNumber | null> {
    const { connectionId, key } = input;
    const existing = await this.find(connectionId, key);
    if (existing !== null) return existing;
    await this.db.transaction(async (tx) => {
      if (!(await isActive(tx, input.partnerId, connectionId))) return;
      await settleImport(tx, { ...input, keys: [key] }, [key]);
      // Second: another connection was enabled for inbound calls of this number meanwhile, so this one is for outbound calls only.
      for (const inboundEnabled of [IS_FREE('$3'), 'false']) await insertOne(tx, input, inboundEnabled);
    });
    return this.find(connectionId, key);
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

  async assignAgent(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
  }): Promise<boolean> {
    const parameters = [input.partnerId, input.connectionId, input.key, input.agentId];
    const target = `p.partner_id = $1 and p.connection_id = $2 and p.key = $3
      and a.id = $4 and a.partner_id = $1 and a.deleted_at is null`;
    await this.db.query(
      `update phone_numbers p set agent_id = a.id, updated_at = now() from agents a
        where ${target} and p.agent_id is distinct from a.id`,
      parameters,
    );
    return hit(this.db, `select 1 from phone_numbers p join agents a on p.agent_id = a.id where ${target}`, parameters);
  }

  async unassignAgent({ connectionId, key, agentId }: Parameters<PhoneNumbers['unassignAgent']>[0]): Promise<void> {
    await this.db.query(
      `update phone_numbers set agent_id = null, updated_at = now() where connection_id = $1 and key = $2 and agent_id = $3`,
      [connectionId, key, agentId],
    );
  }
}

const insertOne = async (tx: Queryable, input: ImportInput, inboundEnabled: string): Promise<void> => {
  await tx.query(
    `insert into phone_numbers (partner_id, connection_id, key, friendly_name, inbound_enabled)
     select $1, $2, $3, $4, ${inboundEnabled} on conflict do nothing`,
    [input.partnerId, input.connectionId, input.key, text(input.friendlyName)],
  );
};

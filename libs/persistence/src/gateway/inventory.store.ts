import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import type {
  PhoneNumberChange,
  PhoneNumberInventory,
  PhoneNumberRow,
  PhoneNumberStatus,
  PhoneNumberSync,
  PhoneNumberUpdate,
} from './phone-number-inventory';
import { refusedByUnique } from '../database-errors';
import { firstRow, hit, type Queryable, rows, text, withLongStatements } from '../db';
import { triggerBindings } from '../engine/binding-trigger';
import { NUMBERS, readNumbers } from './phone-number-rows';

type ListInput = Parameters<PhoneNumberInventory['list']>[0];
type SyncInput = Parameters<PhoneNumberInventory['sync']>[0];

/** This index enforces "answered on at most one connection", over all partners. */
const INBOUND_INDEX = 'phone_numbers_inbound';

const MATCHING = `where p.partner_id = $1
  and ($2::uuid is null or p.connection_id = $2) and ($3::text is null or c.provider = $3)
  and ($4::text is null or p.status = $4) and ($5::uuid is null or a.id = $5)
  and ($6::boolean is null or (a.id is not null) = $6) and ($7::boolean is null or p.inbound_enabled = $7)
  and ($8::text is null or p.key = $8)`;

const filterOf = (input: ListInput): readonly unknown[] => [
  input.partnerId,
  input.connectionId ?? null,
  input.provider ?? null,
  input.status ?? null,
  input.agentId ?? null,
  input.assigned ?? null,
  input.inboundEnabled ?? null,
  input.key ?? null,
];

/** Order of locks: connection, agent, number, binding; as everywhere. */
export class InventoryStore implements PhoneNumberInventory {
  constructor(private readonly ds: DataSource) {}

  async list(input: ListInput): Promise<{ readonly items: readonly PhoneNumberRow[]; readonly total: number }> {
    const filter = filterOf(input);
    const [items, count] = await Promise.all([
      readNumbers(this.ds, `${MATCHING} order by p.created_at desc, p.id desc limit $9 offset $10`, [
        ...filter,
        input.limit,
        input.offset,
      ]),
      firstRow<{ total: number }>(this.ds, `select count(*)::int as total from ${NUMBERS} ${MATCHING}`, filter),
    ]);
    return { items, total: count?.total ?? 0 };
  }

  async find(partnerId: PartnerId, id: PhoneNumberId): Promise<PhoneNumberRow | null> {
    return findNumber(this.ds, partnerId, id);
  }

  async update(partnerId: PartnerId, id: PhoneNumberId, change: PhoneNumberChange): Promise<PhoneNumberUpdate> {
    try {
      return await this.ds.transaction((tx) => updateLocked(tx, { partnerId, id }, change));
    } catch (error) {
      if (refusedByUnique(error, INBOUND_INDEX) !== null) return { kind: 'inbound_taken' };
      throw error;
    }
  }

  async sync(input: SyncInput): Promise<PhoneNumberSync> {
    try {
      return await withLongStatements(this.ds, (tx) => syncLocked(tx, input));
    } catch (error) {
      const key = refusedByUnique(error, INBOUND_INDEX);
      if (key !== null) return { kind: 'inbound_taken', key: key as DidKey };
      throw error;
    }
  }
}

const findNumber = async (db: Queryable, partnerId: PartnerId, id: PhoneNumberId): Promise<PhoneNumberRow | null> =>
  (await readNumbers(db, `where p.id = $1 and p.partner_id = $2`, [id, partnerId]))[0] ?? null;

/** Share-locks the connection, so that it is not disconnected while its numbers change. */
const isActive = (tx: Queryable, partnerId: PartnerId, id: ConnectionId): Promise<boolean> =>
  hit(
    tx,
    `select 1 from (select status from connections where id = $1 and partner_id = $2 and deleted_at is null for share) c
      where c.status = 'ACTIVE'`,
    [id, partnerId],
  );

interface Current {
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly agent_id: AgentId | null;
  readonly friendly_name: string | null;
  readonly status: PhoneNumberStatus;
  readonly inbound_enabled: boolean;
}

const updateLocked = async (
  tx: Queryable,
  place: { readonly partnerId: PartnerId; readonly id: PhoneNumberId },
  change: PhoneNumberChange,
): Promise<PhoneNumberUpdate> => {
  const { partnerId, id } = place;
  const known = await findNumber(tx, partnerId, id);
  if (known === null) return { kind: 'not_found' };
  const revives = change.status === 'ACTIVE' || change.inboundEnabled === true;
  if (!(await isActive(tx, partnerId, known.connectionId)) && revives) return { kind: 'disconnected' };
  if (!(await agentExists(tx, partnerId, change.agentId ?? null))) return { kind: 'agent_not_found' };
  const current = await firstRow<Current>(
    tx,
    `select connection_id, key, agent_id, friendly_name, status, inbound_enabled
       from phone_numbers where id = $1 for no key update`,
    [id],
  );
  if (current === null) return { kind: 'not_found' };
  await writeChange(tx, id, current, change);
  const row = await findNumber(tx, partnerId, id);
  return row === null ? { kind: 'not_found' } : { kind: 'updated', row };
};

/** Share-locks the agent: a concurrent delete takes it off this number too, or has already committed. */
const agentExists = async (tx: Queryable, partnerId: PartnerId, agentId: AgentId | null): Promise<boolean> =>
  agentId === null ||
  hit(tx, `select 1 from agents where id = $1 and partner_id = $2 and deleted_at is null for share`, [
    agentId,
    partnerId,
  ]);

/** Repeating the same change writes nothing. */
const writeChange = async (
  tx: Queryable,
  id: PhoneNumberId,
  current: Current,
  change: PhoneNumberChange,
): Promise<void> => {
  const agentId = change.agentId === undefined ? current.agent_id : change.agentId;
  const name = change.friendlyName === undefined ? current.friendly_name : change.friendlyName;
  const written = await hit(
    tx,
    `update phone_numbers set agent_id = $2, friendly_name = $3, status = $4, inbound_enabled = $5, updated_at = now()
      where id = $1 and (agent_id, friendly_name, status, inbound_enabled) is distinct from
        ($2::uuid, $3::text, $4::text, $5::boolean) returning 1`,
    [
      id,
      agentId,
      name === null ? null : text(name),
      change.status ?? current.status,
      change.inboundEnabled ?? current.inbound_enabled,
    ],
  );
  if (!written || agentId === current.agent_id) return;
  await triggerBindings(tx, { connectionId: current.connection_id, keys: [current.key] });
};

const syncLocked = async (tx: Queryable, input: SyncInput): Promise<PhoneNumberSync> => {
  const { partnerId, connectionId, numbers } = input;
  if (!(await isActive(tx, partnerId, connectionId))) return { kind: 'disconnected' };
  // In key order, so that two concurrent imports cannot deadlock.
  const written = await rows<{ created: boolean }>(
    tx,
    `insert into phone_numbers as p (partner_id, connection_id, key, phone_number, inbound_enabled)
     select $1, $2, given.key, nullif(given.phone_number, '+' || given.key), true
       from unnest($3::text[], $4::text[]) as given (key, phone_number) order by given.key
     on conflict (connection_id, key) do update set inbound_enabled = true, updated_at = now()
       where not p.inbound_enabled
     returning p.xmax = 0 as created`,
    [partnerId, connectionId, numbers.map(({ key }) => key), numbers.map(({ phoneNumber }) => phoneNumber)],
  );
  const found = await readNumbers(tx, `where p.connection_id = $1 and p.key = any($2::text[]) order by p.key`, [
    connectionId,
    numbers.map(({ key }) => key),
  ]);
  return { kind: 'synced', created: written.filter(({ created }) => created).length, rows: found };
};

import type { AgentId, ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import type { DataSource } from 'typeorm';
import type {
  PhoneNumberChange,
  PhoneNumberInventory,
  PhoneNumberRow,
  PhoneNumberStatus,
  PhoneNumberImport,
  PhoneNumberSync,
  PhoneNumberUpdate,
  ReleasedClaim,
} from './phone-number-inventory';
import { refusedByUnique } from '../database-errors';
import { firstRow, hit, type Queryable, text, withLongStatements } from '../db';
import { triggerBindings } from '../engine/binding-trigger';
import { askForPointing } from './ask-for-pointing';
import { releaseClaim, settleClaim } from './inbound-claims';
import { importNumbers } from './number-import';
import { isActive, syncNumbers } from './number-sync';
import { INBOUND_INDEX, readNumbers } from './phone-number-rows';

type ListInput = Parameters<PhoneNumberInventory['list']>[0];
type SyncInput = Parameters<PhoneNumberInventory['sync']>[0];

/** SQL of `phone_numbers p` and what a filter asks of other tables; only what was asked for, so that an index serves it. */
const selectionOf = (
  input: ListInput,
): { readonly from: string; readonly where: string; readonly values: unknown[] } => {
  const values: unknown[] = [input.partnerId];
  const on = (condition: (parameter: string) => string, value: unknown): readonly string[] =>
    value === undefined ? [] : [condition(`$${String(values.push(value))}`)];
  const { provider, agentId, assigned } = input;
  const where = [
    'p.partner_id = $1',
    ...on((of) => `p.connection_id = ${of}::uuid`, input.connectionId),
    ...on((of) => `c.provider = ${of}::text`, provider),
    ...on((of) => `p.status = ${of}::text`, input.status),
    ...on((of) => `a.id = ${of}::uuid`, agentId),
    ...on((of) => `(a.id is not null) = ${of}::boolean`, assigned),
    ...on((of) => `p.inbound_enabled = ${of}::boolean`, input.inboundEnabled),
    ...on((of) => `p.key = ${of}::text`, input.key),
  ].join(' and ');
  const from = [
    'phone_numbers p',
    ...(provider === undefined ? [] : ['join connections c on c.id = p.connection_id']),
    ...(agentId === undefined && assigned === undefined
      ? []
      : ['left join agents a on a.id = p.agent_id and a.deleted_at is null']),
  ].join(' ');
  return { from, where, values };
};

const NEWEST_FIRST = 'order by p.created_at desc, p.id desc';

const TAKEN: PhoneNumberUpdate = { kind: 'inbound_taken' };

/** Order of locks: connection, agent, number, binding, pointing; as everywhere. */
export class InventoryStore implements PhoneNumberInventory {
  constructor(private readonly ds: DataSource) {}

  async list(input: ListInput): Promise<{ readonly items: readonly PhoneNumberRow[]; readonly total: number }> {
    const { from, where, values } = selectionOf(input);
    // The page first, out of an index, and what is shown of its rows then: an offset may pass over a hundred thousand.
    const page = `select p.id from ${from} where ${where} ${NEWEST_FIRST}
      limit $${String(values.length + 1)} offset $${String(values.length + 2)}`;
    const [items, count] = await Promise.all([
      readNumbers(this.ds, `where p.id = any(array(${page})) ${NEWEST_FIRST}`, [...values, input.limit, input.offset]),
      firstRow<{ total: number }>(this.ds, `select count(*)::int as total from ${from} where ${where}`, values),
    ]);
    return { items, total: count?.total ?? 0 };
  }

  async find(partnerId: PartnerId, id: PhoneNumberId): Promise<PhoneNumberRow | null> {
    return findNumber(this.ds, partnerId, id);
  }

  async update(partnerId: PartnerId, id: PhoneNumberId, change: PhoneNumberChange): Promise<PhoneNumberUpdate> {
    // A claim that was not committed when this one was made is seen by the second attempt.
    return (await this.tryUpdate(partnerId, id, change)) ?? (await this.tryUpdate(partnerId, id, change)) ?? TAKEN;
  }

  /** Null, with nothing written: the inbound calls were taken meanwhile. */
  private async tryUpdate(
    partnerId: PartnerId,
    id: PhoneNumberId,
    change: PhoneNumberChange,
  ): Promise<PhoneNumberUpdate | null> {
    try {
      return await this.ds.transaction((tx) => updateLocked(tx, { partnerId, id }, change));
    } catch (error) {
      if (refusedByUnique(error, INBOUND_INDEX) !== null) return null;
      throw error;
    }
  }

  sync(input: SyncInput): Promise<PhoneNumberSync> {
    return withLongStatements(this.ds, (tx) => syncNumbers(tx, input));
  }

  importListed(input: Parameters<PhoneNumberInventory['importListed']>[0]): Promise<PhoneNumberImport> {
    return withLongStatements(this.ds, (tx) => importNumbers(tx, input));
  }

  release(key: DidKey): Promise<ReleasedClaim | null> {
    return this.ds.transaction(async (tx) => {
      const row = await releaseClaim(tx, key);
      return row === null ? null : { id: row.id, partnerId: row.partner_id, connectionId: row.connection_id };
    });
  }
}

const findNumber = async (db: Queryable, partnerId: PartnerId, id: PhoneNumberId): Promise<PhoneNumberRow | null> =>
  (await readNumbers(db, `where p.id = $1 and p.partner_id = $2`, [id, partnerId]))[0] ?? null;

interface Current {
  readonly connection_id: ConnectionId;
  readonly key: DidKey;
  readonly agent_id: AgentId | null;
  readonly friendly_name: string | null;
  readonly status: PhoneNumberStatus;
  readonly inbound_enabled: boolean;
}

const lockNumber = (tx: Queryable, id: PhoneNumberId): Promise<Current | null> =>
  firstRow<Current>(
    tx,
    `select connection_id, key, agent_id, friendly_name, status, inbound_enabled
       from phone_numbers where id = $1 for no key update`,
    [id],
  );

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
  const current = await lockNumber(tx, id);
  if (current === null) return { kind: 'not_found' };
  if (!(await isGranted(tx, partnerId, current, change))) return TAKEN;
  await writeChange(tx, id, current, change);
  await askForPointing(tx, id, change);
  const row = await findNumber(tx, partnerId, id);
  return row === null ? { kind: 'not_found' } : { kind: 'updated', row };
};

const takesCalls = (row: Pick<Current, 'status' | 'inbound_enabled'>): boolean =>
  row.status === 'ACTIVE' && row.inbound_enabled;

/** True if the number takes inbound calls after the change, and not before. */
const claims = (current: Current, { status, inboundEnabled }: PhoneNumberChange): boolean =>
  !takesCalls(current) &&
  takesCalls({ status: status ?? current.status, inbound_enabled: inboundEnabled ?? current.inbound_enabled });

/** True if it may take the inbound calls, or does not ask for them. */
const isGranted = async (
  tx: Queryable,
  partnerId: PartnerId,
  current: Current,
  change: PhoneNumberChange,
): Promise<boolean> => {
  if (!claims(current, change)) return true;
  const { connection_id: connectionId, key } = current;
  return (await settleClaim(tx, { partnerId, connectionId, keys: [key] })).size === 0;
};

/** Share-locks the agent: a concurrent delete takes it off this number too, or has already committed. */
const agentExists = async (tx: Queryable, partnerId: PartnerId, agentId: AgentId | null): Promise<boolean> =>
  agentId === null ||
  hit(tx, `select 1 from agents where id = $1 and partner_id = $2 and deleted_at is null for share`, [
    agentId,
    partnerId,
  ]);

/** Repeating the same change writes nothing. What a partner says about inbound calls answers what was said about their loss. */
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
    `update phone_numbers
        set agent_id = $2, friendly_name = $3, status = $4, inbound_enabled = $5, updated_at = now(),
            inbound_lost_at = case when not $6 then inbound_lost_at end,
            inbound_lost_reason = case when not $6 then inbound_lost_reason end
      where id = $1 and ((agent_id, friendly_name, status, inbound_enabled) is distinct from
        ($2::uuid, $3::text, $4::text, $5::boolean) or $6 and inbound_lost_at is not null) returning 1`,
    [
      id,
      agentId,
      name === null ? null : text(name),
      change.status ?? current.status,
      change.inboundEnabled ?? current.inbound_enabled,
      change.inboundEnabled !== undefined,
    ],
  );
  if (!written || agentId === current.agent_id) return;
  await triggerBindings(tx, { connectionId: current.connection_id, keys: [current.key] });
};

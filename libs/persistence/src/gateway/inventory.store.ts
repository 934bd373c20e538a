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
import { INBOUND_INDEX, NUMBERS, readNumbers } from './phone-number-rows';

type ListInput = Parameters<PhoneNumberInventory['list']>[0];
type SyncInput = Parameters<PhoneNumberInventory['sync']>[0];

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

const TAKEN: PhoneNumberUpdate = { kind: 'inbound_taken' };

/** Order of locks: connection, agent, number, binding, pointing; as everywhere. */
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

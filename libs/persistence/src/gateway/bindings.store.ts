import {
  type Binding,
  type BindingId,
  type ConnectionId,
  type DidKey,
  type Labels,
  NO_MARKS,
  type PartnerId,
} from '@dialtone/domain';
import {
  decideDeclaration,
  decideWithdrawal,
  STARTING_OVER,
  type StandingDeclaration,
  type WithdrawalDecision,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import type { BindingStore as BindingContract, BindingView, DeclareResult } from './binding-store';
import type { Page } from './page';
import { firstRow, hit, json, type Queryable, wake } from '../db';
import {
  BINDING_COLUMNS,
  SPEC_COLUMN_NAMES,
  specValues,
  storableSpec,
  toBinding,
  type BindingRow,
} from '../engine/binding-rows';
import { lockDids } from '../engine/key-rows';
import { logDeclaration } from './binding-events';
import { findView, findViews, listViews } from './binding-views';
import { transact, type TransactionEnd } from '../transact';
import { decodeCursor, encodeCursor, KEY_PATTERN } from './cursor';
import { lockPartner } from './lock-partner';
import { refuseMore } from './refuse-more';

type DeclareRequest = Parameters<BindingContract['declare']>[0];
type DeclareInput = Required<DeclareRequest>;
type RemoveInput = Parameters<BindingContract['remove']>[0];

/** Declarations. Order of locks, as everywhere: partner, connection, DID, binding. */
export class BindingStore implements BindingContract {
  constructor(private readonly ds: DataSource) {}

  async declare(given: DeclareRequest): Promise<DeclareResult> {
    const input = { marks: NO_MARKS, takeOver: false, atMost: 0, ...given, spec: storableSpec(given.spec) };
    // Fast path: repeating a declaration needs no lock and no write.
    return (await this.decideWithoutWriting(input)) ?? transact(this.ds, (tx) => declareLocked(tx, input));
  }

  find(partnerId: PartnerId, key: DidKey): Promise<BindingView | null> {
    return findView(this.ds, partnerId, key);
  }

  findAll(places: Parameters<BindingContract['findAll']>[0]): Promise<readonly BindingView[]> {
    return findViews(this.ds, places);
  }

  async list(input: Parameters<BindingContract['list']>[0]): Promise<Page<BindingView>> {
    const after = input.cursor === undefined ? null : (decodeCursor(input.cursor, KEY_PATTERN)[0] ?? null);
    const found = await listViews(this.ds, { ...input, after, limit: input.limit + 1 });
    const items = found.slice(0, input.limit);
    const last = items.at(-1);
    const more = found.length > input.limit && last !== undefined;
    return { items, nextCursor: more ? encodeCursor(last.binding.key) : null };
  }

  async remove(input: RemoveInput): Promise<WithdrawalDecision> {
    const found = await currentBinding(this.ds, input);
    if (found === null) return { kind: 'not_found' };
    return this.ds.transaction(async (tx) => {
      await lockDids(tx, found.binding.connectionId, [input.key]);
      const standing = await currentBinding(tx, input, 'for no key update of b');
      const decision = decideWithdrawal({ manager: null, takeOver: false, ...input }, standing);
      if (decision.kind !== 'removed' || standing === null) return decision;
      const { binding: current } = standing;
      await tx.query(`delete from bindings where id = $1`, [current.id]);
      await tx.query(
        `insert into binding_tombstones (partner_id, key, generation) values ($1, $2, $3)
         on conflict (partner_id, key) do update set generation = excluded.generation, removed_at = now()`,
        [input.partnerId, input.key, current.generation],
      );
      await logDeclaration(tx, { change: 'deleted', binding: current, actor: input.actor });
      return decision;
    });
  }

  async trigger(partnerId: PartnerId, key: DidKey): Promise<{ readonly dueAt: Date } | null> {
    return this.ds.transaction(async (tx) => {
      const row = await firstRow<{ dueAt: Date }>(
        tx,
        `update bindings set due_at = least(due_at, now()), trigger_seq = trigger_seq + 1, stalls = 0
          where partner_id = $1 and key = $2 returning due_at as "dueAt"`,
        [partnerId, key],
      );
      if (row !== null) await wake(tx);
      return row;
    });
  }

  /** Null when a row must be written, judged without a lock. */
  private async decideWithoutWriting(input: DeclareInput): Promise<DeclareResult | null> {
    const { partnerId, connectionId, spec } = input;
    const known = await firstRow<{ agent: boolean; connection: boolean }>(
      this.ds,
      `select exists (select 1 from agents where id = $1 and partner_id = $2 and deleted_at is null) as agent,
              exists (select 1 from connections where id = $3 and partner_id = $2 and deleted_at is null) as connection`,
      [spec.agentId, partnerId, connectionId],
    );
    if (known?.agent !== true) return { kind: 'agent_not_found' };
    if (!known.connection) return { kind: 'connection_not_found' };
    return decide(this.ds, input, await currentBinding(this.ds, input));
  }
}

interface StandingRow extends BindingRow {
  readonly labels: Labels;
  readonly manager: string | null;
  readonly is_active: boolean;
}

const currentBinding = async (
  db: Queryable,
  { partnerId, key }: { readonly partnerId: PartnerId; readonly key: DidKey },
  lock: 'for no key update of b' | '' = '',
): Promise<StandingDeclaration | null> => {
  const row = await firstRow<StandingRow>(
    db,
    `select ${BINDING_COLUMNS}, b.labels, b.manager, c.status <> 'DISCONNECTED' as is_active
       from bindings b join connections c on c.id = b.connection_id where b.partner_id = $1 and b.key = $2 ${lock}`,
    [partnerId, key],
  );
  if (row === null) return null;
  const marks = { labels: row.labels, manager: row.manager };
  return { binding: toBinding(row), marks, isConnectionActive: row.is_active };
};

/** The results that need no write; null for a creation or a change. */
const decide = async (
  db: Queryable,
  input: DeclareInput,
  current: StandingDeclaration | null,
): Promise<DeclareResult | null> => {
  const decision = decideDeclaration(input, { agent: true, connection: true, current });
  if (decision.kind === 'created' || decision.kind === 'updated') return null;
  if (decision.kind !== 'unchanged') return decision;
  const view = await findView(db, input.partnerId, input.key);
  return view === null ? null : { kind: 'unchanged', view };
};

const declareLocked = async (tx: Queryable, input: DeclareInput): Promise<TransactionEnd<DeclareResult>> => {
  await refuseOneMore(tx, input);
  if (!(await holdConnection(tx, input.connectionId))) return { rollback: { kind: 'connection_not_found' } };
  // Of a move both DIDs, before the binding. No other transaction wants them in the other order: what is left is disconnected
  // for good.
  const left = await connectionToLeave(tx, input);
  if (left !== null) await lockDids(tx, left, [input.key]);
  await lockDids(tx, input.connectionId, [input.key]);
  // Insert first: it waits for a concurrent declaration of the same key on another connection, and then sees it.
  const created = await insertBinding(tx, input);
  const standing = await currentBinding(tx, input, 'for no key update of b');
  // The other connection's declaration was removed meanwhile: no conflict any more.
  if (standing === null) return declareLocked(tx, input);
  const current = standing.binding;
  const decided = await decide(tx, input, created ? null : standing);
  if (decided !== null) return { rollback: decided };
  // Its connection was disconnected in between: now its DID can be locked in the right order.
  if (![left, input.connectionId].includes(current.connectionId)) return declareLocked(tx, input);
  await writeDeclaration(tx, input, { current, created });
  const view = await findView(tx, input.partnerId, input.key);
  if (view === null) throw new Error(`The binding of ${input.key} cannot be read back.`);
  return { commit: { kind: created ? 'created' : 'updated', view } };
};

/** Two new ones at once must not use the same rest of the quota twice. A change needs none of it, and no lock on the partner. */
const refuseOneMore = async (tx: Queryable, input: DeclareInput): Promise<void> => {
  if ((await currentBinding(tx, input)) !== null) return;
  await lockPartner(tx, input.partnerId);
  if ((await currentBinding(tx, input)) === null) await refuseMore(tx, input.partnerId, 'bindings', input.atMost);
};

/** The disconnected connection that the declaration is to be moved from; null when it is not to be moved. */
const connectionToLeave = async (tx: Queryable, input: DeclareInput): Promise<ConnectionId | null> => {
  const current = await currentBinding(tx, input);
  if (current === null || current.binding.connectionId === input.connectionId) return null;
  return current.isConnectionActive ? null : current.binding.connectionId;
};

/** With its events. To the readers of the old connection's events, a moved declaration is withdrawn. */
const writeDeclaration = async (
  tx: Queryable,
  input: DeclareInput,
  { current, created }: { readonly current: Binding; readonly created: boolean },
): Promise<void> => {
  if (created) return logDeclaration(tx, { change: 'declared', binding: current, actor: input.actor });
  const binding = await updateBinding(tx, input, current.id);
  if (current.connectionId === binding.connectionId) {
    return logDeclaration(tx, { change: 'updated', binding, actor: input.actor });
  }
  const move = { from: current.connectionId, to: binding.connectionId };
  await logDeclaration(tx, { change: 'deleted', binding: current, actor: input.actor, move });
  return logDeclaration(tx, { change: 'declared', binding, actor: input.actor, move });
};

/**
 * False when the connection is not active. Otherwise it stays active until the transaction ends: a concurrent disconnect would
 * miss the declaration, and no reconcile would ever end it.
 */
const holdConnection = async (tx: Queryable, connectionId: string): Promise<boolean> => {
  const held = await firstRow<{ status: string }>(tx, `select status from connections where id = $1 for share`, [
    connectionId,
  ]);
  return held?.status === 'ACTIVE';
};

const marksOf = ({ marks }: DeclareInput): readonly unknown[] => [json(marks.labels), marks.manager];

/** False when the partner has a binding of this key. Generations continue those of an earlier binding of the key. */
const insertBinding = (tx: Queryable, input: DeclareInput): Promise<boolean> =>
  hit(
    tx,
    `insert into bindings (partner_id, connection_id, key, generation, labels, manager, ${SPEC_COLUMN_NAMES.join(', ')})
     select $1, $2, $3,
            1 + coalesce((select generation from binding_tombstones where partner_id = $1 and key = $3), 0), $4::jsonb, $5,
            ${SPEC_COLUMN_NAMES.map((_, nth) => `$${String(nth + 6)}`).join(', ')}
     on conflict do nothing returning 1`,
    [input.partnerId, input.connectionId, input.key, ...marksOf(input), ...specValues(input.spec)],
  );

/**
 * Due now, with the status that the engine gives to a new declaration. On the connection that is asked for: that is
 * another one when the declaration is moved.
 */
const updateBinding = async (tx: Queryable, input: DeclareInput, id: BindingId): Promise<Binding> => {
  const { outcome, message, attempts } = STARTING_OVER;
  const row = await firstRow<BindingRow>(
    tx,
    `update bindings b
        set ${SPEC_COLUMN_NAMES.map((name, nth) => `${name} = $${String(nth + 8)}`).join(', ')}, labels = $6::jsonb, manager = $7,
            made_bot_id = case when connection_id = $5 then made_bot_id end, connection_id = $5, generation = generation + 1, outcome = $2, message = $3, attempts = $4, due_at = least(due_at, now()),
            trigger_seq = trigger_seq + 1, stalls = 0, updated_at = now()
      where id = $1 returning ${BINDING_COLUMNS}`,
    [id, outcome, message, attempts, input.connectionId, ...marksOf(input), ...specValues(input.spec)],
  );
  if (row === null) throw new Error(`The locked binding ${id} is gone.`);
  return toBinding(row);
};

import type { Labels, PartnerId } from '@dialtone/domain';
import type { BindingStatus, BindingView } from './binding-store';
import type { Contest } from '@dialtone/engine';
import { ms, type Queryable, rows } from '../db';
import { preparedRows } from '../prepared/prepared-rows';
import { PreparedStatement } from '../prepared/prepared-statement';
import { BINDING_COLUMNS, type BindingRow, toBinding } from '../engine/binding-rows';
import { CONDITION_COLUMNS, type ConditionRow, toConditionRecord } from './condition-rows';
import type { Placed } from './numbers/number-order';
import { pageOfNumbers, type Shown } from './numbers/number-pages';
import type { NumberPage } from './numbers/number-store';
import type { Page } from './page';
import { READINESS_COLUMNS, type ReadinessRow, toReadiness } from './readiness-rows';

export interface ViewRow extends BindingRow, ReadinessRow, ConditionRow {
  readonly labels: Labels;
  readonly manager: string | null;
  readonly agent_name: string;
  readonly agent_deleted: boolean;
  readonly outcome: BindingStatus['outcome'];
  readonly message: string | null;
  readonly observed_generation: string;
  readonly attempts: number;
  readonly last_reconciled_at: Date | null;
  readonly due_at: Date;
  readonly handled_token: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly contest: Contest | null;
}

// Connection and key are the same in both lists of columns.
const VIEW_COLUMNS = `${BINDING_COLUMNS}, ${READINESS_COLUMNS}, ${CONDITION_COLUMNS}, a.name as agent_name, a.deleted_at is not null as agent_deleted, b.outcome, b.message, b.observed_generation,
         b.attempts, b.last_reconciled_at, b.due_at, b.handled_token, b.created_at, b.updated_at, b.labels, b.manager,
         case when (b.contest ->> 'until')::float8 > ${ms('now()')} then b.contest end as contest`;

const VIEW = `
  select ${VIEW_COLUMNS}
    from bindings b
    join dids d on d.connection_id = b.connection_id and d.key = b.key
    join connections c on c.id = b.connection_id
    join partners owner on owner.id = b.partner_id
    join agents a on a.id = b.agent_id`;

const OWN_VIEW = `${VIEW} where b.partner_id = $1`;

/** SQL: columns and joins that add the view of partner $1's binding of `i.key`, if there is one. Planned apart: the limit keeps it so. */
export const VIEW_BESIDE = {
  columns: 'shown.*',
  joins: `left join lateral (${OWN_VIEW} and b.key = i.key limit 1) shown on true`,
};

export const toView = (row: ViewRow): BindingView => ({
  binding: toBinding(row),
  marks: { labels: row.labels, manager: row.manager },
  agentName: row.agent_name,
  agentDeleted: row.agent_deleted,
  status: {
    outcome: row.outcome,
    message: row.message,
    observedGeneration: Number(row.observed_generation),
    attempts: row.attempts,
    lastReconciledAt: row.last_reconciled_at,
    nextReconcileAt: row.due_at,
    contest: row.contest,
    handledToken: row.handled_token,
  },
  readiness: toReadiness(row),
  record: toConditionRecord(row),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const FIND = new PreparedStatement('find_view', `${OWN_VIEW} and b.key = $2`);

export const findView = async (db: Queryable, partnerId: PartnerId, key: string): Promise<BindingView | null> => {
  const [row] = await preparedRows<ViewRow>(db, FIND, [partnerId, key]);
  return row === undefined ? null : toView(row);
};

export const findViews = async (
  db: Queryable,
  places: readonly { readonly partnerId: PartnerId; readonly key: string }[],
): Promise<readonly BindingView[]> => {
  const found = await rows<ViewRow>(
    db,
    `${VIEW} join unnest($1::uuid[], $2::text[]) as asked (partner_id, key)
       on b.partner_id = asked.partner_id and b.key = asked.key`,
    [places.map(({ partnerId }) => partnerId), places.map(({ key }) => key)],
  );
  return found.map(toView);
};

const SHOWN: Shown<ViewRow & Placed, BindingView> = {
  columns: () => VIEW_COLUMNS,
  joins: `join partners owner on owner.id = c.partner_id join bindings b on b.connection_id = d.connection_id and b.key = d.key
    join agents a on a.id = b.agent_id`,
  toItem: toView,
};

export const listViews = (db: Queryable, page: NumberPage): Promise<Page<BindingView>> =>
  pageOfNumbers(db, { ...page, ofBindings: true }, SHOWN);

import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import { firstRow, type Queryable } from './db';

/** Tables from which a store deletes rows. Other rows stay, or go with those that they belong to. */
const EMPTIED = [
  'account_lists',
  'binding_plans',
  'bindings',
  'calls',
  'event_log',
  'gcra',
  'history',
  'idempotency_keys',
  'kept_answers',
  'login_attempts',
  'misreported_bots',
  'partner_quotas',
  'pauses',
  'readiness_counts',
  'webhook_deliveries',
  'webhooks',
];

/** Tables whose rows are never changed. */
const APPENDED = ['history'];

/** Tables that only migrations write. */
const WRITTEN_BY_MIGRATIONS = ['migrations', 'number_rekeys'];

/** The role whose rights the session of a data source has. */
export const roleOf = async (ds: DataSource): Promise<string> =>
  (await firstRow<{ role: string }>(ds, 'select current_user as role'))?.role ?? '';

/** The schema in which the session's unqualified names are created. */
const schemaOf = async (db: Queryable): Promise<string> =>
  escapeIdentifier((await firstRow<{ name: string }>(db, 'select current_schema() as name'))?.name ?? 'public');

/**
 * Before migrations: a table gets its grants where it is created, since processes of the new build start as soon as the
 * last migration is committed.
 */
export const expectAppRole = async (db: Queryable, role: string): Promise<void> => {
  const [schema, app] = [await schemaOf(db), escapeIdentifier(role)];
  await db.query(`alter default privileges in schema ${schema} grant select, insert, update on tables to ${app}`);
  await db.query(`alter default privileges in schema ${schema} grant usage on sequences to ${app}`);
};

/**
 * After migrations: `role` may read and write rows, delete only where a store does, and take numbers of sequences. Nothing else
 * stays granted to it. The session is that of the tables' owner.
 */
export const grantRows = async (db: Queryable, role: string): Promise<void> => {
  const [schema, app] = [await schemaOf(db), escapeIdentifier(role)];
  const qualified = (tables: readonly string[]): string => tables.map((table) => `${schema}.${table}`).join(', ');
  await db.query(`revoke all on all tables in schema ${schema} from ${app}`);
  await db.query(`grant usage on schema ${schema} to ${app}`);
  await db.query(`grant select, insert, update on all tables in schema ${schema} to ${app}`);
  await db.query(`revoke insert, update on ${qualified(WRITTEN_BY_MIGRATIONS)} from ${app}`);
  await db.query(`revoke update on ${qualified(APPENDED)} from ${app}`);
  await db.query(`grant delete on ${qualified(EMPTIED)} to ${app}`);
  await db.query(`grant usage on all sequences in schema ${schema} to ${app}`);
};

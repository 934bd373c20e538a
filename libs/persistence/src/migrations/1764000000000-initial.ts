import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * All tables of the first release. The SQL is part of the class, so that the class's text tells whether a copy of the
 * schema made earlier is still the same.
 */
export class Initial1764000000000 implements MigrationInterface {
  readonly name = 'Initial1764000000000';

  private static readonly tenants = `
create table partners (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
create unique index partners_name on partners (name) where deleted_at is null;

create table api_keys (
  id text primary key,
  partner_id uuid not null references partners,
  hmac bytea not null,
  label text not null,
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_partner on api_keys (partner_id);

create table agents (
  id uuid primary key,
  partner_id uuid not null references partners,
  name text not null,
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  unique (partner_id, id)
);
create unique index agents_name on agents (partner_id, name) where deleted_at is null;
`;

  private static readonly connections = `
create table connections (
  id uuid primary key,
  partner_id uuid not null references partners,
  provider text not null,
  name text not null,
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'DISCONNECTED')),
  is_default boolean not null default false,
  base_url text,
  credentials bytea,
  writes_held text,
  warnings jsonb not null default '[]',
  last_verified_at timestamptz,
  last_error_message text,
  sweep_due_at timestamptz not null default now(),
  sweep_requested_at timestamptz not null default '-infinity',
  sweep_started_at timestamptz,
  last_swept_at timestamptz,
  observed_through timestamptz(3),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  unique (partner_id, id)
);
create unique index connections_default on connections (partner_id, provider) where is_default and deleted_at is null;
create index connections_sweep_due on connections (sweep_due_at) where status = 'ACTIVE' and deleted_at is null;

create table misreported_bots (
  connection_id uuid not null references connections,
  bot_id bigint not null,
  marked_at timestamptz not null default now(),
  primary key (connection_id, bot_id)
);

create table phone_numbers (
  id uuid primary key default gen_random_uuid(),
  partner_id uuid not null,
  connection_id uuid not null,
  key text not null check (key ~ '^[0-9]+$'),
  friendly_name text,
  status text not null default 'ACTIVE' check (status in ('ACTIVE', 'INACTIVE')),
  is_default boolean not null default false,
  inbound_enabled boolean not null default false,
  agent_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (connection_id, key),
  foreign key (partner_id, connection_id) references connections (partner_id, id),
  foreign key (partner_id, agent_id) references agents (partner_id, id)
);
-- A number may be active on many connections, but be answered on only one of them.
create unique index phone_numbers_inbound on phone_numbers (key) where status = 'ACTIVE' and inbound_enabled;
`;

  private static readonly dids = `
create table dids (
  connection_id uuid not null references connections,
  key text not null check (key ~ '^[0-9]+$'),
  state text not null default 'UNKNOWN',
  issues jsonb not null default '[]',
  action_items jsonb not null default '[]',
  stale boolean not null default false,
  observed_at timestamptz(3),
  observation jsonb,
  presence jsonb not null default '{"did":"unknown","bot":"unknown","routing":"unknown"}',
  digest text not null default '',
  drift_id uuid,
  drift_opened_at timestamptz(3),
  drift_issues jsonb,
  event_seq bigint not null default 0,
  primary key (connection_id, key),
  check ((drift_id is null) = (drift_opened_at is null) and (drift_id is null) = (drift_issues is null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index dids_drifting on dids (connection_id, key) where drift_id is not null;
create index dids_not_ready on dids (connection_id, state, key) where state <> 'READY';

create table bindings (
  id uuid primary key default gen_random_uuid(),
  partner_id uuid not null,
  connection_id uuid not null,
  key text not null,
  agent_id uuid not null,
  client_id bigint,
  bot_name text,
  websocket_url text,
  mode text not null check (mode in ('enforce', 'observe')),
  generation bigint not null,
  observed_generation bigint not null default 0,
  outcome text not null default 'pending' check (outcome in ('pending', 'settled', 'progressing', 'retry', 'stalled')),
  message text,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  trigger_seq bigint not null default 1,
  last_reconciled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (partner_id, key),
  unique (connection_id, key),
  foreign key (connection_id, key) references dids (connection_id, key),
  foreign key (partner_id, connection_id) references connections (partner_id, id),
  foreign key (partner_id, agent_id) references agents (partner_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index bindings_due on bindings (due_at);
create index bindings_agent on bindings (agent_id);

-- The last generation of a removed binding: declared again, the key goes on counting, so that no ETag ever names two contents.
create table binding_tombstones (
  partner_id uuid not null references partners,
  key text not null,
  generation bigint not null,
  removed_at timestamptz not null default now(),
  primary key (partner_id, key)
);
`;

  private static readonly work = `
create sequence lease_epoch as bigint;
-- Released leases keep their row, expired: an epoch is then always drawn under the row's lock and only goes up.
create table leases (
  resource text primary key,
  owner text not null,
  epoch bigint not null,
  expires_at timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

create table upstream_writes (
  id bigint generated always as identity primary key,
  connection_id uuid not null,
  key text not null,
  binding_id uuid,
  actor text not null,
  step text not null,
  target text not null,
  generation bigint not null,
  body jsonb not null,
  lease_epochs bigint[] not null,
  state text not null default 'pending' check (state in ('pending', 'done', 'failed', 'unknown', 'applied', 'not_applied')),
  answer jsonb,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  resolved_at timestamptz
);
create index upstream_writes_unresolved on upstream_writes (connection_id, target, id) where state in ('pending', 'unknown');
create index upstream_writes_did on upstream_writes (connection_id, key, id);

create table gcra (
  credential text primary key,
  tat timestamptz not null,
  blocked_until timestamptz not null default '-infinity'
) with (fillfactor = 50);
`;

  private static readonly events = `
create table event_log (
  id bigserial primary key,
  position bigint unique,
  event_id uuid not null default gen_random_uuid(),
  type text not null,
  -- No foreign keys: a log outlives what it tells of, and each would lock the parent row on every event.
  partner_id uuid not null,
  connection_id uuid not null,
  key text,
  seq bigint,
  data jsonb not null,
  created_at timestamptz not null default now()
);
create index event_log_unpositioned on event_log (id) where position is null;
create index event_log_partner on event_log (partner_id, position);

create table cursors (
  name text primary key,
  position bigint not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);
-- The sequencer's own row: the highest position given so far.
insert into cursors (name, position) values ('sequencer', 0);
`;

  async up(runner: QueryRunner): Promise<void> {
    const { tenants, connections, dids, work, events } = Initial1764000000000;
    for (const sql of [tenants, connections, dids, work, events]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table cursors, event_log, gcra, upstream_writes, leases, binding_tombstones, bindings, dids, phone_numbers,
        misreported_bots, connections, agents, api_keys, partners;
      drop sequence lease_epoch;
    `);
  }
}

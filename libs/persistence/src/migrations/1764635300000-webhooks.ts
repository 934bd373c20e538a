import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events by HTTP: who gets them, how far each is, and what became of each attempt. An event about a webhook is of no connection. */
export class Webhooks1764635300000 implements MigrationInterface {
  readonly name = 'Webhooks1764635300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhooks (
        id uuid primary key,
        partner_id uuid not null references partners,
        -- The URL, which may hold a token, and the secrets.
        sealed bytea not null,
        -- Until when the secret before signs, too.
        previous_until timestamptz(3),
        description text,
        filter jsonb not null,
        -- Goes up with each change by the partner: what was begun before it is not noted after it.
        revision integer not null default 1,
        state text not null default 'active' check (state in ('active', 'disabled')),
        state_reason text,
        state_since timestamptz(3) not null default now(),
        -- Everything up to here is delivered or passed over.
        position bigint not null,
        -- Of the next event: failed attempts, and when the first one was.
        attempts integer not null default 0,
        first_attempt_at timestamptz(3),
        -- The first failure after the last success.
        failing_since timestamptz(3),
        due_at timestamptz(3) not null default now(),
        slow boolean not null default false,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      );
      create index webhooks_listed on webhooks (partner_id, created_at, id);
      create index webhooks_due on webhooks (due_at) where state = 'active';

      create table webhook_deliveries (
        id bigint generated always as identity primary key,
        webhook_id uuid not null references webhooks on delete cascade,
        event_id uuid not null,
        event_type text not null,
        attempt integer not null,
        outcome text not null check (outcome in ('delivered', 'failed', 'given_up', 'missed')),
        status integer,
        error text,
        latency_ms integer not null,
        response text,
        created_at timestamptz(3) not null default now()
      );
      create index webhook_deliveries_listed on webhook_deliveries (webhook_id, id);
      create index webhook_deliveries_old on webhook_deliveries (created_at);

      alter table event_log alter column connection_id drop not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table webhook_deliveries, webhooks;
      delete from event_log where connection_id is null;
      alter table event_log alter column connection_id set not null;
    `);
  }
}

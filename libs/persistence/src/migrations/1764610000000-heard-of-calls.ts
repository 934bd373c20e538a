import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What becomes of calls. Carriers other than VoiceLink name calls by text. Nothing was ever heard of the calls that stand: those
 * that are pending are looked at once, and given up unless they are young.
 */
export class HeardOfCalls1764610000000 implements MigrationInterface {
  readonly name = 'HeardOfCalls1764610000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table calls alter column carrier_id type text using carrier_id::text;
      alter table calls
        -- SHA-256 of the token in the URLs that the carrier of this call is given.
        add column callback_token bytea unique,
        -- What the partner hands on to the agent; forgotten when the call is over.
        add column variables jsonb,
        add column answered_at timestamptz(3),
        add column ended_at timestamptz(3),
        add column duration_seconds integer,
        add column error_message text,
        add column heard_at timestamptz(3) not null default now(),
        -- Until when the call counts against the limits if nothing more is heard.
        add column active_until timestamptz(3) not null default now(),
        add column look_due_at timestamptz(3),
        -- How often it was looked at since something was heard.
        add column looks integer not null default 0,
        -- It cannot be known what became of it.
        add column lost_at timestamptz(3);
      update calls set heard_at = created_at, look_due_at = now() where status = 'pending';
      update calls set error_message = reason, ended_at = updated_at where status = 'failed';
      create index calls_look_due on calls (look_due_at) where look_due_at is not null;
      create index calls_active on calls (partner_id, active_until) where status in ('pending', 'ringing', 'in_progress');
      create index calls_listed on calls (partner_id, created_at desc, id desc);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index calls_look_due, calls_active, calls_listed;
      alter table calls
        alter column carrier_id type bigint using case when carrier_id ~ '^[0-9]{1,18}$' then carrier_id::bigint end,
        drop column callback_token, drop column variables, drop column answered_at, drop column ended_at,
        drop column duration_seconds, drop column error_message, drop column heard_at, drop column active_until,
        drop column look_due_at, drop column looks, drop column lost_at;
    `);
  }
}

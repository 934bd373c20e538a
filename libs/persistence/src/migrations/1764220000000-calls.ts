import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbound calls. What a partner hands on to the agent with a call is not stored: nothing here reads it. */
export class Calls1764220000000 implements MigrationInterface {
  readonly name = 'Calls1764220000000';

  private static readonly upward = `
create table calls (
  id uuid primary key,
  session_id uuid not null unique,
  partner_id uuid not null,
  connection_id uuid not null,
  agent_id uuid not null,
  api_key_id text not null,
  provider text not null,
  from_number text not null,
  to_number text not null,
  status text not null default 'pending' check (
    status in ('pending', 'ringing', 'in_progress', 'completed', 'failed', 'no_answer', 'busy', 'canceled')),
  -- 'sending' long after created_at: the process died, and whether the carrier was asked is not known.
  handover text not null default 'sending' check (handover in ('sending', 'accepted', 'refused', 'unknown')),
  carrier_id bigint,
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (partner_id, connection_id) references connections (partner_id, id),
  foreign key (partner_id, agent_id) references agents (partner_id, id)
);
create index calls_uncertain on calls (created_at) where handover in ('sending', 'unknown');
`;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(Calls1764220000000.upward);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table calls');
  }
}

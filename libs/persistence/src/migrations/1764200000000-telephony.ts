import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections of all carriers, the inventory and the agents as partners manage them. */
export class Telephony1764200000000 implements MigrationInterface {
  readonly name = 'Telephony1764200000000';

  private static readonly upward = `
alter table connections add constraint connections_provider check (
  provider in ('twilio', 'exotel', 'plivo', 'vobiz', 'tata_smartflo', 'sip', 'voicelink', 'mcube'));

-- As the partner wrote a number that is not shown as + and its key; null otherwise.
alter table phone_numbers add column phone_number text;
create unique index phone_numbers_default on phone_numbers (connection_id) where is_default;
create index phone_numbers_newest on phone_numbers (partner_id, created_at desc, id desc);
create index phone_numbers_agent on phone_numbers (agent_id) where agent_id is not null;

alter table agents
  add column prompt text,
  add column voice_id text,
  add column language text,
  add column agent_type text check (agent_type in ('inbound', 'outbound')),
  add column project_id text,
  add column updated_at timestamptz not null default now();
create index agents_newest on agents (partner_id, created_at desc, id desc) where deleted_at is null;
`;

  private static readonly downward = `
drop index agents_newest;
alter table agents drop column prompt, drop column voice_id, drop column language, drop column agent_type,
  drop column project_id, drop column updated_at;
drop index phone_numbers_agent;
drop index phone_numbers_newest;
drop index phone_numbers_default;
alter table phone_numbers drop column phone_number;
alter table connections drop constraint connections_provider;
`;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(Telephony1764200000000.upward);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(Telephony1764200000000.downward);
  }
}

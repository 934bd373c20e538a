import type { MigrationInterface, QueryRunner } from 'typeorm';

const MODES = `check (mode in ('enforce', 'create-only', 'observe'))`;

const allows = (row: string): string =>
  `(${row}.writes_held is null and ${row}.status = 'ACTIVE' and ${row}.mode <> 'observe')`;

/**
 * Modes and maintenance windows of partners and connections, and pauses. Windows are a bounded list that is only ever read and
 * replaced as a whole. What dates WritesAllowed is noted by triggers, as before: of a partner and a connection when its mode turned.
 */
export class Steering1764560000001 implements MigrationInterface {
  readonly name = 'Steering1764560000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table partners
        add column mode text not null default 'enforce' ${MODES},
        add column windows jsonb not null default '[]',
        add column writes_turns timestamptz[] not null default '{}';
      alter table connections
        add column mode text not null default 'enforce' ${MODES},
        add column windows jsonb not null default '[]';

      alter table bindings add column asked_token text, add column handled_token text;

      create table pauses (
        id uuid primary key,
        partner_id uuid not null references partners,
        connection_id uuid references connections,
        key text,
        labels jsonb,
        reason text not null,
        actor text not null,
        begun_at timestamptz(3) not null default date_trunc('milliseconds', clock_timestamp()),
        until timestamptz(3) not null,
        ended_at timestamptz(3)
      );
      create index pauses_of_partner on pauses (partner_id, begun_at desc);
      create index pauses_standing on pauses (begun_at) where ended_at is null;

      drop trigger connection_turns on connections;
      create trigger connection_turns before update of writes_held, status, mode on connections for each row
        when (${allows('new')} <> ${allows('old')}) execute function note_connection_turns();
      create trigger partner_turns before update of mode on partners for each row
        when ((new.mode = 'observe') <> (old.mode = 'observe')) execute function note_connection_turns();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger partner_turns on partners;
      drop trigger connection_turns on connections;
      create trigger connection_turns before update of writes_held, status on connections for each row
        when ((new.writes_held is null and new.status = 'ACTIVE') <> (old.writes_held is null and old.status = 'ACTIVE'))
        execute function note_connection_turns();
      drop table pauses;
      alter table bindings drop column asked_token, drop column handled_token;
      alter table partners drop column mode, drop column windows, drop column writes_turns;
      alter table connections drop column mode, drop column windows;
    `);
  }
}

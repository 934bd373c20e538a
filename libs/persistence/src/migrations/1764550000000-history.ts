import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept of every change. Rows are added and, when they are old, deleted; none is changed. No foreign keys: history outlives
 * what it tells of, and each would lock the parent row. What became of a write is read from its row in `upstream_writes`.
 * History begins here: of what was before there is none.
 */
export class History1764550000000 implements MigrationInterface {
  readonly name = 'History1764550000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table history (
        id bigint generated always as identity primary key,
        at timestamptz(3) not null default date_trunc('milliseconds', clock_timestamp()),
        partner_id uuid not null,
        connection_id uuid,
        key text,
        kind text not null,
        actor text not null,
        manager text,
        request_id text,
        before jsonb,
        after jsonb,
        write_id bigint
      );
      create unique index history_write on history (write_id) where write_id is not null;
      create index history_partner on history (partner_id, at, id);
      create index history_connection on history (connection_id, at, id) where connection_id is not null;
      create index history_number on history (partner_id, key, at, id) where key is not null;

      -- By what a reconcile tells whether its plan is another one than that of the last.
      alter table bindings add column plan text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bindings drop column plan; drop table history');
  }
}

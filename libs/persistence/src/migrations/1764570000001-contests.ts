import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That repairs of a declared number did not last, and since when they are counted. */
export class Contests1764570000001 implements MigrationInterface {
  readonly name = 'Contests1764570000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings
        add column contest jsonb,
        add column repairs_from timestamptz(3) not null default now();
      create index bindings_contested on bindings (connection_id) where contest is not null;
      -- A bot serves several numbers, so its repairs are counted by its target.
      create index upstream_writes_of_bots on upstream_writes (connection_id, target, id) where target like 'bot-%';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index upstream_writes_of_bots;
      alter table bindings drop column contest, drop column repairs_from;
    `);
  }
}

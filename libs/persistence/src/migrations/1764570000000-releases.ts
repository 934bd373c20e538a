import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What becomes of a number when its declaration is withdrawn, and what a withdrawn one still has to do. */
export class Releases1764570000000 implements MigrationInterface {
  readonly name = 'Releases1764570000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table bindings
        add column release text not null default 'keep' check (release in ('keep', 'unassign_agent', 'outbound_off')),
        add column releasing text check (releasing in ('unassign_agent', 'outbound_off'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bindings drop column release, drop column releasing');
  }
}

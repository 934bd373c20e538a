import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every look at a connection asks which writes were seen to take effect lately. */
export class SeenWrites1764420000000 implements MigrationInterface {
  readonly name = 'SeenWrites1764420000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index upstream_writes_seen on upstream_writes (connection_id, (coalesce(resolved_at, finished_at)))
       where state in ('done', 'applied');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index upstream_writes_seen');
  }
}

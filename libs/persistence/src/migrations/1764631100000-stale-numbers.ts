import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few numbers whose last look could not judge them are found without reading the others. */
export class StaleNumbers1764631100000 implements MigrationInterface {
  readonly name = 'StaleNumbers1764631100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index dids_stale on dids (connection_id, key) where stale');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index dids_stale');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Old calls are deleted: the oldest are found without reading the others. */
export class OldCalls1764625000000 implements MigrationInterface {
  readonly name = 'OldCalls1764625000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index calls_created on calls (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index calls_created');
  }
}

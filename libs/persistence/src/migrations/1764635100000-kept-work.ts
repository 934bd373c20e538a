import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a request did, kept with its key in the transaction that did it. */
export class KeptWork1764635100000 implements MigrationInterface {
  readonly name = 'KeptWork1764635100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table idempotency_keys add column work jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table idempotency_keys drop column work');
  }
}

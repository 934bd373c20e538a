import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A number that its carrier does not list any more says so, and stays. */
export class UnlistedNumbers1764632000000 implements MigrationInterface {
  readonly name = 'UnlistedNumbers1764632000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table phone_numbers add column unlisted_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table phone_numbers drop column unlisted_at');
  }
}

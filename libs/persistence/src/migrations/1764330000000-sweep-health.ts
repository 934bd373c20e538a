import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an operator asks first about a connection: since when its lists are not complete, and whether we may log in at all. */
export class SweepHealth1764330000000 implements MigrationInterface {
  readonly name = 'SweepHealth1764330000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table connections
        -- When the last sweep began that read every list to its end; null before the first one.
        add column last_complete_sweep_at timestamptz,
        add column credentials_refused boolean not null default false;
      update connections set last_complete_sweep_at = last_swept_at where warnings = '[]' and last_error_message is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table connections drop column last_complete_sweep_at, drop column credentials_refused`);
  }
}

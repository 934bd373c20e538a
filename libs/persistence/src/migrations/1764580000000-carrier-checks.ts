import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the credentials of a carrier other than VoiceLink are verified again. Those that were stored before had only their form
 * checked: they count as not verified, and are due at once.
 */
export class CarrierChecks1764580000000 implements MigrationInterface {
  readonly name = 'CarrierChecks1764580000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table connections
        add column check_due_at timestamptz not null default now(),
        add column check_tries integer not null default 0;
      create index connections_check_due on connections (check_due_at)
        where provider <> 'voicelink' and status = 'ACTIVE' and deleted_at is null;
      update connections set last_verified_at = null where provider <> 'voicelink';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table connections drop column check_due_at, drop column check_tries');
  }
}

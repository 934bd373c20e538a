import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed carrier logins, per partner and per partner and user name. */
export class LoginAttempts1764461000000 implements MigrationInterface {
  readonly name = 'LoginAttempts1764461000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table login_attempts (
        partner_id uuid not null references partners,
        -- Digest of the carrier's address and the user name; '' counts all of a partner.
        login text not null,
        failures bigint not null,
        last_at timestamptz not null,
        blocked_until timestamptz not null,
        primary key (partner_id, login)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table login_attempts');
  }
}

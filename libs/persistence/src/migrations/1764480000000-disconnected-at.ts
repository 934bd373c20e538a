import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a connection is disconnected: its credentials are destroyed some time later. */
export class DisconnectedAt1764480000000 implements MigrationInterface {
  readonly name = 'DisconnectedAt1764480000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Null where the release before disconnects while this schema is there already: updated_at is that moment then.
      alter table connections add column disconnected_at timestamptz;
      create index connections_sealed_in_vain on connections ((coalesce(disconnected_at, updated_at)))
        where status = 'DISCONNECTED' and (credentials is not null or login_digest is not null or reseller is not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table connections drop column disconnected_at');
  }
}

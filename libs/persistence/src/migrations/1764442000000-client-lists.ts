import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the newest list began that nothing could be hidden from, and when a client was last created through this service: a
 * declaration may be refused for a client that is missing from a list that is newer than that.
 */
export class ClientLists1764442000000 implements MigrationInterface {
  readonly name = 'ClientLists1764442000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table list_memories add column whole_at timestamptz;
      alter table connections add column client_created_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table connections drop column client_created_at;
      alter table list_memories drop column whole_at;
    `);
  }
}

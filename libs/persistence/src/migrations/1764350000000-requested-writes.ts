import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The journal also takes what partners ask for as it is: of a client or a bot no number is known, and the request is. */
export class RequestedWrites1764350000000 implements MigrationInterface {
  readonly name = 'RequestedWrites1764350000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table upstream_writes alter column key drop not null, add column request_id text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from upstream_writes where step = 'request';
      alter table upstream_writes alter column key set not null, drop column request_id;
    `);
  }
}

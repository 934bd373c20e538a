import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when the next request of a small budget is held for a lane that waits for it. */
export class HeldRequests1764637500000 implements MigrationInterface {
  readonly name = 'HeldRequests1764637500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gcra add column user_until timestamptz not null default '-infinity',
                       add column repair_until timestamptz not null default '-infinity'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gcra drop column user_until, drop column repair_until');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often in a row a declaration was found stalled on the same: the back-off of its next look. A trigger sets it to 0. */
export class Stalls1764441000000 implements MigrationInterface {
  readonly name = 'Stalls1764441000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bindings add column stalls integer not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table bindings drop column stalls`);
  }
}

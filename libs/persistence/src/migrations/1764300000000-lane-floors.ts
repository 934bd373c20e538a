import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the lower lanes of a rate budget last got a request, so that the higher ones cannot starve them. And no WAL for what
 * is written once per request to VoiceLink: after a crash of the database the budgets start full, and a 429 comes again.
 */
export class LaneFloors1764300000000 implements MigrationInterface {
  readonly name = 'LaneFloors1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gcra
        add column repair_at timestamptz not null default '-infinity',
        add column sweep_at timestamptz not null default '-infinity',
        -- How many requests the statement gave that wrote the row last: its own answer.
        add column granted int not null default 0
    `);
    await runner.query(`alter table gcra set unlogged`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table gcra set logged`);
    await runner.query(`alter table gcra drop column repair_at, drop column sweep_at, drop column granted`);
  }
}

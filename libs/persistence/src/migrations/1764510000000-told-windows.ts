import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which window of requests an event has told of, so that one that is used up is told of once. */
export class ToldWindows1764510000000 implements MigrationInterface {
  readonly name = 'ToldWindows1764510000000';

  async up(runner: QueryRunner): Promise<void> {
    // The start of that window: the release before, which knows nothing of the column, opens windows as well.
    await runner.query('alter table request_windows add column told_of timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table request_windows drop column told_of');
  }
}

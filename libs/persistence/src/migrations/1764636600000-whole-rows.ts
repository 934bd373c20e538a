import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A number's row has some 2.3 KB: a little more than what PostgreSQL keeps whole unless it is told to. It compressed the observation of
 * each, and put it into rows of their own that every update wrote and deleted once more. Rows that exist are stored whole at their next
 * update.
 */
export class WholeRows1764636600000 implements MigrationInterface {
  readonly name = 'WholeRows1764636600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table dids set (toast_tuple_target = 4080)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table dids reset (toast_tuple_target)');
  }
}

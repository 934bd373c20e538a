import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a process sends nothing, because VoiceLink does not answer for the connection; null: it answers. */
export class NotedBreakers1764620000000 implements MigrationInterface {
  readonly name = 'NotedBreakers1764620000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table connections add column unanswered_until timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table connections drop column unanswered_until');
  }
}

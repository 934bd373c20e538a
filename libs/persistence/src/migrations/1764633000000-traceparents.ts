import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The trace that made an event true, or a declaration due; null while nothing is traced. */
export class Traceparents1764633000000 implements MigrationInterface {
  readonly name = 'Traceparents1764633000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event_log add column traceparent text');
    await runner.query('alter table bindings add column traceparent text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table bindings drop column traceparent');
    await runner.query('alter table event_log drop column traceparent');
  }
}

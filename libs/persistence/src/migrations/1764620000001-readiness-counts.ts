import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many numbers of each state a connection had, by hour and by day. Days have rows of their own: what is kept for long is read and
 * deleted without looking at the hours.
 */
export class ReadinessCounts1764620000001 implements MigrationInterface {
  readonly name = 'ReadinessCounts1764620000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table readiness_counts (
        step text not null,
        -- When the hour or the day begins, UTC.
        at timestamptz not null,
        connection_id uuid not null references connections (id),
        partner_id uuid not null references partners (id),
        numbers integer not null,
        declared integer not null,
        stale integer not null,
        -- By state, without those that no number has.
        states jsonb not null,
        primary key (step, at, connection_id)
      );
      create index readiness_counts_partner on readiness_counts (partner_id, step, at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table readiness_counts');
  }
}

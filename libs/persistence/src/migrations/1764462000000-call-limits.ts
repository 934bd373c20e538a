import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where the calls of a partner may go, how many a day, and how many there were. */
export class CallLimits1764462000000 implements MigrationInterface {
  readonly name = 'CallLimits1764462000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A partner without a row has the default of the deployment.
      create table call_policies (
        partner_id uuid primary key references partners,
        countries text[] not null default '{}',
        premium boolean not null default false,
        -- Null: as configured; 0: any number.
        calls_per_day bigint check (calls_per_day >= 0)
      );
      create table call_usage (
        partner_id uuid primary key references partners,
        day_started_at timestamptz not null default '-infinity',
        used bigint not null default 0,
        -- When the events of a refusal were last logged.
        day_told_at timestamptz not null default '-infinity',
        destination_told_at timestamptz not null default '-infinity'
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table call_policies, call_usage');
  }
}

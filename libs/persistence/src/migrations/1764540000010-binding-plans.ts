import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What plans stood on, so that one that has become stale can be told apart number by number. */
export class BindingPlans1764540000010 implements MigrationInterface {
  readonly name = 'BindingPlans1764540000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table binding_plans (
        partner_id uuid not null references partners,
        hash text not null,
        numbers jsonb not null,
        planned_at timestamptz not null default now(),
        primary key (partner_id, hash)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table binding_plans');
  }
}

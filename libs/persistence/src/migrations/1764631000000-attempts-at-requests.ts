import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a request was first tried, and the ids of its tries: what an interrupted one did is found in the history by them. */
export class AttemptsAtRequests1764631000000 implements MigrationInterface {
  readonly name = 'AttemptsAtRequests1764631000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table idempotency_keys
        add column began_at timestamptz not null default now(),
        add column request_ids text[] not null default '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table idempotency_keys drop column began_at, drop column request_ids');
  }
}

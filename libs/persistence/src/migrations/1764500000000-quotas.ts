import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a partner may have, what its kept answers take up, and what of its disconnected connections is still to be ended. */
export class Quotas1764500000000 implements MigrationInterface {
  readonly name = 'Quotas1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A quota without a row is as configured.
      create table partner_quotas (
        partner_id uuid not null references partners,
        quota text not null,
        -- 0: any number.
        at_most bigint not null check (at_most >= 0),
        primary key (partner_id, quota)
      );
      -- Bytes of the answers that expire in the hour before "until": a counter, since adding up all of them takes too long
      -- for every request.
      create table kept_answers (
        partner_id uuid not null references partners,
        until timestamptz not null,
        bytes bigint not null,
        primary key (partner_id, until)
      );
      insert into kept_answers (partner_id, until, bytes)
      select partner_id, date_trunc('hour', expires_at) + interval '1 hour', sum(coalesce(octet_length(body), 0))
        from idempotency_keys where status is not null and expires_at > now() group by 1, 2;
      create index connections_oldest on connections (partner_id, status, created_at, id) where deleted_at is null;
      -- Of a disconnected connection whose numbers, verdicts and bindings are still being ended, batch by batch in the order
      -- of keys: the last key that is done. Those that were disconnected before are looked through once.
      alter table connections add column ends_after text;
      update connections set ends_after = '' where status = 'DISCONNECTED';
      create index connections_ending on connections (id) where ends_after is not null;
      -- A deleted agent is only a name to what still mentions it.
      update agents set prompt = null, voice_id = null, language = null, agent_type = null, project_id = null
       where deleted_at is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index connections_oldest');
    await runner.query('alter table connections drop column ends_after');
    await runner.query('drop table partner_quotas, kept_answers');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers that are given again for the same Idempotency-Key. */
export class IdempotencyKeys1764100000000 implements MigrationInterface {
  readonly name = 'IdempotencyKeys1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotency_keys (
        partner_id uuid not null references partners,
        key text not null,
        -- HMAC of the request: it may hold a password, so it is not kept itself.
        fingerprint bytea not null,
        attempt uuid not null,
        -- True: the attempt may have done what must not be done twice.
        committed boolean not null default false,
        running_until timestamptz not null,
        status smallint,
        headers jsonb,
        body text,
        expires_at timestamptz not null,
        primary key (partner_id, key)
      );
      create index idempotency_keys_expiry on idempotency_keys (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table idempotency_keys`);
  }
}

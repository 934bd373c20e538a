import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which number lost its inbound calls to a claim that is proven, and where a number is listed, whoever the connection belongs to. */
export class InboundClaims1764460000000 implements MigrationInterface {
  readonly name = 'InboundClaims1764460000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table phone_numbers
        -- Since its partner last said whether it takes inbound calls.
        add column inbound_lost_at timestamptz,
        add column inbound_lost_reason text check (inbound_lost_reason in ('proven_elsewhere', 'released')),
        add constraint phone_numbers_inbound_lost check (
          (inbound_lost_at is null) = (inbound_lost_reason is null) and (inbound_lost_at is null or not inbound_enabled));
      create index dids_key on dids (key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index dids_key;
      alter table phone_numbers drop column inbound_lost_at, drop column inbound_lost_reason;
    `);
  }
}

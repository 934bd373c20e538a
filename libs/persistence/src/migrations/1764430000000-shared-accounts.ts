import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Connections that use one VoiceLink account, and what is said beside connections and verdicts. */
export class SharedAccounts1764430000000 implements MigrationInterface {
  readonly name = 'SharedAccounts1764430000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table connections
        -- Equal for connections of one account. A connection begins with an account of its own, named after it; the default is
        -- for connections that the release before makes during a roll-out.
        add column account_id uuid,
        -- Of base URL and user; null until the credentials are opened next.
        add column login_digest bytea,
        -- With the base URL; null: VoiceLink does not say, or has not been asked (owner_known).
        add column reseller text,
        add column owner_known boolean not null default false,
        add column advisories jsonb not null default '[]';
      update connections set account_id = id;
      alter table connections alter column account_id set not null, alter column account_id set default gen_random_uuid();
      create index connections_account on connections (account_id);
      create index connections_login on connections (login_digest);
      create index connections_reseller on connections (reseller);

      alter table bindings add column made_bot_id bigint;
      alter table dids add column advisories jsonb not null default '[]';
      create index dids_advised on dids (connection_id, key) where advisories <> '[]';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index dids_advised;
      alter table dids drop column advisories;
      alter table bindings drop column made_bot_id;
      drop index connections_account, connections_login, connections_reseller;
      alter table connections drop column account_id, drop column login_digest, drop column reseller,
        drop column owner_known, drop column advisories;
    `);
  }
}

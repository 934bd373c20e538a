import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many records a memory knows. */
const SIZE = `jsonb_array_length(m.memory -> 'listed') + coalesce((
  select sum(jsonb_array_length(gone -> 'rows')) from jsonb_array_elements(m.memory -> 'missing') gone), 0)`;

/** Missing rows name the connection whose writes were held for them. */
const MISSING = `coalesce((
  select jsonb_agg((gone - 'held') || jsonb_build_object('heldOn', case when (gone ->> 'held')::boolean then m.connection_id end) order by nth)
    from jsonb_array_elements(m.memory -> 'missing') with ordinality as groups (gone, nth)), '[]')`;

/**
 * What complete lists have shown belongs to the account, for each partner that uses it. Of several connections the one that knows
 * most is believed. The table of the release before stays for as long as that may still run; a later release drops it.
 */
export class AccountLists1764490000000 implements MigrationInterface {
  readonly name = 'AccountLists1764490000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- No two memories have the same version, wherever they are: a process recalls by it.
      create sequence list_versions;
      create table account_lists (
        account_id uuid not null,
        partner_id uuid not null references partners (id),
        section text not null,
        version bigint not null default nextval('list_versions'),
        memory jsonb not null,
        suspect_since timestamptz,
        -- When the newest list began that was whole and of which the memory knows all rows.
        whole_at timestamptz,
        primary key (account_id, partner_id, section)
      );
      insert into account_lists (account_id, partner_id, section, memory, suspect_since, whole_at)
      select distinct on (c.account_id, c.partner_id, m.section)
             c.account_id, c.partner_id, m.section, m.memory || jsonb_build_object('missing', ${MISSING}), m.suspect_since, m.whole_at
        from list_memories m join connections c on c.id = m.connection_id
       order by c.account_id, c.partner_id, m.section, c.status = 'ACTIVE' desc, ${SIZE} desc, c.created_at, c.id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table account_lists;
      drop sequence list_versions;
    `);
  }
}

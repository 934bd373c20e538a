import { canonicalKey } from '@dialtone/domain';
import { type Queryable, rows } from '../db';

interface Numbered {
  readonly id: string;
  readonly key: string;
  readonly phone_number: string | null;
}

/**
 * Moves the rows of the inventory to today's keys. If a number has several rows on one connection, an active one stays:
 * preferably the one under today's key, else one with an agent, else the oldest. It takes over the agent, the default mark and the
 * inbound calls that it lacks. If several connections answer a number, the first in the same order keeps it.
 */
export const rekeyInventory = async (db: Queryable): Promise<void> => {
  const changed = (
    await rows<Numbered>(
      db,
      `select id, key, phone_number from phone_numbers
        where phone_number is not null or key in (select old_key from rekeys) order by id`,
    )
  ).flatMap((row) => {
    const today = canonicalKey(row.phone_number ?? row.key);
    return today === null || today === row.key ? [] : [{ id: row.id, today }];
  });
  await db.query('create temp table renumbered (id uuid primary key, new_key text not null)');
  await db.query('insert into renumbered select * from unnest($1::uuid[], $2::text[])', [
    changed.map(({ id }) => id),
    changed.map(({ today }) => today),
  ]);
  for (const statement of [RANKED, MERGE, INBOUND, MOVE]) await db.query(statement);
};

const BEST_FIRST = `p.status = 'ACTIVE' desc, p.key = p.new_key desc, p.agent_id is null, p.created_at, p.id`;

const RANKED = `
create temp table ranked as
select p.id, p.connection_id, p.key as old_key, p.new_key, p.agent_id, p.is_default, p.inbound_enabled,
       row_number() over same as rank, first_value(p.id) over same as kept_id,
       row_number() over (partition by p.new_key order by ${BEST_FIRST}) as place
  from (select p.*, coalesce(n.new_key, p.key) as new_key from phone_numbers p left join renumbered n using (id)) p
 where p.new_key in (select new_key from renumbered)
window same as (partition by p.connection_id, p.new_key order by ${BEST_FIRST});
`;

const MERGE = `
drop index phone_numbers_inbound;
insert into number_rekeys (table_name, action, connection_id, old_key, new_key, kept_id, content)
select 'phone_numbers', 'merged', r.connection_id, r.old_key, r.new_key, r.kept_id, to_jsonb(p)
  from ranked r join phone_numbers p using (id) where r.rank > 1 order by r.new_key, r.rank;
delete from phone_numbers p using ranked r where r.id = p.id and r.rank > 1;
update phone_numbers p
   set agent_id = coalesce(p.agent_id, lost.agent_id), is_default = p.is_default or lost.is_default,
       inbound_enabled = p.inbound_enabled or lost.inbound_enabled
  from (select kept_id, (array_agg(agent_id order by rank) filter (where agent_id is not null))[1] as agent_id,
               bool_or(is_default) as is_default, bool_or(inbound_enabled) as inbound_enabled
          from ranked where rank > 1 group by kept_id) lost
 where p.id = lost.kept_id;
`;

const INBOUND = `
create temp table silenced as
select id, old_key, new_key, first_value(id) over answers as kept_id, row_number() over answers as nth
  from ranked r join phone_numbers p using (id) where p.status = 'ACTIVE' and p.inbound_enabled
window answers as (partition by r.new_key order by r.place);
insert into number_rekeys (table_name, action, connection_id, old_key, new_key, kept_id, content)
select 'phone_numbers', 'inbound_disabled', p.connection_id, s.old_key, s.new_key, s.kept_id, to_jsonb(p)
  from silenced s join phone_numbers p using (id) where s.nth > 1 order by s.new_key, s.nth;
update phone_numbers p set inbound_enabled = false, updated_at = now() from silenced s where s.id = p.id and s.nth > 1;
`;

const MOVE = `
insert into number_rekeys (table_name, action, connection_id, old_key, new_key, kept_id)
select 'phone_numbers', 'moved', connection_id, old_key, new_key, id
  from ranked where rank = 1 and old_key <> new_key order by new_key, connection_id;
update phone_numbers p set key = r.new_key, updated_at = now()
  from ranked r where r.id = p.id and r.old_key <> r.new_key;
create unique index phone_numbers_inbound on phone_numbers (key) where status = 'ACTIVE' and inbound_enabled;
drop table ranked, silenced, renumbered;
`;

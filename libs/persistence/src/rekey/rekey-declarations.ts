import type { BindingDeclarationData, DriftResolvedData } from '@dialtone/contracts';
import { type AgentId, type ConnectionId, type DidKey, type PartnerId, phoneNumberOf } from '@dialtone/domain';
import { ms, type Queryable, rows } from '../db';
import { appendChange } from '../events/append-change';

/** The actor in the events of these changes. */
const ACTOR = 'migration';

interface OldDid {
  readonly connection_id: ConnectionId;
  readonly partner_id: PartnerId;
  readonly key: DidKey;
  readonly seq: string;
  readonly drift_id: string;
  readonly opened_at: number;
  readonly issues: DriftResolvedData['previous_issues'];
  readonly declared: boolean;
  readonly now: number;
}

interface Declaration {
  readonly binding_id: string;
  readonly connection_id: ConnectionId;
  readonly partner_id: PartnerId;
  readonly key: DidKey;
  readonly seq: string;
  readonly generation: string;
  readonly agent_id: AgentId;
  readonly client_id: string | null;
  readonly bot_name: string | null;
  readonly mode: BindingDeclarationData['mode'];
  readonly now: number;
}

type DeclarationEvent = 'dialtone.binding.declared.v1' | 'dialtone.binding.updated.v1' | 'dialtone.binding.deleted.v1';

/**
 * Moves DIDs and their declarations to the keys of `rekeys`, with events. If a number has several declarations, the one under
 * today's key stays, because VoiceLink's lists matched it; else the oldest. Nothing is known of a new key until the next
 * sweep, which is due at once.
 */
export const rekeyDeclarations = async (db: Queryable): Promise<void> => {
  await db.query(RANKED);
  await resolveOldDrifts(db);
  await tell(db, 'dialtone.binding.deleted.v1', `b.key <> r.new_key`);
  await db.query(NEW_DIDS);
  await db.query(MERGE);
  await db.query(MOVE);
  await tell(db, 'dialtone.binding.declared.v1', `r.rank = 1 and r.old_key <> r.new_key`);
  await tell(db, 'dialtone.binding.updated.v1', `r.rank = 1 and r.old_key = r.new_key`);
  await db.query(CLEAN_UP);
};

/** The declarations of all numbers that have a declaration under an outdated key; the one that stays comes first. */
const RANKED = `
create temp table ranked as
select b.id, b.connection_id, b.key as old_key, b.new_key, b.generation,
       row_number() over (partition by b.partner_id, b.new_key order by b.key = b.new_key desc, b.created_at, b.id) as rank,
       max(b.generation) over (partition by b.partner_id, b.new_key) as newest,
       count(*) over (partition by b.partner_id, b.new_key) as members,
       first_value(b.id) over (partition by b.partner_id, b.new_key order by b.key = b.new_key desc, b.created_at, b.id) as kept_id
  from (select b.*, coalesce(r.new_key, b.key) as new_key from bindings b left join rekeys r on r.old_key = b.key) b
 where b.new_key in (select new_key from rekeys);
`;

const NEW_DIDS = `
insert into dids (connection_id, key)
select distinct d.connection_id, r.new_key from dids d join rekeys r on r.old_key = d.key
on conflict do nothing;
`;

const MERGE = `
insert into number_rekeys (table_name, action, connection_id, old_key, new_key, kept_id, content)
select 'bindings', 'merged', r.connection_id, r.old_key, r.new_key, r.kept_id, to_jsonb(b)
  from ranked r join bindings b using (id) where r.rank > 1 order by r.new_key, r.rank;
delete from bindings b using ranked r where r.id = b.id and r.rank > 1;
insert into number_rekeys (table_name, action, connection_id, old_key, new_key, kept_id)
select 'bindings', 'moved', connection_id, old_key, new_key, kept_id
  from ranked where rank = 1 and old_key <> new_key order by new_key, connection_id;
`;

/** Above the generations of all merged declarations: an ETag never names two contents. */
const MOVE = `
update bindings b
   set key = r.new_key, generation = case when r.members > 1 then r.newest + 1 else b.generation end,
       outcome = 'pending', message = null, attempts = 0, due_at = now(), trigger_seq = trigger_seq + 1, updated_at = now()
  from ranked r where r.id = b.id and r.rank = 1 and (r.members > 1 or r.old_key <> r.new_key);
insert into binding_tombstones (partner_id, key, generation, removed_at)
select t.partner_id, r.new_key, max(t.generation), max(t.removed_at)
  from binding_tombstones t join rekeys r on r.old_key = t.key group by 1, 2
on conflict (partner_id, key) do update
   set generation = greatest(binding_tombstones.generation, excluded.generation), removed_at = excluded.removed_at;
`;

const CLEAN_UP = `
update connections c set sweep_due_at = least(sweep_due_at, now())
 where exists (select 1 from dids d join rekeys r on r.old_key = d.key where d.connection_id = c.id);
delete from dids d using rekeys r where r.old_key = d.key;
delete from binding_tombstones t using rekeys r where r.old_key = t.key;
drop table ranked;
`;

/** Closes the drifts of old keys; the next sweep judges the number under its new key. */
const resolveOldDrifts = async (db: Queryable): Promise<void> => {
  const found = await rows<OldDid>(
    db,
    `update dids d set event_seq = event_seq + 1 from rekeys r, connections c
      where r.old_key = d.key and c.id = d.connection_id and d.drift_id is not null
      returning d.connection_id, c.partner_id, d.key, d.event_seq as seq, d.drift_id, ${ms('d.drift_opened_at')} as opened_at,
        d.drift_issues as issues, ${ms('now()')} as now,
        exists (select 1 from bindings b where b.connection_id = d.connection_id and b.key = d.key) as declared`,
  );
  await appendChange(db, {
    events: found.map((row) => {
      const data: DriftResolvedData = {
        ...scopeOf(row),
        drift_id: row.drift_id,
        opened_at: iso(row.opened_at),
        previous_issues: row.issues,
        state: 'UNKNOWN',
        issues: [],
        action_items: [],
        declared: row.declared,
        resolved_at: iso(row.now),
      };
      return logged('dialtone.drift.resolved.v1' as const, data);
    }),
  });
};

/** One event for each declaration that `which` names, in terms of a binding `b` and its place `r`. */
const tell = async (db: Queryable, type: DeclarationEvent, which: string): Promise<void> => {
  const found = await rows<Declaration>(
    db,
    `update dids d set event_seq = event_seq + 1 from bindings b join ranked r using (id)
      where d.connection_id = b.connection_id and d.key = b.key and (r.members > 1 or r.old_key <> r.new_key) and ${which}
      returning b.id as binding_id, b.connection_id, b.partner_id, b.key, d.event_seq as seq, b.generation, b.agent_id,
        b.client_id, b.bot_name, b.mode, ${ms('now()')} as now`,
  );
  await appendChange(db, {
    events: found.map((row) => {
      const data: BindingDeclarationData = {
        ...scopeOf(row),
        binding_id: row.binding_id,
        generation: Number(row.generation),
        agent_id: row.agent_id,
        client_id: row.client_id === null ? null : Number(row.client_id),
        bot_name: row.bot_name,
        mode: row.mode,
        actor: ACTOR,
      };
      return logged(type, data);
    }),
  });
};

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

type Scope = Pick<
  BindingDeclarationData,
  'connection_id' | 'partner_id' | 'key' | 'phone_number' | 'seq' | 'occurred_at'
>;

const scopeOf = (row: Pick<OldDid, 'connection_id' | 'partner_id' | 'key' | 'seq' | 'now'>): Scope => ({
  connection_id: row.connection_id,
  partner_id: row.partner_id,
  key: row.key,
  phone_number: phoneNumberOf(row.key),
  seq: Number(row.seq),
  occurred_at: iso(row.now),
});

const logged = <Type extends string, Data extends Scope>(
  type: Type,
  data: Data,
): {
  readonly type: Type;
  readonly connection_id: string;
  readonly key: string;
  readonly seq: number;
  readonly data: Data;
} => ({
  type,
  connection_id: data.connection_id,
  key: data.key,
  seq: data.seq,
  data,
});

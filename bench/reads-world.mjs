import { randomUUID } from 'node:crypto';

/** What a connection holds beside what the gateway made: verdicts as a sweep stores them, with raw rows, and declarations. */
const FILL = `
  with made as (
    insert into dids (connection_id, key, state, issues, action_items, stale, observed_at, observation, digest, drift_id, drift_opened_at, drift_issues, state_since)
    select ($1::uuid[])[1 + n % cardinality($1::uuid[])], (918000000000 + n * 7)::text, s.state, s.issues, s.items, n % 200 = 5,
           now() - n % 90 * interval '1 second', $4::jsonb, md5(n::text),
           case when s.issues <> '[]' then gen_random_uuid() end, case when s.issues <> '[]' then now() end, nullif(s.issues, '[]'),
           now() - (n * 7919) % 1000000 * interval '1 second'
      from generate_series(1, $3::int) n
      cross join lateral (
        select case when n % 20 = 0 then 'NO_BOT' when n % 50 = 1 then 'ROUTING_CHANGED' when n % 100 = 3 then 'UNKNOWN' else 'READY' end as state,
               case when n % 20 = 0 then '["NO_BOT","ROUTING_MISSING"]' when n % 50 = 1 then '["ROUTING_CHANGED"]' else '[]' end::jsonb as issues,
               case when n % 20 = 0 then '[{"code":"NO_BOT","label":"Create an active bot"}]' else '[]' end::jsonb as items
      ) s
    returning connection_id, key)
  insert into bindings (partner_id, connection_id, key, agent_id, mode, generation, observed_generation, outcome, labels, manager, due_at)
  select $2, connection_id, key, ($5::uuid[])[1 + key::bigint % cardinality($5::uuid[])],
         case when key::bigint % 5 = 0 then 'observe' else 'enforce' end, 1, 1, 'settled',
         case when key::bigint % 2 = 0 then jsonb_build_object('team', 't' || key::bigint % 10, 'region', 'r' || key::bigint % 4) else '{}' end,
         case when key::bigint % 3 = 0 then 'crm-export' end, now() + interval '1 day'
    from made where key::bigint % 10 <> 9`;

const raw = (words) => Object.fromEntries(Array.from({ length: words }, (_, nth) => [`field_${nth}`, `value ${nth}`]));

/** About as long as that of a ready number of VoiceLink. */
const OBSERVATION = {
  observedAt: 0,
  did: { raw: raw(25) },
  bots: [{ id: 93, name: 'Vocobase', active: true, raw: raw(10) }],
  routing: { id: 120, raw: raw(15) },
};

/**
 * A partner with `dids` numbers on ten connections for twenty agents, nine of ten declared: what a partner that grew has, without the
 * hours that declaring it would take.
 */
export async function fillReads({ rows }, partnerId, dids) {
  const agents = Array.from({ length: 20 }, () => randomUUID());
  const connections = Array.from({ length: 10 }, () => randomUUID());
  await rows(
    `insert into agents (id, partner_id, name, name_key) select id, $2, 'Agent ' || nth, 'agent ' || nth
       from unnest($1::uuid[]) with ordinality as a (id, nth)`,
    [agents, partnerId],
  );
  await rows(
    `insert into connections (id, partner_id, provider, name, observed_through, sweep_due_at)
     select id, $2, 'voicelink', 'Connection ' || nth, now(), now() + interval '1 day' from unnest($1::uuid[]) with ordinality as c (id, nth)`,
    [connections, partnerId],
  );
  await rows(FILL, [connections, partnerId, dids, JSON.stringify(OBSERVATION), agents]);
  // As autovacuum leaves it.
  await rows('vacuum analyze');
  return { agents, connections };
}

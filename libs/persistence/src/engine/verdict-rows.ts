import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { StoredKey, Transition } from '@dialtone/engine';
import { jsonArray, jsonTextArray, numberArray, SharedJson, textArray } from '../binary-arrays';
import { type Queryable, rows } from '../db';
import { storedObservationText } from './stored-observation';

export const keyOf = ({ after }: Transition): DidKey => after.stored.key;

export const writeStaleness = async (
  db: Queryable,
  connectionId: ConnectionId,
  transitions: readonly Transition[],
): Promise<void> => {
  if (transitions.length === 0) return;
  await db.query(
    `update dids d
        set stale = true, presence = u.presence, fresh_since = coalesce(to_timestamp(u.fresh_since / 1000), d.fresh_since)
       from unnest($2::text[], $3::jsonb[], $4::float8[]) as u (key, presence, fresh_since)
      where d.connection_id = $1 and d.key = u.key`,
    [
      connectionId,
      transitions.map(keyOf),
      jsonArray(transitions.map(({ after }) => after.stored.presence)),
      transitions.map(({ turns }) => turns.fresh),
    ],
  );
};

/**
 * Verdicts as a table `u`; the connection is $1. Hundred thousands of numbers have some dozen verdicts: issues, action items and advisories
 * are places in $16, $17 and $18.
 */
const VERDICTS = `unnest($2::text[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::jsonb[], $8::text[], $9::text[]::uuid[],
                   $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[], $15::float8[], $19::jsonb[])
         as u (key, state, issues, action_items, observed_at, observation, digest, drift_id, drift_opened_at,
               drift_issues, event_seq, advisories, ready_since, fresh_since, flap)`;
const shared = (parameter: number, place: string): string => `($${String(parameter)}::jsonb[])[u.${place}::int]`;

/** The columns of a verdict, and what of `u` is in each. */
const COLUMNS = {
  state: 'u.state',
  issues: shared(16, 'issues'),
  action_items: shared(17, 'action_items'),
  stale: 'false',
  observed_at: 'to_timestamp(u.observed_at / 1000)',
  observation: 'u.observation',
  presence: `u.observation -> 'presence'`,
  digest: 'u.digest',
  drift_id: 'u.drift_id',
  drift_opened_at: 'to_timestamp(u.drift_opened_at / 1000)',
  drift_issues: shared(16, 'drift_issues'),
  event_seq: 'u.event_seq::bigint',
  advisories: shared(18, 'advisories'),
  flap: 'u.flap',
  flaps_until: `to_timestamp((u.flap #>> '{flapping,until}')::float8 / 1000)`,
} as const;
const SINCE = {
  ready_since: 'to_timestamp(u.ready_since / 1000)',
  fresh_since: 'to_timestamp(u.fresh_since / 1000)',
} as const;

const UPDATE = `
  update dids d
     set ${Object.entries(COLUMNS)
       .map(([column, value]) => `${column} = ${value}`)
       .join(', ')},
         ${Object.entries(SINCE)
           .map(([column, value]) => `${column} = coalesce(${value}, d.${column})`)
           .join(', ')}
    from ${VERDICTS}
   where d.connection_id = $1 and d.key = u.key`;

const INSERT = `
  insert into dids (connection_id, key, state_since, ${Object.keys({ ...COLUMNS, ...SINCE }).join(', ')})
  select $1::uuid, u.key, clock_timestamp(), ${Object.values({ ...COLUMNS, ...SINCE }).join(', ')}
    from ${VERDICTS}
   order by u.key
  on conflict do nothing
  returning 1`;

/** Of rows that the caller has locked. */
export const writeVerdicts = async (
  db: Queryable,
  connectionId: ConnectionId,
  verdicts: readonly Transition[],
): Promise<void> => {
  if (verdicts.length > 0) await db.query(UPDATE, parametersOf(connectionId, verdicts));
};

/** Of numbers that have no row yet; returns how many had none. In the order of their keys, as rows are locked. */
export const insertVerdicts = async (
  db: Queryable,
  connectionId: ConnectionId,
  verdicts: readonly Transition[],
): Promise<number> => (await rows(db, INSERT, parametersOf(connectionId, verdicts))).length;

/** Most have none. */
const NO_ADVISORIES: StoredKey['advisories'] = [];

const parametersOf = (connectionId: ConnectionId, verdicts: readonly Transition[]): unknown[] => {
  const updates = verdicts.map(({ update }) => update);
  const stored = verdicts.map(({ after }) => after.stored);
  const drifts = stored.map(({ drift }) => drift);
  const [issues, actionItems, advisories] = [new SharedJson(), new SharedJson(), new SharedJson()];
  const placeOfAdvisories = (found: StoredKey['advisories']): number =>
    advisories.placeOf(found.length === 0 ? NO_ADVISORIES : found);
  return [
    connectionId,
    textArray(stored.map(({ key }) => key)),
    textArray(stored.map(({ state }) => state)),
    numberArray(stored.map((one) => issues.placeOf(one.issues))),
    numberArray(updates.map(({ readiness }) => actionItems.placeOf(readiness.actionItems))),
    numberArray(stored.map(({ observedAt }) => observedAt)),
    jsonTextArray(updates.map(({ observation }) => storedObservationText(observation))),
    textArray(stored.map(({ digest }) => digest)),
    textArray(drifts.map((drift) => drift?.id ?? null)),
    numberArray(drifts.map((drift) => drift?.openedAt ?? null)),
    numberArray(drifts.map((drift) => (drift === null ? null : issues.placeOf(drift.issues)))),
    numberArray(verdicts.map(({ after }) => after.eventSeq)),
    numberArray(stored.map((one) => placeOfAdvisories(one.advisories))),
    numberArray(verdicts.map(({ turns }) => turns.ready)),
    numberArray(verdicts.map(({ turns }) => turns.fresh)),
    issues.array,
    actionItems.array,
    advisories.array,
    jsonArray(stored.map(({ flap }) => flap)),
  ];
};

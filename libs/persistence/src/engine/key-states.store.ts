import { randomUUID } from 'node:crypto';
import {
  redactSecrets,
  type ConnectionId,
  type DidKey,
  type DriftId,
  type KeyObservation,
  type PartnerId,
  type RemoteRecord,
} from '@dialtone/domain';
import type { KeySelection, KeyStates, KeyUpdate, StoredKey, StoredSummary } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, json, ms, type Queryable } from '../db';
import { appendEvents } from '../events/new-event';
import { triggerBindings } from './binding-trigger';
import { lockDids, neverSeen, readAllKeys, readKeys } from './key-rows';
import { type KeyTransition, transitionKey } from './key-transition';
import { summarize } from './key-summary';
import type { TransitionScope } from './locked-key';

/** Rows that one transaction locks and writes at most. */
const BATCH = 500;

type Verdict = Extract<KeyTransition, { kind: 'verdict' }>;
interface Applying {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly makeDue: boolean;
}

/** Verdicts in the table `dids`. What would not change a row does not even lock it: a lock writes, too. */
export class KeyStateStore implements KeyStates {
  constructor(private readonly ds: DataSource) {}

  async load(connectionId: ConnectionId, only?: KeySelection): Promise<ReadonlyMap<DidKey, StoredKey>> {
    const keys = await readAllKeys(this.ds, connectionId, only ?? null);
    return new Map(keys.map(({ stored }) => [stored.key, stored]));
  }

  summary(connectionId: ConnectionId, bucketDigits: number): Promise<StoredSummary> {
    return summarize(this.ds, connectionId, bucketDigits);
  }

  async loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null> {
    const known = (await readKeys(this.ds, connectionId, [key])).get(key);
    if (known !== undefined) return known.stored;
    const local = await firstRow(this.ds, `select 1 from phone_numbers where connection_id = $1 and key = $2`, [
      connectionId,
      key,
    ]);
    return local === null ? null : neverSeen(key).stored;
  }

  async apply(
    connectionId: ConnectionId,
    updates: readonly KeyUpdate[],
    options: { readonly makeDue: boolean },
  ): Promise<readonly DidKey[]> {
    const newest = newestPerKey(updates);
    if (newest.length === 0) return [];
    const partnerId = await this.partnerOf(connectionId);
    const applying = { partnerId, connectionId, makeDue: options.makeDue };
    const written: DidKey[] = [];
    for (let start = 0; start < newest.length; start += BATCH) {
      const changing = await this.changing(applying, newest.slice(start, start + BATCH));
      if (changing.length > 0) {
        written.push(...(await this.ds.transaction((tx) => applyLocked(tx, applying, changing))));
      }
    }
    return written;
  }

  /** The updates that would write something as things are now; looked at again under the locks. */
  private async changing(applying: Applying, updates: readonly KeyUpdate[]): Promise<readonly KeyUpdate[]> {
    // Whether something would be written does not depend on when.
    const transitions = await transitionsOf(this.ds, { ...applying, now: 0 }, updates);
    return transitions.map(({ update }) => update);
  }

  private async partnerOf(connectionId: ConnectionId): Promise<PartnerId> {
    const row = await firstRow<{ partner_id: PartnerId }>(this.ds, `select partner_id from connections where id = $1`, [
      connectionId,
    ]);
    if (row === null) throw new Error(`There is no connection ${connectionId}.`);
    return row.partner_id;
  }
}

/** Sorted by key; of several updates of one key only the newest (of equals, the last) counts. */
const newestPerKey = (updates: readonly KeyUpdate[]): readonly KeyUpdate[] => {
  const byKey = new Map<DidKey, KeyUpdate>();
  for (const update of updates) {
    const other = byKey.get(update.observation.key);
    if (other === undefined || other.observation.observedAt <= update.observation.observedAt) {
      byKey.set(update.observation.key, update);
    }
  }
  return [...byKey.values()].sort((a, b) => (a.observation.key < b.observation.key ? -1 : 1));
};

const transitionsOf = async (
  db: Queryable,
  { partnerId, connectionId, now }: Applying & { readonly now: number },
  updates: readonly KeyUpdate[],
): Promise<readonly KeyTransition[]> => {
  const keys = updates.map((update) => update.observation.key);
  const stored = await readKeys(db, connectionId, keys);
  const scope: TransitionScope = {
    partnerId,
    connectionId,
    now,
    mintDriftId: () => randomUUID() as DriftId,
  };
  return updates.flatMap((update) => {
    const { key } = update.observation;
    return transitionKey(scope, stored.get(key) ?? neverSeen(key), update) ?? [];
  });
};

const applyLocked = async (
  tx: Queryable,
  applying: Applying,
  updates: readonly KeyUpdate[],
): Promise<readonly DidKey[]> => {
  const { connectionId, makeDue } = applying;
  await lockDids(
    tx,
    connectionId,
    updates.map((update) => update.observation.key),
  );
  // After the locks: the times of one DID's events go up with their sequence.
  const time = await firstRow<{ now: number }>(tx, `select ${ms('clock_timestamp()')} as now`);
  const transitions = await transitionsOf(tx, { ...applying, now: time?.now ?? 0 }, updates);
  const verdicts = transitions.filter((transition) => transition.kind === 'verdict');
  await writeStaleness(
    tx,
    connectionId,
    transitions.filter((transition) => transition.kind === 'staleness').map(({ update }) => update),
  );
  await writeVerdicts(tx, connectionId, verdicts);
  await appendEvents(
    tx,
    verdicts.flatMap(({ events }) => events),
  );
  const working = verdicts.filter(({ needsWork }) => needsWork).map(({ update }) => update.observation.key);
  if (makeDue) await triggerBindings(tx, { connectionId, keys: working });
  return transitions.map(({ update }) => update.observation.key);
};

const writeStaleness = async (
  db: Queryable,
  connectionId: ConnectionId,
  updates: readonly KeyUpdate[],
): Promise<void> => {
  if (updates.length === 0) return;
  await db.query(
    `update dids d set stale = true, presence = u.presence
       from unnest($2::text[], $3::jsonb[]) as u (key, presence)
      where d.connection_id = $1 and d.key = u.key`,
    [
      connectionId,
      updates.map(({ observation }) => observation.key),
      updates.map(({ observation }) => json(observation.presence)),
    ],
  );
};

const writeVerdicts = async (
  db: Queryable,
  connectionId: ConnectionId,
  verdicts: readonly Verdict[],
): Promise<void> => {
  if (verdicts.length === 0) return;
  const updates = verdicts.map(({ update }) => update);
  await db.query(
    `update dids d
        set state = u.state, issues = u.issues, action_items = u.action_items, stale = false,
            observed_at = to_timestamp(u.observed_at / 1000), observation = u.observation,
            presence = u.observation -> 'presence', digest = u.digest, drift_id = u.drift_id,
            drift_opened_at = to_timestamp(u.drift_opened_at / 1000), drift_issues = u.drift_issues,
            event_seq = d.event_seq + u.events
       from unnest($2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::float8[], $7::jsonb[], $8::text[], $9::uuid[],
                   $10::float8[], $11::jsonb[], $12::int[])
         as u (key, state, issues, action_items, observed_at, observation, digest, drift_id, drift_opened_at,
               drift_issues, events)
      where d.connection_id = $1 and d.key = u.key`,
    [
      connectionId,
      updates.map(({ observation }) => observation.key),
      updates.map(({ readiness }) => readiness.state),
      updates.map(({ readiness }) => json(readiness.issues)),
      updates.map(({ readiness }) => json(readiness.actionItems)),
      updates.map(({ observation }) => observation.observedAt),
      updates.map(({ observation }) => json(storable(observation))),
      updates.map(({ digest }) => digest),
      verdicts.map(({ drift }) => drift?.id ?? null),
      verdicts.map(({ drift }) => drift?.openedAt ?? null),
      verdicts.map(({ drift }) => (drift === null ? null : json(drift.issues))),
      verdicts.map(({ events }) => events.length),
    ],
  );
};

/** What VoiceLink lists may hold secrets that nobody needs here: `raw` is kept for people to look at only. */
const storable = (observation: KeyObservation): KeyObservation => ({
  ...observation,
  did: observation.did && withoutSecrets(observation.did),
  bots: observation.bots.map(withoutSecrets),
  routing: observation.routing && withoutSecrets(observation.routing),
});

const withoutSecrets = <Row extends RemoteRecord>(row: Row): Row => ({ ...row, raw: redactSecrets(row.raw) });

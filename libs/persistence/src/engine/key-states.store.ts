import { randomUUID } from 'node:crypto';
import type { ConnectionId, DidKey, DriftId, PartnerId } from '@dialtone/domain';
import {
  neverSeen,
  newestPerKey,
  verdictEnd,
  transition,
  type ApplyOptions,
  type KeySelection,
  type KeyStates,
  type KeyUpdate,
  type StoredKey,
  type StoredSummary,
  type TimingListener,
  type Transition,
  type Watch,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, json, ms, type Queryable, rows, timeOf, wake } from '../db';
import { appendChange, inTrace } from '../events/append-change';
import { triggerBindings } from './binding-trigger';
import { currentAuthor } from '../on-behalf-of';
import { endFlapping, nextFlapEndInMs } from './flap-ends';
import { lockDids, readAllKeys, readKeys } from './key-rows';
import { readyTimes } from './ready-times';
import { summarize } from './key-summary';
import { tellStatuses } from './told-statuses';
import { writeEnds } from './verdict-ends';
import { toStoredObservation } from './stored-observation';

/** The most rows that one transaction locks and writes. */
const BATCH = 500;

type HeldConnection = Omit<Watch, 'freshForMs'> & { readonly partnerId: PartnerId };

interface Applying extends ApplyOptions {
  readonly connectionId: ConnectionId;
}

/** See `KeyStates.loadOne`, of several keys; those of which nothing is known are left out. */
export const readStored = async (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<ReadonlyMap<DidKey, StoredKey>> => {
  const known = await readKeys(db, connectionId, keys);
  const others = keys.filter((key) => !known.has(key));
  const imported =
    others.length === 0
      ? []
      : await rows<{ key: DidKey }>(
          db,
          `select key from phone_numbers where connection_id = $1 and key = any($2::text[])`,
          [connectionId, others],
        );
  return new Map([
    ...[...known].map(([key, { stored }]) => [key, stored] as const),
    ...imported.map(({ key }) => [key, neverSeen(key).stored] as const),
  ]);
};

/** Verdicts in the table `dids`: locked, read, decided by the engine's `transition`, written. */
export class KeyStateStore implements KeyStates {
  constructor(
    private readonly ds: DataSource,
    private readonly tell: TimingListener | null = null,
  ) {}

  async load(connectionId: ConnectionId, only?: KeySelection): Promise<ReadonlyMap<DidKey, StoredKey>> {
    const keys = await readAllKeys(this.ds, connectionId, only ?? null);
    return new Map(keys.map(({ stored }) => [stored.key, stored]));
  }

  summary(connectionId: ConnectionId, bucketDigits: number): Promise<StoredSummary> {
    return summarize(this.ds, connectionId, bucketDigits);
  }

  async loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null> {
    return (await readStored(this.ds, connectionId, [key])).get(key) ?? null;
  }

  async apply(
    connectionId: ConnectionId,
    updates: readonly KeyUpdate[],
    options: ApplyOptions,
  ): Promise<readonly DidKey[]> {
    const newest = newestPerKey(updates);
    if (newest.length === 0) return [];
    const applying = { connectionId, ...options };
    const written: DidKey[] = [];
    for (let start = 0; start < newest.length; start += BATCH) {
      const batch = newest.slice(start, start + BATCH);
      const transitions = await this.ds.transaction((tx) => applyLocked(tx, applying, batch));
      written.push(...transitions.map(keyOf));
      await this.tellTimings(applying, transitions);
    }
    return written;
  }

  /** After the commit: what is only counted neither holds locks nor takes a verdict back. */
  private async tellTimings({ connectionId, deployment }: Applying, transitions: readonly Transition[]): Promise<void> {
    if (this.tell === null) return;
    const detected = transitions.flatMap((one) => one.detected ?? []);
    const became = transitions.flatMap(({ becameReady }) => becameReady ?? []);
    const ready =
      deployment === undefined ? [] : await readyTimes(this.ds, { connectionId, deployment }, became).catch(() => []);
    const timings = [...detected, ...ready];
    if (timings.length > 0) this.tell(timings);
  }

  async end(connectionId: ConnectionId, keys: readonly DidKey[]): Promise<void> {
    for (let start = 0; start < keys.length; start += BATCH) {
      const batch = keys.slice(start, start + BATCH);
      await this.ds.transaction((tx) => endLocked(tx, connectionId, batch));
    }
  }

  endFlapping(limit: number): Promise<number> {
    return endFlapping(this.ds, limit, holdConnection);
  }

  nextFlapEndInMs(): Promise<number | null> {
    return nextFlapEndInMs(this.ds);
  }
}

const endLocked = async (tx: Queryable, connectionId: ConnectionId, keys: readonly DidKey[]): Promise<void> => {
  const held = await holdConnection(tx, connectionId);
  if (held === null) return;
  const { partnerId } = held;
  await lockDids(tx, connectionId, keys);
  const scope = { partnerId, connectionId, now: await timeOf(tx), author: currentAuthor() };
  const known = await readKeys(tx, connectionId, keys);
  const ends = [...known.values()].flatMap((key) => verdictEnd(scope, key, 'other_connection') ?? []);
  await writeEnds(tx, connectionId, ends);
  await tellStatuses(
    tx,
    connectionId,
    ends.filter(({ calmed }) => calmed).map(({ after }) => after.stored.key),
  );
};

const applyLocked = async (
  tx: Queryable,
  { connectionId, makeDue, freshForMs, flapping }: Applying,
  updates: readonly KeyUpdate[],
): Promise<readonly Transition[]> => {
  const held = await holdConnection(tx, connectionId);
  if (held === null) return [];
  const keys = updates.map(({ observation }) => observation.key);
  await lockDids(tx, connectionId, keys);
  // Read after locking, so that the times of one DID's events increase with their sequence.
  const now = await timeOf(tx);
  const { partnerId, ...looks } = held;
  const watch = freshForMs === undefined ? {} : { watch: { ...looks, freshForMs } };
  const scope = {
    partnerId,
    connectionId,
    now,
    author: currentAuthor(),
    ...watch,
    ...(flapping && { flapping }),
    mintDriftId: () => randomUUID() as DriftId,
  };
  const locked = await readKeys(tx, connectionId, keys);
  const transitions = updates.flatMap((update) => {
    const { key } = update.observation;
    return transition(scope, locked.get(key) ?? neverSeen(key), update) ?? [];
  });
  await writeStaleness(
    tx,
    connectionId,
    transitions.filter(({ kind }) => kind === 'staleness'),
  );
  await writeVerdicts(
    tx,
    connectionId,
    transitions.filter(({ kind }) => kind === 'verdict'),
  );
  const traces = new Map(updates.map(({ observation: { key }, traceparent }) => [key, traceparent]));
  await appendChange(tx, {
    events: transitions.flatMap((one) => one.events.map((event) => inTrace(event, traces.get(keyOf(one))))),
    history: transitions.flatMap(({ history }) => history),
  });
  // Events wake the readers; that a verdict is fresh again, or is not, has none, nor has another verdict while it flaps.
  if (transitions.every(({ events }) => events.length === 0) && transitions.some(isReadOtherwise)) await wake(tx);
  await tellStatuses(tx, connectionId, transitions.filter(({ calmed }) => calmed).map(keyOf));
  const working = transitions.filter(({ needsWork }) => needsWork).map(keyOf);
  if (makeDue) await triggerBindings(tx, { connectionId, keys: working });
  return transitions;
};

/**
 * Null when the connection is disconnected: its verdicts have ended, and what was still under way must not open them again.
 * Otherwise it stays active until the transaction ends.
 */
const holdConnection = async (tx: Queryable, connectionId: ConnectionId): Promise<HeldConnection | null> => {
  const held = await firstRow<HeldConnection & { readonly status: string }>(
    tx,
    `select partner_id as "partnerId", status, ${ms('observed_through')} as "observedThrough",
            ${ms('watched_since')} as "watchedSince"
       from connections where id = $1 for share`,
    [connectionId],
  );
  if (held === null) throw new Error(`There is no connection ${connectionId}.`);
  const { status, ...connection } = held;
  return status === 'ACTIVE' ? connection : null;
};

const isReadOtherwise = ({ turns, history }: Transition): boolean => turns.fresh !== null || history.length > 0;

const keyOf = ({ after }: Transition): DidKey => after.stored.key;

const writeStaleness = async (
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
      transitions.map(({ after }) => json(after.stored.presence)),
      transitions.map(({ turns }) => turns.fresh),
    ],
  );
};

const writeVerdicts = async (
  db: Queryable,
  connectionId: ConnectionId,
  verdicts: readonly Transition[],
): Promise<void> => {
  if (verdicts.length === 0) return;
  const updates = verdicts.map(({ update }) => update);
  const stored = verdicts.map(({ after }) => after.stored);
  const drifts = stored.map(({ drift }) => drift);
  await db.query(
    `update dids d
        set state = u.state, issues = u.issues, action_items = u.action_items, stale = false,
            observed_at = to_timestamp(u.observed_at / 1000), observation = u.observation,
            presence = u.observation -> 'presence', digest = u.digest, drift_id = u.drift_id,
            drift_opened_at = to_timestamp(u.drift_opened_at / 1000), drift_issues = u.drift_issues,
            event_seq = u.event_seq, advisories = u.advisories, flap = u.flap,
            flaps_until = to_timestamp((u.flap #>> '{flapping,until}')::float8 / 1000),
            ready_since = coalesce(to_timestamp(u.ready_since / 1000), d.ready_since),
            fresh_since = coalesce(to_timestamp(u.fresh_since / 1000), d.fresh_since)
       from unnest($2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::float8[], $7::jsonb[], $8::text[], $9::uuid[],
                   $10::float8[], $11::jsonb[], $12::bigint[], $13::jsonb[], $14::float8[], $15::float8[], $16::jsonb[])
         as u (key, state, issues, action_items, observed_at, observation, digest, drift_id, drift_opened_at,
               drift_issues, event_seq, advisories, ready_since, fresh_since, flap)
      where d.connection_id = $1 and d.key = u.key`,
    [
      connectionId,
      stored.map(({ key }) => key),
      stored.map(({ state }) => state),
      stored.map(({ issues }) => json(issues)),
      updates.map(({ readiness }) => json(readiness.actionItems)),
      stored.map(({ observedAt }) => observedAt),
      updates.map(({ observation }) => json(toStoredObservation(observation))),
      stored.map(({ digest }) => digest),
      drifts.map((drift) => drift?.id ?? null),
      drifts.map((drift) => drift?.openedAt ?? null),
      drifts.map((drift) => drift && json(drift.issues)),
      verdicts.map(({ after }) => after.eventSeq),
      stored.map(({ advisories }) => json(advisories)),
      verdicts.map(({ turns }) => turns.ready),
      verdicts.map(({ turns }) => turns.fresh),
      stored.map(({ flap }) => flap && json(flap)),
    ],
  );
};

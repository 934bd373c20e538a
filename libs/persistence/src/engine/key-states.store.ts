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
  type TransitionScope,
  type Watch,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, ms, type Queryable, rows, timeOf, wake } from '../db';
import { appendChange, appendLast, inTrace } from '../events/append-change';
import { triggerBindings } from './binding-trigger';
import { currentAuthor } from '../on-behalf-of';
import { endFlapping, nextFlapEndInMs } from './flap-ends';
import { lockDids, readAllKeys, readKeys } from './key-rows';
import { readyTimes } from './ready-times';
import { summarize } from './key-summary';
import { tellStatuses } from './told-statuses';
import { writeEnds } from './verdict-ends';
import { insertVerdicts, keyOf, writeStaleness, writeVerdicts } from './verdict-rows';

/** The most rows that one transaction locks and writes. */
const BATCH = 500;

type HeldConnection = Omit<Watch, 'freshForMs'> & { readonly partnerId: PartnerId };

interface Applying extends ApplyOptions {
  readonly connectionId: ConnectionId;
}

/** A number of a batch has a row after all, or gets none. */
class NotAllNew extends Error {}

/** Looking whether all are new is worth a statement of its own where it saves three of many rows. */
const MANY = 20;

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
      const transitions = await this.applyBatch(applying, batch);
      written.push(...transitions.map(keyOf));
      await this.tellTimings(applying, transitions);
    }
    return written;
  }

  private async applyBatch(applying: Applying, batch: readonly KeyUpdate[]): Promise<readonly Transition[]> {
    const mayInsert = batch.length >= MANY;
    try {
      return await this.ds.transaction((tx) => applyTo(tx, applying, { updates: batch, mayInsert }));
    } catch (error) {
      if (!(error instanceof NotAllNew)) throw error;
      return this.ds.transaction((tx) => applyTo(tx, applying, { updates: batch, mayInsert: false }));
    }
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

interface Batch {
  readonly updates: readonly KeyUpdate[];
  /** False: rows are looked up, whether or not there are any. */
  readonly mayInsert: boolean;
}

const applyTo = async (
  tx: Queryable,
  applying: Applying,
  { updates, mayInsert }: Batch,
): Promise<readonly Transition[]> => {
  const { connectionId } = applying;
  const held = await holdConnection(tx, connectionId);
  if (held === null) return [];
  const keys = updates.map(({ observation }) => observation.key);
  const transitions =
    mayInsert && (await hasNone(tx, connectionId, keys))
      ? await insertAll(tx, scopeOf(applying, held, await timeOf(tx)), updates)
      : await writeLocked(tx, applying, { held, updates });
  await tellAll(tx, applying, { updates, transitions });
  return transitions;
};

const hasNone = async (tx: Queryable, connectionId: ConnectionId, keys: readonly DidKey[]): Promise<boolean> =>
  !(await hit(tx, `select 1 from dids where connection_id = $1 and key = any($2::text[]) limit 1`, [
    connectionId,
    keys,
  ]));

/** Of one whose row this transaction makes there is no event yet that could be later than `now`. */
const insertAll = async (
  tx: Queryable,
  scope: TransitionScope,
  updates: readonly KeyUpdate[],
): Promise<readonly Transition[]> => {
  const transitions = updates.flatMap((update) => transition(scope, neverSeen(update.observation.key), update) ?? []);
  const isWhole = transitions.length === updates.length && transitions.every(({ kind }) => kind === 'verdict');
  if (!isWhole || (await insertVerdicts(tx, scope.connectionId, transitions)) < transitions.length)
    throw new NotAllNew();
  return transitions;
};

const writeLocked = async (
  tx: Queryable,
  applying: Applying,
  { held, updates }: Pick<Batch, 'updates'> & { readonly held: HeldConnection },
): Promise<readonly Transition[]> => {
  const { connectionId } = applying;
  const keys = updates.map(({ observation }) => observation.key);
  await lockDids(tx, connectionId, keys);
  // Read after locking, so that the times of one DID's events increase with their sequence.
  const scope = scopeOf(applying, held, await timeOf(tx));
  const locked = await readKeys(tx, connectionId, keys);
  const transitions = updates.flatMap((update) => {
    const { key } = update.observation;
    return transition(scope, locked.get(key) ?? neverSeen(key), update) ?? [];
  });
  const ofKind = (kind: Transition['kind']) => transitions.filter((one) => one.kind === kind);
  await writeStaleness(tx, connectionId, ofKind('staleness'));
  await writeVerdicts(tx, connectionId, ofKind('verdict'));
  return transitions;
};

const scopeOf = (
  { connectionId, freshForMs, flapping }: Applying,
  { partnerId, ...looks }: HeldConnection,
  now: number,
): TransitionScope => ({
  partnerId,
  connectionId,
  now,
  author: currentAuthor(),
  ...(freshForMs !== undefined && { watch: { ...looks, freshForMs } }),
  ...(flapping && { flapping }),
  mintDriftId: () => randomUUID() as DriftId,
});

const tellAll = async (
  tx: Queryable,
  { connectionId, makeDue }: Applying,
  { updates, transitions }: Pick<Batch, 'updates'> & { readonly transitions: readonly Transition[] },
): Promise<void> => {
  const working = transitions.filter(({ needsWork }) => needsWork).map(keyOf);
  if (makeDue) await triggerBindings(tx, { connectionId, keys: working });
  // Events wake the readers; that a verdict is fresh again, or is not, has none, nor has another verdict while it flaps.
  if (transitions.every(({ events }) => events.length === 0) && transitions.some(isReadOtherwise)) await wake(tx);
  const traces = new Map(updates.map(({ observation: { key }, traceparent }) => [key, traceparent]));
  const change = {
    events: transitions.flatMap((one) => one.events.map((event) => inTrace(event, traces.get(keyOf(one))))),
    history: transitions.flatMap(({ history }) => history),
  };
  const calmed = transitions.filter((one) => one.calmed).map(keyOf);
  if (calmed.length === 0) return appendLast(tx, change);
  await appendChange(tx, change);
  await tellStatuses(tx, connectionId, calmed);
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

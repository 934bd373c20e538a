import type { DidKey } from './ids';
import { KEY_SECTIONS } from './key-section';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';
import type { SetAsideRow } from './set-aside';
import { doubtsOf, type Listing, type Snapshot } from './snapshot';
import { isStrayBot } from './unreadable';

/** The complete lists of a snapshot by what they are looked up with; null: that list was not complete. */
export interface SnapshotIndex {
  readonly startedAt: number;
  readonly dids: ReadonlyMap<DidKey, readonly RemoteDid[]> | null;
  readonly bots: ReadonlyMap<number | null, readonly RemoteBot[]> | null;
  /** Bots whose client cannot be read. */
  readonly strayBots?: readonly RemoteBot[];
  readonly routing: ReadonlyMap<DidKey, readonly RemoteRouting[]> | null;
  /** Absent: none. DIDs and routing by the key that each is about; null: any. */
  readonly setAside?: {
    readonly dids: ReadonlyMap<DidKey | null, readonly SetAsideRow[]>;
    readonly bots: readonly SetAsideRow[];
    readonly routing: ReadonlyMap<DidKey | null, readonly SetAsideRow[]>;
  };
}

type Lists = Pick<Snapshot, 'dids' | 'bots' | 'routing'>;
type IndexedLists = Lists & Pick<Snapshot, 'startedAt'>;

/** Rows between two steps. */
const ROWS_A_STEP = 5_000;

/**
 * Of all keys, or of those that `isWanted`; bots are few, and whose they are is not known before. In steps, for who lets others run
 * between them: there may be a hundred thousand rows.
 */
export function* indexing(
  snapshot: IndexedLists,
  isWanted: ((key: DidKey) => boolean) | null = null,
): Generator<undefined, SnapshotIndex> {
  const isMine = ({ key }: { readonly key: DidKey }): boolean => isWanted === null || isWanted(key);
  const dids = yield* grouping(rowsIfComplete(snapshot.dids), (did) => did.key, isMine);
  const bots = yield* grouping(rowsIfComplete(snapshot.bots), (bot) => bot.clientId);
  const routing = yield* grouping(rowsIfComplete(snapshot.routing), (row) => row.key, isMine);
  return {
    startedAt: snapshot.startedAt,
    dids,
    bots,
    strayBots: (rowsIfComplete(snapshot.bots) ?? []).filter(isStrayBot),
    routing,
    ...(hasSetAside(snapshot) && { setAside: indexSetAside(snapshot) }),
  };
}

/** The same at once. */
export const indexSnapshot = (snapshot: IndexedLists): SnapshotIndex => {
  const steps = indexing(snapshot);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
};

const hasSetAside = (lists: Lists): boolean => KEY_SECTIONS.some((section) => doubtsOf(lists[section]).length > 0);

const indexSetAside = ({ dids, bots, routing }: Lists): NonNullable<SnapshotIndex['setAside']> => ({
  dids: Map.groupBy(doubtsOf(dids), (row) => row.key),
  bots: doubtsOf(bots),
  routing: Map.groupBy(doubtsOf(routing), (row) => row.key),
});

const rowsIfComplete = <Row>(listing: Listing<Row>): readonly Row[] | null =>
  listing.status === 'complete' ? listing.rows : null;

function* grouping<Row, Key>(
  rows: readonly Row[] | null,
  keyOf: (row: Row) => Key,
  isWanted: (row: Row) => boolean = () => true,
): Generator<undefined, ReadonlyMap<Key, readonly Row[]> | null> {
  if (rows === null) return null;
  const groups = new Map<Key, Row[]>();
  for (const [nth, row] of rows.entries()) {
    if (nth % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    if (!isWanted(row)) continue;
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

import {
  differenceOf,
  doubtsOf,
  isSameSetAside,
  isStrayBot,
  KEY_SECTIONS,
  type DidKey,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
  type SetAsideRows,
  type Snapshot,
} from '@dialtone/domain';
import { bucketOf, type StoredSummary } from '../ports/key-states';

/** What one sweep judged by; the process keeps it until its next sweep of the same account. */
export interface JudgedBy {
  readonly dids: readonly RemoteDid[];
  readonly bots: readonly RemoteBot[];
  readonly routing: readonly RemoteRouting[];
  readonly setAside: SetAsideRows;
  readonly misreportedBotIds: ReadonlySet<number>;
  /** Fingerprint of the numbers that another connection answers for. */
  readonly elsewhere: string;
  readonly bucketDigits: number;
  /** Of the buckets in which nothing was left to store. */
  readonly fingerprints: StoredSummary['fingerprints'];
  /** Listed keys that have no stored row, because nothing complete is known of them yet: no summary counts them. */
  readonly unstored: readonly DidKey[];
  /** When it judged, epoch ms: expiry depends on it. */
  readonly now: number;
}

/** What a sweep is going to judge by, before it has judged. */
export type JudgingBy = Omit<JudgedBy, 'unstored'>;

/** The keys to judge: all, or those whose verdict may have changed. */
export type Scope =
  | 'everything'
  | {
      readonly buckets: readonly string[];
      readonly keys: readonly DidKey[];
      readonly clientIds: readonly number[];
      /** Keys without a row that are listed as before, and are not among those to judge. */
      readonly unstored: readonly DidKey[];
    };

const KEYS_PER_BUCKET = 10;

/** Few keys per bucket: a key that changes has its whole bucket judged again. */
export const bucketDigitsFor = (keys: number): number =>
  Math.min(5, Math.max(1, Math.ceil(Math.log10(Math.max(1, keys) / KEYS_PER_BUCKET))));

/** Beyond this share of the listed keys looking for them one by one saves nothing. */
const MOST_PICKED = 0.25;

/** The rows that a judgement needs, when all lists that it needs are complete. */
export const judgedRows = ({
  dids,
  bots,
  routing,
}: Snapshot): Pick<JudgedBy, 'dids' | 'bots' | 'routing' | 'setAside'> | null =>
  dids.status === 'complete' && bots.status === 'complete' && routing.status === 'complete'
    ? {
        dids: dids.rows,
        bots: bots.rows,
        routing: routing.rows,
        setAside: { dids: doubtsOf(dids), bots: doubtsOf(bots), routing: doubtsOf(routing) },
      }
    : null;

/**
 * A verdict is a function of the key's DID and routing rows, its client's bots, the rows set aside, the misreported bots, what is stored of the
 * key, and the time. If none of these changed since a judgement that left nothing to store, another judgement would store
 * nothing either, and the sweep may leave the key out. Rows are compared as objects: the same object means that no field
 * changed. In steps, for who lets others run between them.
 */
export function* scoping(before: JudgedBy, after: JudgingBy): Generator<undefined, Scope> {
  const bots = changedRows(before.bots, after.bots);
  if (!isOfSameBasis(before, after) || bots.some(isStrayBot)) return 'everything';
  const dids = changedRows(before.dids, after.dids);
  const clientIds = clientsOf(bots);
  const buckets = changedBuckets(before.fingerprints, after.fingerprints);
  const keys = new Set([...dids, ...changedRows(before.routing, after.routing)].map(({ key }) => key));
  const isOld = (did: RemoteDid): boolean =>
    (did.clientId !== null && clientIds.has(did.clientId)) ||
    buckets.has(bucketOf(did.key, after.bucketDigits)) ||
    hasPassed(did, before.now, after.now);
  for (const [nth, did] of after.dids.entries()) {
    if (nth % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    if (isOld(did)) keys.add(did.key);
  }
  if (keys.size > MOST_PICKED * after.dids.length) return 'everything';
  const unstored = before.unstored.filter((key) => !keys.has(key));
  return { buckets: [...buckets], keys: [...keys], clientIds: [...clientIds], unstored };
}

/** What all keys are judged by is the same. */
const isOfSameBasis = (before: JudgedBy, after: JudgingBy): boolean =>
  before.elsewhere === after.elsewhere &&
  isSameSet(before.misreportedBotIds, after.misreportedBotIds) &&
  KEY_SECTIONS.every((section) => isSameSetAside(before.setAside[section], after.setAside[section]));

/** Numbers looked at between two steps. */
const ROWS_A_STEP = 10_000;

/** Rows that were and are not any more, and rows that are new. */
const changedRows = <Row>(before: readonly Row[], after: readonly Row[]): readonly Row[] => {
  const { gone, come } = differenceOf(before, after);
  return [...gone, ...come];
};

const clientsOf = (bots: readonly RemoteBot[]): ReadonlySet<number> =>
  new Set(bots.flatMap(({ clientId }) => (clientId === null ? [] : [clientId])));

/** Also those that only one of the two knows. */
const changedBuckets = (before: JudgedBy['fingerprints'], after: JudgedBy['fingerprints']): ReadonlySet<string> =>
  new Set([...before.keys(), ...after.keys()].filter((bucket) => before.get(bucket) !== after.get(bucket)));

/** Its date lies between the two times, whichever way the clock went. */
const hasPassed = ({ expiresAt }: RemoteDid, before: number, after: number): boolean =>
  expiresAt !== null && expiresAt <= before !== expiresAt <= after;

const isSameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));

import { guardLimit } from './guard';
import type { ConnectionId } from './ids';
import { differenceOf, type ListDifference } from './list-difference';
import type { Loss } from './list-losses';
import {
  LOOKS,
  SAME_LOOK,
  type Asked,
  type ListMemory,
  type ListedMarks,
  type LossLimits,
  type MissingRows,
  type RememberedSection,
} from './list-memory';

export interface WeighContext {
  readonly section: RememberedSection;
  /** Before the list was requested: what it lacks has been missing until then. */
  readonly at: number;
  /** When the list was there: what it lacks for the first time is missing from then on. */
  readonly now: number;
  /** Missing rows that an operator had confirmed to be gone before the list was requested. */
  readonly confirmed: ReadonlySet<string>;
  /** The records that these rows belong to: a routing record goes with its DID. Null: they belong to none. */
  readonly owners: Owners | null;
  /** The partner's connections on the account, in which it is asked: the first. */
  readonly connections: readonly Asked[];
  readonly limits: LossLimits;
}

/** By the same marks as the rows. What is neither listed nor missing is gone, and its rows with it. */
export interface Owners {
  readonly listed: ReadonlySet<string>;
  /** An operator, or time, decides about them first. */
  readonly missing: ReadonlySet<string>;
}

/** What an operator has to confirm. */
export interface Question {
  readonly loss: Loss;
  /** Whose writes are to be held for it. */
  readonly on: ConnectionId;
  /** The memory once they are. */
  readonly asked: ListMemory;
}

export interface Weighed {
  /** The very object that was given when there is nothing else to remember. */
  readonly memory: ListMemory;
  /** Non-null: the list is suspect as a whole. */
  readonly suspect: Loss | null;
  readonly question: Question | null;
}

/**
 * Compares a complete list with what earlier ones have shown. A list that is empty although it had rows, or that lacks a
 * large share of them, is suspect as a whole: until the rows are back, until they have been missing for long enough in
 * several lists, or, when they are too many to be believed by themselves (see `needsOperator`), until an operator says that it is true.
 *
 * Every missing row is remembered, in a list that is not suspect too: losses that come one by one add up while they are fresh.
 */
export const weighListing = (before: ListMemory | null, now: ListedMarks, context: WeighContext): Weighed => {
  if (before === null)
    return { memory: { ...FIRST, listed: now.rows, clients: now.clients }, suspect: null, question: null };
  const { limits } = context;
  const difference = differenceOf(before.listed, now.rows);
  const missing = missingAfter(before, { ...now, ...difference }, context);
  const { groups, of } = missing;
  const ripe = groups.filter((group) => isOld(group, context) && !isUndecided(group, context));
  const loss = lossOf(groups, of, now);
  if (ripe.length > 0 && isLargeLoss(loss, now, limits) && needsOperator(loss, now, context)) {
    const memory = memoryAfter(before, now, { ...missing, isSuspect: true }, context);
    return { memory, suspect: loss, question: questionOf(ripe, memory, { loss: lossOf(ripe, of, now), context }) };
  }
  const fresh = groups.filter((group) => !ripe.includes(group));
  const rest = lossOf(fresh, of - countOf(ripe), now);
  const isSuspect = isLargeLoss(rest, now, limits);
  const memory = memoryAfter(before, now, { ...missing, groups: fresh, isSuspect }, context);
  return { memory, suspect: isSuspect ? rest : null, question: null };
};

/** Null: it has been asked, or there is no connection in which it could be. */
const questionOf = (
  ripe: readonly MissingRows[],
  memory: ListMemory,
  { loss, context: { connections } }: { readonly loss: Loss; readonly context: WeighContext },
): Question | null => {
  const stands = ({ heldOn }: MissingRows): boolean => connections.some(({ connectionId }) => connectionId === heldOn);
  const on = connections[0]?.connectionId;
  if (on === undefined || ripe.every(stands)) return null;
  const missing = memory.missing.map((group) => (ripe.includes(group) ? { ...group, heldOn: on } : group));
  return { loss, on, asked: { ...memory, missing } };
};

const FIRST: ListMemory = { listed: [], missing: [], confirmed: null, suspectSince: null, clients: {} };

interface Missing {
  readonly groups: readonly MissingRows[];
  /** Confirmed to be gone. */
  readonly gone: readonly string[];
  /** Remembered rows, but for those that are gone. */
  readonly of: number;
  /** The list shows the rows of before, in any order. */
  readonly isSameList: boolean;
}

/** What is missing as of this list; what is missing for the first time comes last. */
const missingAfter = (
  before: ListMemory,
  list: ListedMarks & ListDifference<string>,
  { at, now, confirmed, owners, limits }: WeighContext,
): Missing => {
  const listed = before.missing.length === 0 ? NONE : new Set(list.rows);
  const apart = limits.believedAfterMs * SAME_LOOK;
  const isOrphan = (row: string): boolean => owners !== null && !owners.listed.has(row) && !owners.missing.has(row);
  const still = before.missing.map((group) => without(group, (row) => listed.has(row))).filter(isSome);
  const gone = still.flatMap(({ rows }) => rows).filter((row) => confirmed.has(row));
  const kept = still.map((group) => without(group, (row) => confirmed.has(row) || isOrphan(row))).filter(isSome);
  const groups = kept.map((group) =>
    at - group.countedAt < apart ? group : { ...group, lists: group.lists + 1, countedAt: at },
  );
  const rows = list.gone.filter((row) => !isOrphan(row));
  const newly = rows.length === 0 ? [] : [{ rows, since: now, lists: 1, countedAt: now, heldOn: null }];
  const stays = before.listed.length - list.gone.length;
  const isSameList = list.gone.length === 0 && list.come.length === 0;
  const back = countOf(before.missing) - countOf(still);
  return { groups: [...groups, ...newly], gone, of: stays + back + countOf(groups) + rows.length, isSameList };
};

const NONE: ReadonlySet<string> = new Set();

const isUndecided = ({ rows }: MissingRows, { owners }: WeighContext): boolean =>
  owners !== null && rows.every((row) => owners.missing.has(row));

const without = (group: MissingRows, isOut: (row: string) => boolean): MissingRows =>
  group.rows.some(isOut) ? { ...group, rows: group.rows.filter((row) => !isOut(row)) } : group;

const isSome = ({ rows }: MissingRows): boolean => rows.length > 0;

const countOf = (groups: readonly MissingRows[]): number => groups.reduce((sum, { rows }) => sum + rows.length, 0);

const lossOf = (groups: readonly MissingRows[], of: number, { anonymous }: ListedMarks): Loss => ({
  missing: Math.max(0, countOf(groups) - anonymous),
  of,
});

const isOld = ({ since, lists }: MissingRows, { at, limits }: WeighContext): boolean =>
  at - since >= limits.believedAfterMs && lists >= LOOKS;

const isEmpty = ({ rows, anonymous }: ListedMarks): boolean => rows.length === 0 && anonymous === 0;

/** One row of several is no more than one record that was deleted. */
const isLargeLoss = ({ missing, of }: Loss, now: ListedMarks, { percent, guard }: LossLimits): boolean =>
  isEmpty(now) ? missing > 0 : missing > 1 && (missing * 100 >= percent * of || missing > guardLimit(of, guard));

/**
 * Whether so much may not be believed to be gone only because it has been missing for long. One row may, were it the only one:
 * a record that was deleted. Of bots half are too many, because what is made in their place cannot be taken back.
 */
const needsOperator = ({ missing, of }: Loss, now: ListedMarks, { section, limits }: WeighContext): boolean =>
  missing > 1 && (isEmpty(now) || missing > guardLimit(of, limits.guard) || (section === 'bots' && missing * 2 >= of));

const memoryAfter = (
  before: ListMemory,
  now: ListedMarks,
  { groups, gone, isSuspect, isSameList }: Missing & { readonly isSuspect: boolean },
  { at, limits }: WeighContext,
): ListMemory => {
  const after: ListMemory = {
    listed: isSameList ? before.listed : now.rows,
    missing: groups,
    confirmed: confirmedAfter(before.confirmed, gone, { at, believedAfterMs: limits.believedAfterMs }),
    suspectSince: isSuspect ? (before.suspectSince ?? at) : null,
    clients: clientsAfter(before.clients, now, groups),
  };
  return isSameMemory(before, after) ? before : after;
};

const confirmedAfter = (
  before: ListMemory['confirmed'],
  gone: readonly string[],
  { at, believedAfterMs }: { readonly at: number; readonly believedAfterMs: number },
): ListMemory['confirmed'] => {
  if (gone.length > 0) return { at, rows: [...new Set([...(before?.rows ?? []), ...gone])] };
  return before === null || at - before.at > believedAfterMs ? null : before;
};

type Clients = ListMemory['clients'];

/** A bot whose client cannot be read is still that of the client that it was of. */
const clientsAfter = (before: Clients, now: ListedMarks, groups: readonly MissingRows[]): Clients => {
  if (isEmptyOf(before)) return now.clients;
  const known = new Set([...groups.flatMap(({ rows }) => rows), ...now.rows]);
  return { ...Object.fromEntries(Object.entries(before).filter(([bot]) => known.has(bot))), ...now.clients };
};

const isEmptyOf = (clients: Clients): boolean => Object.keys(clients).length === 0;

const isSameMemory = (a: ListMemory, b: ListMemory): boolean =>
  a.listed === b.listed &&
  a.missing.length === b.missing.length &&
  a.missing.every((group, index) => group === b.missing[index]) &&
  a.confirmed === b.confirmed &&
  a.suspectSince === b.suspectSince &&
  isSameClients(a.clients, b.clients);

const isSameClients = (a: Clients, b: Clients): boolean => {
  const bots = Object.keys(a);
  return bots.length === Object.keys(b).length && bots.every((bot) => a[bot] === b[bot]);
};

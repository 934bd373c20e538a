import type { GuardLimits } from './guard';
import type { ConnectionId } from './ids';
import { differenceOf } from './list-difference';
import type { ListLosses, Loss, MissingBot } from './list-losses';
import { setAsideOf, type Listing, type Section, type SectionRows } from './snapshot';

/** The lists whose rows are remembered. Available DIDs are VoiceLink's market: nothing follows from what is missing there. */
export const REMEMBERED_SECTIONS = ['clients', 'dids', 'bots', 'routing'] as const satisfies readonly Section[];
export type RememberedSection = (typeof REMEMBERED_SECTIONS)[number];

/**
 * What the complete lists of one section have shown, to compare the next one with. JSON-safe; times are epoch ms of the
 * store's clock. A record goes by its mark: a DID and a routing record by the number, a bot and a client by the id.
 */
export interface ListMemory {
  /** In the last complete list. */
  readonly listed: readonly string[];
  /** Listed once and missing since, oldest first; forgotten when that is believed. */
  readonly missing: readonly MissingRows[];
  /** Missing rows that an operator has confirmed to be gone, for as long as verdicts may still follow from that. */
  readonly confirmed: { readonly at: number; readonly rows: readonly string[] } | null;
  /** Since when the list is suspect as a whole; null: it is not. */
  readonly suspectSince: number | null;
  /** The client of each bot, of missing ones too; empty for other lists. */
  readonly clients: Readonly<Record<string, number>>;
}

/** Rows that went missing in the same list. */
export interface MissingRows {
  readonly rows: readonly string[];
  readonly since: number;
  /** Lists without them, but for those that came soon after another: two looks at one fault are one look. */
  readonly lists: number;
  readonly countedAt: number;
  /** The connection whose writes were held for them, so that an operator decides; null: none was. */
  readonly heldOn: ConnectionId | null;
}

/** Lists that follow one another sooner than this share of `believedAfterMs` are one look. */
export const SAME_LOOK = 1 / 4;
/** Separate looks that must agree before a loss is believed. */
export const LOOKS = 3;

export interface LossLimits {
  /** From this share of a list's rows on, in percent, missing rows make the list suspect as a whole. */
  readonly percent: number;
  /** How long rows must have been missing until that is believed. */
  readonly believedAfterMs: number;
  /** More missing rows than it allows make any list suspect, and are not believed without an operator. */
  readonly guard: GuardLimits;
}

/** One complete list, by marks. */
export interface ListedMarks {
  readonly rows: readonly string[];
  /** Rows that could not be read and may be any: that many of the missing ones may be there. */
  readonly anonymous: number;
  readonly clients: Readonly<Record<string, number>>;
}

/** Marks of what a complete list shows. A row that could not be read is there all the same. `before`: a list that is likely to be much the same. */
export const marksOf = (
  section: RememberedSection,
  listing: Listing<SectionRows[RememberedSection]>,
  before: ListMemory | null = null,
): ListedMarks => {
  const rows = listing.rows.map((row) => MARK_OF[section](row as never));
  const odd = setAsideOf(listing).map((row) => ODD_MARK_OF[section](row));
  const known = odd.filter((mark) => mark !== null);
  return {
    rows: onceEach([...rows, ...known], before?.listed ?? []),
    anonymous: odd.length - known.length,
    clients: section === 'bots' ? clientsOf(listing.rows as SectionRows['bots'][]) : {},
  };
};

/** Beyond so many new marks looking each of them up saves nothing. */
const MOST_NEW = 50;

/** `before` has each of its marks once: where that list is met again, no mark need be looked up. */
const onceEach = (rows: readonly string[], before: readonly string[]): readonly string[] => {
  const { gone, come } = differenceOf(before, rows);
  const isOnce =
    come.length <= MOST_NEW &&
    rows.length === before.length - gone.length + come.length &&
    new Set(come).size === come.length &&
    !come.some((mark) => before.includes(mark));
  return isOnce ? rows : [...new Set(rows)];
};

const MARK_OF: { readonly [S in RememberedSection]: (row: SectionRows[S]) => string } = {
  clients: ({ id }) => String(id),
  dids: ({ key }) => key,
  bots: ({ id }) => String(id),
  routing: ({ key }) => key,
};

type OddRow = ReturnType<typeof setAsideOf>[number];
const byIdentity = ({ identity }: OddRow): string | null => (identity === null ? null : String(identity));
const byKey = ({ key }: OddRow): string | null => key;
const ODD_MARK_OF: Readonly<Record<RememberedSection, (row: OddRow) => string | null>> = {
  clients: byIdentity,
  dids: byKey,
  bots: byIdentity,
  routing: byKey,
};

const clientsOf = (bots: readonly SectionRows['bots'][]): Readonly<Record<string, number>> =>
  Object.fromEntries(bots.flatMap(({ id, clientId }) => (clientId === null ? [] : [[String(id), clientId]])));

/** A connection through which a partner can be asked about an account. */
export interface Asked {
  readonly connectionId: ConnectionId;
  /** Why its writes are held; null: they are not. */
  readonly writesHeld: string | null;
}

/**
 * Missing rows that an operator has confirmed to be gone: a connection was held for them, and is not any more. One that has
 * left the account meanwhile has confirmed nothing.
 */
export const confirmedRows = (memory: ListMemory | null, connections: readonly Asked[]): ReadonlySet<string> => {
  const resumed = connections.filter(({ writesHeld }) => writesHeld === null).map(({ connectionId }) => connectionId);
  const isConfirmed = ({ heldOn }: MissingRows): boolean => heldOn !== null && resumed.includes(heldOn);
  return new Set(memory?.missing.filter(isConfirmed).flatMap(({ rows }) => rows));
};

/** What is said of a list beside its rows; null: nothing. */
export const lossesOf = (
  memory: ListMemory,
  suspect: Loss | null,
  { believedAfterMs }: Pick<LossLimits, 'believedAfterMs'>,
): ListLosses | null => {
  const bots = missingBots(memory, believedAfterMs);
  const confirmed = new Set(memory.confirmed?.rows);
  return suspect === null && bots.length === 0 && confirmed.size === 0 ? null : { suspect, bots, confirmed };
};

const missingBots = ({ missing, clients }: ListMemory, believedAfterMs: number): readonly MissingBot[] =>
  missing.flatMap(({ rows, since, lists, countedAt }) =>
    rows.flatMap((row) => {
      const clientId = clients[row];
      const nextLook = lists < LOOKS ? countedAt + believedAfterMs * SAME_LOOK : 0;
      const until = Math.max(since + believedAfterMs, nextLook);
      return clientId === undefined ? [] : [{ botId: Number(row), clientId, until }];
    }),
  );

/** Why writes are held, in the same words each time that the same rows are asked about. */
export const vanishedReason = (section: RememberedSection, { missing, of }: Loss): string =>
  `${missing < of ? String(missing) : 'all'} of ${String(of)} rows have vanished from the VoiceLink ${section} list and did not come back`;

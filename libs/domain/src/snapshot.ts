import type { RemoteBot, RemoteClient, RemoteDid, RemoteRouting } from './remote';
import { suspectMessage, type ListLosses } from './list-losses';
import type { SetAsideRow } from './set-aside';

/** The five lists of one pass over VoiceLink; the names are those of `data.warnings[].section`. */
export const SECTIONS = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;
export type Section = (typeof SECTIONS)[number];

export interface SectionRows {
  readonly clients: RemoteClient;
  readonly dids: RemoteDid;
  readonly available_dids: RemoteDid;
  readonly bots: RemoteBot;
  readonly routing: RemoteRouting;
}

export type WarningCode = 'FETCH_FAILED' | 'TRUNCATED';

/**
 * One listing. `complete`: every page was read, ids were unique and as many as `total`, and `total` stayed the same.
 * `truncated`: some rows were read, but not provably all. `failed`: nothing can be said.
 * Nothing may be derived from the absence of a row in a listing that is not complete. In one that is, absence is known per
 * key: a row that was set aside may be the one that is looked for, and so may any row of a list that is suspect as a whole.
 */
export type Listing<Row> =
  | {
      readonly status: 'complete';
      readonly rows: readonly Row[];
      /** Absent: every row could be read. */
      readonly setAside?: readonly SetAsideRow[];
      /** Absent: it lacks nothing that earlier lists had. */
      readonly losses?: ListLosses;
    }
  | { readonly status: 'truncated'; readonly rows: readonly Row[]; readonly message: string }
  | {
      readonly status: 'failed';
      readonly rows: readonly [];
      readonly message: string;
      /** VoiceLink refused the credentials: asking again is no use before they change. */
      readonly unauthorized?: true;
    };

/** What one pass over the five lists saw. Times are epoch milliseconds of the database clock. */
export type Snapshot = { readonly [S in Section]: Listing<SectionRows[S]> } & {
  /** Before the first request was sent: whatever changed upstream after this may be missing. */
  readonly startedAt: number;
};

export interface SectionWarning {
  readonly section: Section;
  readonly code: WarningCode;
  readonly message: string;
}

/** The rows that a list holds beside those that could be read; none are known of a list that is not complete. */
export const setAsideOf = (listing: Listing<unknown>): readonly SetAsideRow[] =>
  (listing.status === 'complete' ? listing.setAside : undefined) ?? NONE;

const NONE: readonly SetAsideRow[] = [];

/** Rows that the list may hold beside those that it shows: what it does not show may be any of them. */
export const doubtsOf = (listing: Listing<unknown>): readonly SetAsideRow[] => {
  const suspect = listing.status === 'complete' ? (listing.losses?.suspect ?? null) : null;
  return suspect === null ? setAsideOf(listing) : [...setAsideOf(listing), anyRow(suspectMessage(suspect))];
};

const anyRow = (why: string): SetAsideRow => ({
  identity: null,
  why,
  key: null,
  clientId: null,
  didId: null,
  beside: new Set(),
  isMissing: true,
});

/** Rows set aside, by section. */
export const setAsideCounts = (snapshot: Snapshot): Readonly<Record<Section, number>> => ({
  clients: setAsideOf(snapshot.clients).length,
  dids: setAsideOf(snapshot.dids).length,
  available_dids: setAsideOf(snapshot.available_dids).length,
  bots: setAsideOf(snapshot.bots).length,
  routing: setAsideOf(snapshot.routing).length,
});

/** True if so much is missing from a list that nothing follows from what it lacks. */
export const isAnySuspect = (snapshot: Snapshot): boolean =>
  SECTIONS.some((section) => {
    const listing = snapshot[section];
    return listing.status === 'complete' && (listing.losses?.suspect ?? null) !== null;
  });

/** Every list was read to its end, whatever single rows of it could not be read. */
export const isReadToEnd = (snapshot: Snapshot): boolean =>
  SECTIONS.every((section) => snapshot[section].status === 'complete');

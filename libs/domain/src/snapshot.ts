import type { RemoteBot, RemoteClient, RemoteDid, RemoteRouting } from './remote';

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
 * Nothing may be derived from the absence of a row in a listing that is not complete.
 */
export type Listing<Row> =
  | { readonly status: 'complete'; readonly rows: readonly Row[] }
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

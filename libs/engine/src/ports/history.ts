import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { WriteState } from './journal';

/** What is kept of every number, connection and partner. The list is closed: another kind is a change of the API. */
export const HISTORY_KINDS = [
  'declaration_created',
  'declaration_updated',
  'declaration_withdrawn',
  'verdict_changed',
  'plan_changed',
  'hold_begun',
  'hold_acknowledged',
  'pause_begun',
  'pause_ended',
  'steering_changed',
  'repair_contested',
  'repair_resumed',
  'upstream_write',
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** Who did it. */
export interface Author {
  /** Id of the API key; `reconciler`; `admin` for a command of the operator. */
  readonly actor: string;
  /** In whose name a declaration was changed; null: in nobody's. */
  readonly manager: string | null;
  /** Of the API request, as in the log; null: none asked. */
  readonly requestId: string | null;
}

export const RECONCILER: Author = { actor: 'reconciler', manager: null, requestId: null };

/** A JSON object without secrets. */
export type HistoryFacts = Readonly<Record<string, unknown>>;

/** One change, as it is written in the transaction of the change. Never changed afterwards. */
export interface HistoryEntry extends Author {
  readonly kind: HistoryKind;
  readonly partnerId: PartnerId;
  /** Null: it is of the whole partner. */
  readonly connectionId: ConnectionId | null;
  /** Null: it is of the whole connection, or of the partner. */
  readonly key: DidKey | null;
  /** Null: there was nothing before, or it is not known. */
  readonly before: HistoryFacts | null;
  /** Null: there is nothing any more. */
  readonly after: HistoryFacts | null;
}

/** What was known of a write, and since when (epoch ms, store's clock). */
export interface WriteOutcomeAt {
  readonly outcome: Exclude<WriteState, 'pending'>;
  readonly at: number;
}

/** An entry as it is read. */
export interface HistoryRecord extends HistoryEntry {
  /** Goes up in the order in which the changes of one number were made. */
  readonly id: string;
  /** Epoch ms, store's clock. */
  readonly at: number;
  /**
   * Of an upstream write what became of it, in order: at most an unknown outcome and what a listing proved of it. Empty: no outcome
   * is known yet, or it is no write.
   */
  readonly outcomes: readonly WriteOutcomeAt[];
  /** What VoiceLink answered, without secrets; null: nothing, or it is no write. */
  readonly answer: HistoryFacts | null;
}

export interface HistorySelection {
  readonly partnerId: PartnerId;
  readonly connectionId?: ConnectionId;
  readonly key?: DidKey;
  /** With the changes of the connection and of the partner that concern the key. */
  readonly kinds?: readonly HistoryKind[];
  readonly actor?: string;
  /** Epoch ms; from the first one on, before the second one. */
  readonly from?: number;
  readonly to?: number;
}

/** What was kept. It outlives the declaration and the connection that it tells of. */
export interface History {
  /** The newest first. `before`: only what is older than this entry. */
  read(
    selection: HistorySelection & {
      readonly limit: number;
      readonly before?: Pick<HistoryRecord, 'id' | 'at'>;
    },
  ): Promise<readonly HistoryRecord[]>;
  /** Deletes entries that are older, at most `limit`; returns how many there were. The journal of writes stays. */
  prune(request: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}

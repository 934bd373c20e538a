import type { StoredEvent } from '@dialtone/contracts';
import type { AgentId, Labels } from '@dialtone/domain';

/** An event, and what is declared of its number as it is read; null: nothing is, or it is of no number. */
export type WatchedEvent = StoredEvent & {
  readonly partner_id: string;
  readonly declared: { readonly agentId: AgentId; readonly labels: Labels } | null;
};

/** Events after a position, of one moment. */
export interface WatchedPage {
  /** Ascending. */
  readonly events: readonly WatchedEvent[];
  /** Everything up to here was looked at: where to read on. */
  readonly until: bigint;
  /** The last position that was given. */
  readonly end: bigint;
  /** The last position that is not there any more: a reader that stopped before it has missed something. */
  readonly prunedTo: bigint;
}

/** The log as those see it who follow it. Sequenced events only. */
export interface EventWatch {
  /** At most `limit` events; of one partner, or of all. */
  read(asked: { readonly partnerId?: string; readonly after: bigint; readonly limit: number }): Promise<WatchedPage>;
}

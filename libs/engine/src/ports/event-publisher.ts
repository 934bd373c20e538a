import type { StoredEvent } from '@dialtone/contracts';

/** The error of everything that needs a broker when none is configured. */
export const NO_BROKER = 'no broker configured';

/** Delivers events to other services, at least once. */
export interface EventPublisher {
  /**
   * Resolves once every event is safely stored at the destination, in the order given per key. Rejects otherwise: then
   * any part of the batch may be there, and the same batch has to be published again before a later one.
   */
  publish(events: readonly StoredEvent[]): Promise<void>;
  /** True while a connection to the destination is thought to be up. */
  readonly connected: boolean;
  /** Asks the destination whether it is there, sends nothing, and sets `connected` by the answer. Resolves either way. */
  probe(): Promise<void>;
  /** Idempotent; `publish` afterwards connects anew. */
  close(): Promise<void>;
}

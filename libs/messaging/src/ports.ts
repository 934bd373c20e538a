import type { StoredEvent } from '@dialtone/contracts';

/** The event log, as a relay reads it. */
export interface EventSource {
  /** Events with a higher position, ascending and without a gap, at most `limit`. Positions not yet sequenced are not there. */
  read(afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]>;
}

/** Where each relay has got to. */
export interface CursorStore {
  /** Position of the last event that was delivered; 0n for a cursor that never moved. */
  get(name: string): Promise<bigint>;
  /** Compare and set. False, and nothing changed, when the cursor is not at `from` (somebody else moved it). */
  advance(name: string, from: bigint, to: bigint): Promise<boolean>;
}

/** Delivers events to other services, at least once. */
export interface EventPublisher {
  /**
   * Resolves once every event is safely stored at the destination, in the order given per key. Rejects otherwise: then
   * any part of the batch may be there, and the same batch has to be published again before a later one.
   */
  publish(events: readonly StoredEvent[]): Promise<void>;
  /** True while a connection to the destination is thought to be up. */
  readonly connected: boolean;
  /** Idempotent; `publish` afterwards connects anew. */
  close(): Promise<void>;
}

/** Makes work due; what an inbound request comes to. */
export interface ReconcileTrigger {
  /**
   * True when something became due, false when there is nothing of that name (then nothing happens). Rejects only when
   * the store cannot be asked now.
   */
  trigger(request: ReconcileRequest): Promise<boolean>;
}

export interface ReconcileRequest {
  readonly connectionId: string;
  /** Null: the whole connection. */
  readonly key: string | null;
}

/** Time and randomness of this lib; the engine's clock fits. */
export interface MessagingClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** A pino logger fits. */
export interface MessagingLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

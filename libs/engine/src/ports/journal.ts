import type { BindingId, ConnectionId, DidKey, StepKind } from '@dialtone/domain';
import type { Lease } from './leases';

/** What one mutating call is aimed at; creates for the same target exclude each other while one is unresolved. */
export type WriteTarget =
  | `map:${number}`
  | `bot-create:${number}`
  | `bot-update:${number}`
  | `routing-create:${number}`
  | `routing-update:${number}`;

/** `applied` and `not_applied` are what a later complete listing proved about an `unknown` (or orphaned `pending`) write. */
export type WriteState = 'pending' | 'done' | 'failed' | 'unknown' | 'applied' | 'not_applied';

export interface WriteIntent {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly bindingId: BindingId | null;
  /** Who asked: 'reconciler', or the partner's API key id. */
  readonly actor: string;
  readonly step: StepKind;
  readonly target: WriteTarget;
  /** Generation of the binding, 0 without one. */
  readonly generation: number;
  /** The request body without secrets. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface UnresolvedWrite {
  readonly id: string;
  readonly step: StepKind;
  readonly target: WriteTarget;
  readonly state: 'pending' | 'unknown';
  /** Epoch ms, database clock: when the intent was written. */
  readonly startedAt: number;
}

/** The write-ahead journal of mutating calls: audit entry, intent and fence in one row. */
export interface WriteJournal {
  /** Null when one of the leases is no longer held with its epoch (fenced): then nothing may be sent. */
  begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null>;
  finish(id: string, state: 'done' | 'failed' | 'unknown', answer: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes of this target whose outcome is not known, oldest first. */
  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]>;
  /** The same for one DID, whatever the target: to close what a later observation explains. */
  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]>;
  /** Records what a complete listing proved. */
  resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void>;
}

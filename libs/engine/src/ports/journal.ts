import type { BindingId, ConnectionId, DidKey, StepKind } from '@dialtone/domain';
import type { Lease } from './leases';

/** What one mutating call is aimed at; creates for the same target exclude each other while one is unresolved. */
export type WriteTarget =
  | `map:${number}`
  | `bot-create:${number}`
  | `bot-update:${number}`
  | `routing-create:${number}`
  | `routing-update:${number}`
  /** By user name, as VoiceLink compares them: clients have no other name before they exist. */
  | `client-create:${string}`
  | `client-update:${number}`;

type NumberedKind = WriteTarget extends infer Target
  ? Target extends `${infer Kind}:${number}`
    ? Kind
    : never
  : never;

/** The target that has an id of VoiceLink. */
export const writeTarget = (kind: NumberedKind, id: number): WriteTarget => `${kind}:${String(id)}` as WriteTarget;

/** What a write is for: a step of the plan, the release of a withdrawn declaration, or a request that the management API passes on. */
export type WritePurpose = StepKind | 'release' | 'request';

/** `applied` and `not_applied` are what a later complete listing proved about an `unknown` (or orphaned `pending`) write. */
export type WriteState = 'pending' | 'done' | 'failed' | 'unknown' | 'applied' | 'not_applied';

export interface WriteIntent {
  readonly connectionId: ConnectionId;
  /** Null: it concerns no number, or it is not known which. */
  readonly key: DidKey | null;
  readonly bindingId: BindingId | null;
  /** Who asked: 'reconciler', or the id of the partner's API key. */
  readonly actor: string;
  /** Of the API request that led to it, as in the log; null for the reconciler. */
  readonly requestId: string | null;
  readonly step: WritePurpose;
  readonly target: WriteTarget;
  /** Generation of the binding, 0 without one. */
  readonly generation: number;
  /** The request body without secrets. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that it changes, as they were read before; null or absent: there was nothing, or it is not known. For the history only. */
  readonly before?: Readonly<Record<string, unknown>> | null;
}

export interface UnresolvedWrite {
  readonly id: string;
  readonly step: WritePurpose;
  readonly target: WriteTarget;
  readonly state: 'pending' | 'unknown';
  /** Epoch ms, database clock: when the intent was written. */
  readonly startedAt: number;
  /** Of a passed-on request in VoiceLink's words. */
  readonly body: Readonly<Record<string, unknown>>;
  /** As `finish` was given it; null before. */
  readonly answer: Readonly<Record<string, unknown>> | null;
}

/** A write that took effect, or may have. */
export interface RecentWrite {
  readonly key: DidKey | null;
  readonly step: WritePurpose;
  readonly target: WriteTarget;
  readonly body: Readonly<Record<string, unknown>>;
  /** As `finish` was given it; null before. */
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly state: Exclude<WriteState, 'failed' | 'not_applied'>;
  /** Epoch ms, database clock, as `seenAt`. */
  readonly startedAt: number;
  /** When its effect was proven, of a passed-on request when it was accepted; null: its outcome is not known. */
  readonly seenAt: number | null;
}

/** What repairs are counted by: those of one step of a number, or of one bot. */
export type RepairAim = { readonly key: DidKey; readonly step: StepKind } | { readonly target: WriteTarget };

/** A write of the reconciler, or a request that was passed on, that VoiceLink did not refuse; also one that proved to have had no effect. */
export interface RepairWrite extends Omit<RecentWrite, 'state'> {
  readonly state: Exclude<WriteState, 'failed'>;
  readonly actor: string;
}

/** The write-ahead journal of mutating calls: audit entry, intent and fence in one row. */
export interface WriteJournal {
  /** Null when one of the leases is no longer held with its epoch (fenced): then nothing may be sent. */
  begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null>;
  finish(id: string, state: 'done' | 'failed' | 'unknown', answer: Readonly<Record<string, unknown>>): Promise<void>;
  /** Writes of this target whose outcome is not known, oldest first; also those of other connections of the account. */
  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]>;
  /** The same for one DID, whatever the target: to close what a later observation explains. */
  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]>;
  /** Passed-on requests of a connection (`step` is `request`), oldest first. */
  unresolvedRequests(connectionId: ConnectionId): Promise<readonly UnresolvedWrite[]>;
  /**
   * Writes whose effect was proven at or after `since` (epoch ms, database clock), and those without an outcome; oldest first.
   * With a key, those of that key and all of bots, which serve several; of that key also those whose effect was proven after its
   * stored verdict was observed, however long ago, and perhaps some that are older than `since`.
   */
  recent(connectionId: ConnectionId, since: number, key: DidKey | null): Promise<readonly RecentWrite[]>;
  /**
   * The reconciler's writes about the same since then (epoch ms, database clock), of all connections of the account, and the
   * passed-on requests for the same number or bot; oldest first.
   */
  repairs(connectionId: ConnectionId, aim: RepairAim, since: number): Promise<readonly RepairWrite[]>;
  /** Records what a complete listing proved. */
  resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void>;
}

import type { AgentId, ConnectionId, DidKey, PartnerId, RefusedDestination } from '@dialtone/domain';
import type { TelephonyProvider } from './telephony-providers';

/** The states of a call that the public API knows. */
export const CALL_STATUSES = [
  'pending',
  'ringing',
  'in_progress',
  'completed',
  'failed',
  'no_answer',
  'busy',
  'canceled',
] as const;

export type CallStatus = (typeof CALL_STATUSES)[number];

export interface CallRow {
  readonly id: string;
  readonly sessionId: string;
  readonly connectionId: ConnectionId;
  readonly provider: TelephonyProvider;
  readonly agentId: AgentId;
  /** The caller id as partners see it, and its key. */
  readonly fromNumber: string;
  readonly fromKey: DidKey;
  /** E.164. */
  readonly toNumber: string;
  readonly status: CallStatus;
}

/** What holds for a partner unless its policy says otherwise. */
export interface CallLimits {
  /** Calls to this country are allowed, and to that of the caller id. Digits. */
  readonly homeCallingCode: string;
  /** Calls a day; 0: any number. */
  readonly perDay: number;
}

export type CallRefusal =
  | { readonly kind: 'destination_refused'; readonly why: RefusedDestination }
  /** `resetMs`: until the day ends. */
  | { readonly kind: 'too_many_calls'; readonly atMost: number; readonly resetMs: number };

export type RecordedCall =
  | CallRefusal
  | { readonly kind: 'recorded'; readonly call: CallRow }
  | { readonly kind: 'connection_not_found' }
  | { readonly kind: 'agent_not_found' }
  /** No active number of the connection is bound to the agent, and it has no active default number. */
  | { readonly kind: 'no_caller_id' };

/** What became of asking the carrier for a call. */
export type CallHandover =
  /** `carrierId`: the carrier's own id of the call, if it told one. */
  | { readonly kind: 'accepted'; readonly carrierId: number | null }
  /** Certainly not placed: no phone rings. The call has failed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** In doubt: a phone may ring, now or later. The call stays pending and is never requested again. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Outbound calls. */
export interface CallStore {
  /**
   * Chooses the caller id and records a pending call, in one transaction, before the carrier is asked: a crash in between
   * leaves a call whose handover is not known. The caller id is an active number of the connection that is bound to the
   * agent (the default one first, else the oldest), else the connection's default number. Only on an active connection.
   */
  record(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly agentId: AgentId;
    readonly toNumber: string;
    /** Who asks: the id of the API key. */
    readonly apiKeyId: string;
    /** Applied with the partner's policy; no limit unless given. A refusal is told by an event, the first one in a while. */
    readonly limits?: CallLimits;
  }): Promise<RecordedCall>;
  /** Notes how the handover went, once; later notes change nothing. */
  noteHandover(callId: string, handover: CallHandover): Promise<void>;
}

import type {
  AgentId,
  CallStatus,
  ConnectionId,
  DidKey,
  HeardOfCall,
  KnownOfCall,
  PartnerId,
  RefusedDestination,
} from '@dialtone/domain';
import type { CallEnd } from '@dialtone/engine';
import type { TelephonyProvider } from './telephony-providers';

export { CALL_STATUSES, type CallStatus } from '@dialtone/domain';

export interface CallRow {
  readonly id: string;
  readonly sessionId: string;
  readonly connectionId: ConnectionId;
  readonly provider: TelephonyProvider;
  readonly agentId: AgentId;
  /** The caller id as partners see it. */
  readonly fromNumber: string;
  /** E.164. */
  readonly toNumber: string;
  readonly status: CallStatus;
}

/** A call that is recorded, and not asked for yet. */
export interface NewCall extends CallRow {
  /** The key of the caller id. */
  readonly fromKey: DidKey;
}

/** What holds for a partner unless its policy says otherwise. */
export interface CallLimits {
  /** Calls to this country are allowed, and to that of the caller id. Digits. */
  readonly homeCallingCode: string;
  /** Calls a day; 0: any number. */
  readonly perDay: number;
  /** Calls that are not over, by what has been heard of them; 0, the default: any number. */
  readonly atOnce?: Readonly<Record<CallParty, number>>;
}

/** Whose calls are counted together. */
export type CallParty = 'connection' | 'partner';

export type CallRefusal =
  | { readonly kind: 'destination_refused'; readonly why: RefusedDestination }
  /** `resetMs`: until the day ends. */
  | { readonly kind: 'too_many_calls'; readonly atMost: number; readonly resetMs: number }
  | { readonly kind: 'too_many_at_once'; readonly of: CallParty; readonly atMost: number };

export type RecordedCall =
  | CallRefusal
  /** `callbackToken`: unguessable, for the URLs that the carrier is given. Only its digest is stored. */
  | { readonly kind: 'recorded'; readonly call: NewCall; readonly callbackToken: string }
  | { readonly kind: 'connection_not_found' }
  | { readonly kind: 'agent_not_found' }
  /** No active number of the connection is bound to the agent, and it has no active default number. */
  | { readonly kind: 'no_caller_id' };

/** What became of asking the carrier for a call. */
export type CallHandover =
  /** `carrierId`: the carrier's own id of the call, if it told one. */
  | { readonly kind: 'accepted'; readonly carrierId: string | null }
  /** Certainly not placed: no phone rings. The call has failed. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** In doubt: a phone may ring, now or later. The call stays pending and is never requested again. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a partner hands on to the agent with a call: any JSON. */
export type CallVariables = Readonly<Record<string, unknown>>;

/** A call, as the URL that its carrier was given names it. */
export interface CalledBack extends CallRow {
  readonly partnerId: PartnerId;
  readonly carrierId: string | null;
  /** Empty once the call is over. */
  readonly variables: CallVariables;
}

/** A call with all that is known of it. */
export interface CallView extends CallRow {
  readonly known: KnownOfCall;
  readonly createdAt: Date;
  /** `sending`: whether the carrier was asked is not noted yet. */
  readonly handover: CallHandover['kind'] | 'sending';
  /** Why it was refused, or why the outcome is not known. */
  readonly reason: string | null;
  /** It cannot be known what became of it. */
  readonly isLost: boolean;
}

export interface CallFilter {
  readonly status?: CallStatus | undefined;
  readonly agentId?: AgentId | undefined;
  readonly connectionId?: ConnectionId | undefined;
  readonly provider?: TelephonyProvider | undefined;
}

/** What hearing something made of a call. `known`: nothing was new. */
export type HeardResult =
  | {
      readonly kind: 'noted' | 'known';
      readonly before: CallStatus;
      readonly status: CallStatus;
      /** How the call ended, told once: to the first that hears of it. */
      readonly end: CallEnd | null;
    }
  | { readonly kind: 'no_such_call' };

/** Outbound calls. */
export interface CallStore {
  /**
   * Chooses the caller id and records a pending call, in one transaction, before the carrier is asked: a crash in between
   * leaves a call whose handover is not known. The caller id is by the connection's provider (`CALLER_IDS`) an active number
   * of the connection that is bound to the agent (the default one first, else the oldest), else its default number. Only on an
   * active connection.
   */
  record(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly agentId: AgentId;
    readonly toNumber: string;
    /** Who asks: the id of the API key. */
    readonly apiKeyId: string;
    /** Kept until the call is over; none unless given. */
    readonly variables?: CallVariables;
    /** Applied with the partner's policy; no limit unless given. A refusal is told by an event, the first one in a while. */
    readonly limits?: CallLimits;
  }): Promise<RecordedCall>;
  /** Notes how the handover went, once; later notes change nothing. */
  noteHandover(callId: string, handover: CallHandover): Promise<void>;
  /** The call whose carrier was given this token, over or not; null: there is none. */
  byCallbackToken(token: string): Promise<CalledBack | null>;
  /**
   * Merges what a carrier said into what is known, by `afterHearing`: safe to repeat, and in any order. A time outside of the
   * call's life counts as the nearest one in it.
   */
  noteHeard(callId: string, heard: HeardOfCall): Promise<HeardResult>;
  /** The newest first. */
  page(
    input: CallFilter & { readonly partnerId: PartnerId; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly items: readonly CallView[]; readonly total: number }>;
  find(partnerId: PartnerId, callId: string): Promise<CallView | null>;
  /** Makes a call that is not over due for a look in so many ms, if it is not due before. */
  lookWithin(callId: string, ms: number): Promise<void>;
}

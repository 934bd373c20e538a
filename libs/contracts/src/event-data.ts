import type {
  ActionItemData,
  AdvisoryCode,
  BindingModeCode,
  BindingOutcomeCode,
  CallLimitCode,
  CallStatusCode,
  ConnectionAdvisoryCode,
  ContestCode,
  InboundLossCode,
  IssueCode,
  OpenCode,
  ReadinessStateCode,
  ReleaseCode,
  SectionCode,
  StepCode,
  VerdictEndCode,
  WarningCode,
  WebhookEndCode,
} from './vocabulary';

/** Who the event is about. Ids are lower-case UUIDs. */
export interface ConnectionScope {
  readonly connection_id: string;
  readonly partner_id: string;
}

/** An event about one DID of a connection. */
export interface DidScope extends ConnectionScope {
  /** Digits-only form of the number with its country code: joins DID, routing, local row, binding and events. */
  readonly key: string;
  /** `+` and the digits of the number. */
  readonly phone_number: string;
  /**
   * Goes up with every event of this DID, of any type: the higher one is the later one. Starts at 1. Rely on the order only:
   * a topic carries some of the types, so its consumer sees gaps.
   */
  readonly seq: number;
  /** ISO 8601 in UTC: when the change was stored. */
  readonly occurred_at: string;
}

/** Identifiers are there when known and left out otherwise; they are never null. */
export interface KnownIds {
  /** VoiceLink ids. */
  readonly did_id?: number;
  readonly client_id?: number;
  readonly routing_id?: number;
  readonly bot_id?: number;
  /** UUID of the local inventory row. */
  readonly local_phone_number_id?: string;
  /** UUID of the declared agent; of the local row's agent when nothing is declared. */
  readonly agent_id?: string;
}

export interface DriftData extends DidScope, KnownIds {
  /** The same from detection to resolution. */
  readonly drift_id: string;
  readonly state: ReadinessStateCode;
  /** In order of precedence; the first one is the state. */
  readonly issues: readonly IssueCode[];
  readonly action_items: readonly ActionItemData[];
  /** A binding declares this DID, so what may be repaired will be. */
  readonly declared: boolean;
  readonly opened_at: string;
}

/** A DID stopped being what it should be. One per drift. */
export type DriftDetectedData = DriftData;

/** The issues of an open drift changed. `issues` are the new ones. */
export interface DriftChangedData extends DriftData {
  readonly previous_issues: readonly IssueCode[];
}

/** The drift is over; `issues` and `action_items` are empty. One per drift. */
export interface DriftResolvedData extends DriftData {
  /** The issues at the end of the drift. */
  readonly previous_issues: readonly IssueCode[];
  readonly resolved_at: string;
  /**
   * Left out when the DID was seen to be in order. Otherwise it is not looked at here any more, and `state` is UNKNOWN:
   * `disconnected`, or `other_connection` of the partner, on the same VoiceLink account, answers for it.
   */
  readonly reason?: OpenCode<VerdictEndCode>;
}

/**
 * The whole verdict of a DID, logged at each change: the latest record per key is the last certain verdict. The connection's
 * warnings about its lists tell whether it could be confirmed since. No record can tell that the watcher is gone: ask the
 * REST API before acting on a verdict that must not be old.
 */
export interface ReadinessChangedData extends DidScope, KnownIds {
  readonly state: ReadinessStateCode;
  readonly issues: readonly IssueCode[];
  readonly action_items: readonly ActionItemData[];
  /** Left out on the first verdict of a DID. */
  readonly previous_state?: ReadinessStateCode;
  readonly declared: boolean;
  /** The open drift, if any. */
  readonly drift_id?: string;
  /**
   * ISO 8601: the observation behind the verdict; left out while there was none. Later looks that found the same are not told,
   * so an old one does not mean an old verdict.
   */
  readonly observed_at?: string;
  /** Why there is no verdict any more: `state` is UNKNOWN, and `observed_at` is the last observation. Left out otherwise. */
  readonly reason?: OpenCode<VerdictEndCode>;
}

export interface BindingData extends DidScope {
  readonly binding_id: string;
  /** Goes up by one with every change of the declaration. */
  readonly generation: number;
}

/** What is (or was, for deleted) declared. The bot's endpoint is left out: its URL may carry a secret. */
export interface BindingDeclarationData extends BindingData {
  readonly agent_id: string;
  /** Null: the DID must be mapped already. */
  readonly client_id: number | null;
  /** Null: the configured name. */
  readonly bot_name: string | null;
  readonly mode: BindingModeCode;
  /** `reconciler`, or the id of the API key that asked. */
  readonly actor: string;
  /**
   * It is withdrawn, and this is left to do before it ends with a `deleted`; left out while it is declared. Of a `deleted`: this
   * was done.
   */
  readonly releasing?: ReleaseCode;
  /**
   * The declaration was moved: withdrawn on its disconnected connection (`moved_to` that one), and declared on this one
   * (`moved_from` that one), with the next generation under the same `binding_id`. The two events are not in order.
   */
  readonly moved_to?: string;
  readonly moved_from?: string;
}

/** The outcome of reconciling a binding, when it differs from the one before. */
export interface BindingStatusData extends BindingData {
  readonly outcome: BindingOutcomeCode;
  /** What it waits for, what failed, or what to do; null when settled. */
  readonly message: string | null;
  /** The generation that was worked on. */
  readonly observed_generation: number;
  /** Attempts since the last settled outcome; a known wait is none. */
  readonly attempts: number;
}

/** One value that our last repair made and that is another one now, by VoiceLink's name; null: none, or no such record. */
export interface UndoneFieldData {
  readonly field: string;
  readonly ours: number | null;
  readonly theirs: number | null;
}

/** A declared number is not repaired any more until `resumes_at`, another declaration, or a request to reconcile it. */
export interface RepairsContestedData extends BindingData {
  /** `contested`: others undid the same repair. `not_converging`: VoiceLink accepted it and never listed it. */
  readonly kind: OpenCode<ContestCode>;
  readonly step: StepCode;
  readonly fields: readonly UndoneFieldData[];
  /** When each repair was seen to be undone or without effect; ascending. */
  readonly undone_at: readonly string[];
  /** API keys whose requests changed the same record through Dialtone; of other changes VoiceLink names no author. */
  readonly by: readonly string[];
  readonly resumes_at: string;
  /** For people. */
  readonly message: string;
}

/**
 * One upstream list of a connection could not be read completely. From a raised to a cleared warning about `dids`, `bots` or
 * `routing`, no verdict of the connection can be confirmed: all of them are stale, and stand as they were.
 */
export interface WarningData extends ConnectionScope {
  readonly section: SectionCode;
  readonly code: WarningCode;
  /** For people; free text without secrets. */
  readonly message: string;
  readonly occurred_at: string;
}

/** Something about a declared number differs from its declaration, or a verdict flaps. The number may be READY all the same. */
export interface AdvisoryData extends DidScope {
  readonly code: OpenCode<AdvisoryCode>;
  /** For people; free text without secrets. */
  readonly message: string;
  /** ISO 8601: when it began. */
  readonly since: string;
}

/** Several active connections of the partner use one VoiceLink account. One event for each of them. */
export interface AccountSharedData extends ConnectionScope {
  readonly code: OpenCode<ConnectionAdvisoryCode>;
  /** For people; names the partner's other connections. */
  readonly message: string;
  /** ISO 8601: when it began. */
  readonly since: string;
  readonly occurred_at: string;
}

/** All writes to VoiceLink for a connection are held until the hold is acknowledged. */
export interface WritesHeldData extends ConnectionScope {
  readonly reason: string;
  readonly occurred_at: string;
}

/** A hold was acknowledged. */
export interface WritesResumedData extends ConnectionScope {
  /** The reason of the hold that ended. */
  readonly reason: string;
  readonly actor: string;
  readonly occurred_at: string;
}

/** A call was refused by a limit of its partner. Once a day for `calls_per_day`, once a minute and key or partner for the calls a minute, once an hour for destinations. */
export interface CallsLimitedData extends ConnectionScope {
  readonly reason: OpenCode<CallLimitCode>;
  readonly occurred_at: string;
}

/** An outbound call is not as it was: the whole of what is known of it. The called number is not told. */
export interface CallChangedData extends ConnectionScope {
  readonly call_id: string;
  readonly session_id: string;
  readonly agent_id: string;
  readonly provider: string;
  /** The caller id as the partner wrote it. */
  readonly from_number: string;
  readonly status: CallStatusCode;
  /** Left out when the call was just recorded; the status itself when something else has changed. */
  readonly previous_status?: CallStatusCode;
  /** ISO 8601: when it was answered; left out while that is not known. */
  readonly started_at?: string;
  readonly ended_at?: string;
  readonly duration_seconds?: number;
  /** Why it was not completed; for people. */
  readonly error_message?: string;
  readonly occurred_at: string;
}

/** A number lost the inbound calls of its connection to another connection, or to an operator. Not told: to which one. */
export interface InboundLostData extends ConnectionScope {
  /** `+` and the digits of the number. */
  readonly phone_number: string;
  /** UUID of the local inventory row. */
  readonly local_phone_number_id: string;
  readonly reason: OpenCode<InboundLossCode>;
  readonly occurred_at: string;
}

/**
 * Inbound: look at this DID now (or, without a key, at the whole connection). A hint: it is safe to repeat, reorder or
 * lose it, and it never carries state.
 */
export interface ReconcileRequestedData {
  readonly connection_id: string;
  readonly key?: string;
  /** For people; shows up in logs only. */
  readonly reason?: string;
}

/** A webhook gets no events until its partner enables it. */
export interface WebhookDisabledData {
  readonly webhook_id: string;
  readonly partner_id: string;
  readonly reason: WebhookEndCode;
  /** The event that was not accepted, and comes first when the webhook is enabled. */
  readonly event_id: string;
  readonly occurred_at: string;
}

/** Events were deleted before they were delivered. */
export interface WebhookMissedData {
  readonly webhook_id: string;
  readonly partner_id: string;
  readonly occurred_at: string;
}

/** The words that event data is made of. They are repeated here, and not imported, so that the package stands alone. */

/** One of these, or one that a later version has added. */
export type OpenCode<Code extends string> = Code | (string & Record<never, never>);

/** What can be wrong with a DID, in order of precedence: the first one that holds is the state. */
export const ISSUE_CODES = [
  'REMOTE_DID_DELETED',
  'REMOTE_DID_EXPIRED',
  'NOT_IMPORTED',
  'NO_CLIENT_MAPPING',
  'NO_BOT',
  'ROUTING_MISSING',
  'ROUTING_CHANGED',
  'NO_VOCOBASE_AGENT',
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

/**
 * READY, the first issue, REMOTE_DID_NEVER_SEEN for a declared number that VoiceLink has never listed, or UNKNOWN while there is
 * no verdict: before the first complete one, and after the last.
 */
export const READINESS_STATE_CODES = ['READY', ...ISSUE_CODES, 'REMOTE_DID_NEVER_SEEN', 'UNKNOWN'] as const;
export type ReadinessStateCode = (typeof READINESS_STATE_CODES)[number];

/** Why a verdict and its drift ended without having been seen to be over. Others may be added. */
export const VERDICT_END_CODES = ['disconnected', 'other_connection'] as const;
export type VerdictEndCode = (typeof VERDICT_END_CODES)[number];

/** Why a number does not take inbound calls on a connection any more, though its partner did not ask for it. Others may be added. */
export const INBOUND_LOSS_CODES = ['proven_elsewhere', 'released'] as const;
export type InboundLossCode = (typeof INBOUND_LOSS_CODES)[number];

/** What may be said beside a number, READY or not. Others may be added. */
export const ADVISORY_CODES = [
  'CLIENT_MISMATCH',
  'BOT_MISMATCH',
  'WEBSOCKET_URL_MISMATCH',
  'UNDECLARED_ENDPOINT',
  'FLAPPING',
] as const;
export type AdvisoryCode = (typeof ADVISORY_CODES)[number];

/** What may be said beside a connection. Others may be added. */
export const CONNECTION_ADVISORY_CODES = ['ACCOUNT_SHARED'] as const;
export type ConnectionAdvisoryCode = (typeof CONNECTION_ADVISORY_CODES)[number];

/** Which limit of a partner's calls was hit. Others may be added. */
export const CALL_LIMIT_CODES = [
  'calls_per_day',
  'key_calls_per_minute',
  'partner_calls_per_minute',
  'destination_country',
  'destination_premium',
  'destination_network',
  'destination_unknown',
] as const;
export type CallLimitCode = (typeof CALL_LIMIT_CODES)[number];

/** How far a call has come. */
export const CALL_STATUS_CODES = [
  'pending',
  'ringing',
  'in_progress',
  'completed',
  'failed',
  'no_answer',
  'busy',
  'canceled',
] as const;
export type CallStatusCode = (typeof CALL_STATUS_CODES)[number];

/** The five upstream lists that a warning can be about. */
export const SECTION_CODES = ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const;
export type SectionCode = (typeof SECTION_CODES)[number];

export const WARNING_CODES = ['FETCH_FAILED', 'TRUNCATED'] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

export const BINDING_MODE_CODES = ['enforce', 'create-only', 'observe'] as const;
export type BindingModeCode = (typeof BINDING_MODE_CODES)[number];

/** What a withdrawn declaration leaves to do. */
export const RELEASE_CODES = ['unassign_agent', 'outbound_off'] as const;
export type ReleaseCode = (typeof RELEASE_CODES)[number];

/** How a reconcile of a binding ended. `stalled` needs a human or a new declaration; `message` says what. */
export const BINDING_OUTCOME_CODES = ['settled', 'progressing', 'retry', 'stalled'] as const;
export type BindingOutcomeCode = (typeof BINDING_OUTCOME_CODES)[number];

/** A remedy for one issue; `label` is for people and may be reworded at any time. */
export interface ActionItemData {
  readonly code: IssueCode;
  readonly label: string;
}

/** Why a declared number is not repaired any more. */
export const CONTEST_CODES = ['contested', 'not_converging'] as const;
export type ContestCode = (typeof CONTEST_CODES)[number];

/** The steps of a plan. */
export const STEP_CODES = [
  'resolve_did',
  'import_did',
  'client_mapping',
  'ensure_bot',
  'ensure_routing',
  'assign_agent',
] as const;
export type StepCode = (typeof STEP_CODES)[number];

/** Why a webhook gets no events any more. */
export const WEBHOOK_END_CODES = ['gone', 'failing'] as const;
export type WebhookEndCode = (typeof WEBHOOK_END_CODES)[number];

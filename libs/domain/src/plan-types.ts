import type { AgentId, PhoneNumberId } from './ids';

/** The six call-ready steps, in their order. No step that buys, renews, re-maps, deletes or spends money exists. */
export const STEP_KINDS = [
  'resolve_did',
  'import_did',
  'client_mapping',
  'ensure_bot',
  'ensure_routing',
  'assign_agent',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Why a step cannot be taken; each has a remedy in its step's `detail`. */
export type BlockReason =
  | 'did_not_found'
  | 'did_expired'
  | 'client_required'
  | 'client_mismatch'
  | 'observation_incomplete'
  | 'blocked_by_earlier_step'
  | 'mode_observe'
  | 'writes_held'
  | 'agent_not_given';

/** Full body of a routing record; VoiceLink replaces, so both halves are always there. Ids are null when unused. */
export interface RoutingFields {
  readonly forInboundCall: number;
  readonly forOutboundCall: number;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly active: true;
}

/** What a needed step would do. Data only; printable; never stored and replayed later. */
export type StepAction =
  | { readonly kind: 'import_did'; readonly phoneNumber: string; readonly friendlyName: string }
  | { readonly kind: 'client_mapping'; readonly didId: number; readonly clientId: number; readonly callRecording: 0 }
  | {
      readonly kind: 'ensure_bot';
      readonly verb: 'create';
      readonly clientId: number;
      readonly name: string;
      readonly websocketUrl: string;
    }
  | { readonly kind: 'ensure_bot'; readonly verb: 'activate'; readonly clientId: number; readonly botId: number }
  | {
      readonly kind: 'ensure_routing';
      readonly verb: 'create';
      readonly didId: number;
      readonly didNumber: string;
      readonly botId: number | null;
      readonly fields: RoutingFields;
    }
  | {
      readonly kind: 'ensure_routing';
      readonly verb: 'update';
      readonly routingId: number;
      readonly botId: number | null;
      readonly fields: RoutingFields;
    }
  | { readonly kind: 'assign_agent'; readonly phoneNumberId: PhoneNumberId | null; readonly agentId: AgentId };

/** The effects that leave the process for VoiceLink. */
export type UpstreamAction = Extract<StepAction, { kind: 'client_mapping' | 'ensure_bot' | 'ensure_routing' }>;

export type PlannedStep = { readonly step: StepKind; readonly detail: string } & (
  | { readonly status: 'already'; readonly data?: Readonly<Record<string, number | string | null>> }
  | { readonly status: 'needed'; readonly action: StepAction }
  | { readonly status: 'blocked'; readonly reason: BlockReason }
  | { readonly status: 'skipped'; readonly reason: BlockReason }
);

/** Always all six steps, in order. `blocked` stops the plan: every later step is blocked_by_earlier_step. */
export type Plan = readonly PlannedStep[];

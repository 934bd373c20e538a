import { assignAgent, type AssignAgent } from './assign-agent';
import { clientMapping, type ClientMapping } from './client-mapping';
import { ensureBot, type EnsureBot } from './ensure-bot';
import { ensureRouting, type EnsureRouting } from './ensure-routing';
import type { KeyObservation } from '../observation';
import { importDid, type ImportDid } from './import-did';
import type { OutboundOff, UnassignAgent } from './release-actions';
import { resolveDid } from './resolve-did';
import type { Decided, StepData } from './step';

export type { EnsureBot } from './ensure-bot';
export { obstacleToUpdate, routingToBot, routingWithoutOutbound, type RoutingFields } from './ensure-routing';
export { blocked, needed, type BlockReason, type PlanSpec, type Situation, type StepData } from './step';

/** The six call-ready steps, in their order. No step that buys, renews, re-maps, deletes or spends money exists. */
export const STEPS = {
  resolve_did: resolveDid,
  import_did: importDid,
  client_mapping: clientMapping,
  ensure_bot: ensureBot,
  ensure_routing: ensureRouting,
  assign_agent: assignAgent,
} as const;

export type StepKind = keyof typeof STEPS;
export const STEP_KINDS = Object.keys(STEPS) as readonly StepKind[];

/** What a needed step would do. Data only; printable; never stored and replayed later. */
export type StepAction =
  ImportDid | ClientMapping | EnsureBot | EnsureRouting | AssignAgent | OutboundOff | UnassignAgent;

/** Steps that write to VoiceLink; the others touch only our own rows. */
export const WRITING_STEPS = STEP_KINDS.filter((kind) => STEPS[kind].leavesForVoiceLink);

export type PlannedStep = Decided<StepKind, StepAction>;
export type NeededStep = Extract<PlannedStep, { status: 'needed' }>;

/** Always all six steps, in order. `blocked` stops the plan: every later step is blocked_by_earlier_step. */
export type Plan = readonly PlannedStep[];

interface ShowsEffect {
  readonly showsEffect?: (sent: StepAction, next: StepAction) => boolean;
}

/** True if `next`, which is needed now, shows that `sent` has had its effect. */
export const showsEffect = (sent: StepAction, next: StepAction): boolean => {
  if (sent.kind !== next.kind) return false;
  const shows = (STEPS as Readonly<Partial<Record<StepAction['kind'], ShowsEffect>>>)[sent.kind]?.showsEffect;
  return shows?.(sent, next) ?? false;
};

/** True if a needed step would change something that exists. */
export const changesWhatExists = ({ step, action }: NeededStep, observation: KeyObservation): boolean => {
  const { changes } = STEPS[step] as {
    readonly changes?: (action: StepAction, observation: KeyObservation) => boolean;
  };
  return changes?.(action, observation) ?? false;
};

/** The part of a step's data that call-ready reports. */
export const reportedData = (kind: StepKind, data: StepData): StepData => {
  const { reported } = STEPS[kind] as { readonly reported?: (data: StepData) => StepData };
  return reported?.(data) ?? data;
};

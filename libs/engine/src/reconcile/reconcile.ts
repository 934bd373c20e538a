import type { BlockReason, PlannedStep, Readiness } from '@dialtone/domain';
import type { Convergence } from './converge';
import type { Ending, TakenStep } from './progress';
import type { Target } from './look';
import type { Outcome, StallReason } from '../ports/outcome';
import { outcomeDuring } from '../gate/pause';
import type { UpstreamErrorClass, VoiceLinkAccount } from '../ports/upstream';
import { contestMessage } from '../writes/contest';
import type { Contest } from '../ports/contest';
import type { ClaimedBinding } from '../ports/binding-queue';

/** What a claimed declaration is to be brought to. */
export const declaredTarget = (
  { binding, lease, repairs }: ClaimedBinding,
  { accountId, account }: { readonly accountId: string; readonly account: VoiceLinkAccount },
  signal: AbortSignal,
): Target => ({
  context: {
    partnerId: binding.partnerId,
    connectionId: binding.connectionId,
    accountId,
    key: binding.key,
    bindingId: binding.id,
    generation: binding.generation,
    actor: 'reconciler',
    requestId: null,
    account,
    lease,
  },
  spec: binding,
  mode: binding.mode,
  releasing: binding.releasing,
  declaredAgentId: binding.agentId,
  isAnsweredElsewhere: false,
  repairs,
  signal,
  deadline: Number.POSITIVE_INFINITY,
});

/** A block that only a human, VoiceLink's panel or a new declaration can lift; null: it lifts by itself. */
const STALLS: Readonly<Record<BlockReason, StallReason | null>> = {
  did_not_found: 'DID_NOT_FOUND',
  did_expired: 'DID_EXPIRED',
  client_required: 'CLIENT_REQUIRED',
  client_mismatch: 'CLIENT_MISMATCH',
  mode_observe: 'MODE_OBSERVE',
  mode_create_only: 'MODE_CREATE_ONLY',
  writes_held: 'WRITES_HELD',
  paused: 'PAUSED',
  window_closed: 'WINDOW_CLOSED',
  contested: 'CONTESTED',
  not_converging: 'NOT_CONVERGING',
  agent_not_given: 'AGENT_NOT_GIVEN',
  observation_incomplete: null,
  blocked_by_earlier_step: null,
};

/** For an answer that does not say how long. */
const RATE_LIMITED_MS = 1_000;

/** How soon to look again when a list was older than what was seen already. */
const OLD_LIST_MS = 1_000;

export const outcomeOf = ({ ending, tried, after: { observation, plan, readiness } }: Convergence): Outcome => {
  if (ending.kind !== 'complete') return outcomeOfEnding(ending, tried, readiness.issues);
  const obstacle = plan.find(isObstacle);
  if (observation.old !== undefined && obstacle?.reason === 'observation_incomplete')
    return { kind: 'progressing', requeueAfterMs: OLD_LIST_MS, reason: obstacle.detail };
  if (obstacle !== undefined) return obstacleOutcome(obstacle, readiness.issues);
  if (readiness.state === 'READY') return { kind: 'settled' };
  return { kind: 'retry', error: `Every step is done, yet the DID is ${readiness.state}`, retryAfterMs: null };
};

/** What a step that is not taken makes of the reconcile. */
export const obstacleOutcome = (obstacle: Obstacle, issues: Readiness['issues']): Outcome => {
  if (obstacle.status === 'blocked' && obstacle.until !== undefined)
    return { kind: 'progressing', until: obstacle.until, reason: obstacle.detail };
  const reason = STALLS[obstacle.reason];
  return reason === null
    ? { kind: 'retry', error: obstacle.detail, retryAfterMs: null }
    : { kind: 'stalled', issues, message: obstacle.detail, reason };
};

type Obstacle = Extract<PlannedStep, { status: 'blocked' | 'skipped' }>;
const isObstacle = (planned: PlannedStep): planned is Obstacle =>
  planned.status === 'blocked' || planned.status === 'skipped';

/** Refusals that repeating does not change. */
const FINAL: Readonly<Partial<Record<UpstreamErrorClass, StallReason>>> = {
  rejected: 'REFUSED_BY_VOICELINK',
  dry_run: 'DRY_RUN',
};

const contestOutcome = (contest: Contest, issues: Readiness['issues']): Outcome => {
  const reason = contest.kind === 'contested' ? 'CONTESTED' : 'NOT_CONVERGING';
  return { kind: 'stalled', issues, message: contestMessage(contest), reason, contest };
};

export const outcomeOfEnding = (
  ending: Exclude<Ending, { kind: 'complete' }>,
  tried: TakenStep | null,
  issues: Readiness['issues'],
): Outcome => {
  switch (ending.kind) {
    case 'waiting':
      return { kind: 'progressing', requeueAfterMs: ending.afterMs, reason: ending.reason };
    case 'contested':
      return contestOutcome(ending.contest, issues);
    case 'impossible':
      return { kind: 'stalled', issues, message: ending.message, reason: 'NOT_POSSIBLE' };
    case 'refused': {
      const { failure } = ending;
      if (failure.class === 'rate_limited') {
        const pause = { why: 'rate_limited', forMs: failure.retryAfterMs ?? RATE_LIMITED_MS } as const;
        return outcomeDuring(pause);
      }
      const message = `VoiceLink refused ${tried?.step ?? 'it'}: ${failure.message}`;
      const reason = FINAL[failure.class];
      return reason === undefined
        ? { kind: 'retry', error: message, retryAfterMs: failure.retryAfterMs }
        : { kind: 'stalled', issues, message, reason };
    }
  }
};

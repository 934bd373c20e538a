import type { BlockReason, PlannedStep, Readiness } from '@dialtone/domain';
import type { Convergence, Ending, TakenStep } from './converge';
import type { Target } from './look';
import type { Outcome } from '../ports/outcome';
import { outcomeDuring } from '../gate/pause';
import type { VoiceLinkAccount } from '../ports/upstream';
import type { ClaimedBinding } from '../ports/binding-queue';

/** What a claimed declaration is to be brought to. */
export const declaredTarget = (
  { binding, lease }: ClaimedBinding,
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
  declaredAgentId: binding.agentId,
  isAnsweredElsewhere: false,
  signal,
  deadline: Number.POSITIVE_INFINITY,
});

/** A block that only a human, VoiceLink's panel or a new declaration can lift; the others lift by themselves. */
const IS_STALLING: Readonly<Record<BlockReason, boolean>> = {
  did_not_found: true,
  did_expired: true,
  client_required: true,
  client_mismatch: true,
  mode_observe: true,
  writes_held: true,
  agent_not_given: true,
  observation_incomplete: false,
  blocked_by_earlier_step: false,
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
  if (obstacle !== undefined) {
    return IS_STALLING[obstacle.reason]
      ? { kind: 'stalled', issues: readiness.issues, message: obstacle.detail }
      : { kind: 'retry', error: obstacle.detail, retryAfterMs: null };
  }
  if (readiness.state === 'READY') return { kind: 'settled' };
  return { kind: 'retry', error: `Every step is done, yet the DID is ${readiness.state}`, retryAfterMs: null };
};

type Obstacle = Extract<PlannedStep, { status: 'blocked' | 'skipped' }>;
const isObstacle = (planned: PlannedStep): planned is Obstacle =>
  planned.status === 'blocked' || planned.status === 'skipped';

const outcomeOfEnding = (
  ending: Exclude<Ending, { kind: 'complete' }>,
  tried: TakenStep | null,
  issues: Readiness['issues'],
): Outcome => {
  switch (ending.kind) {
    case 'waiting':
      return { kind: 'progressing', requeueAfterMs: ending.afterMs, reason: ending.reason };
    case 'impossible':
      return { kind: 'stalled', issues, message: ending.message };
    case 'refused': {
      const { failure } = ending;
      if (failure.class === 'rate_limited') {
        const pause = { why: 'rate_limited', forMs: failure.retryAfterMs ?? RATE_LIMITED_MS } as const;
        return outcomeDuring(pause);
      }
      const message = `VoiceLink refused ${tried?.step ?? 'it'}: ${failure.message}`;
      const isFinal = failure.class === 'rejected' || failure.class === 'dry_run';
      return isFinal
        ? { kind: 'stalled', issues, message }
        : { kind: 'retry', error: message, retryAfterMs: failure.retryAfterMs };
    }
  }
};

import type { StepKind } from '@dialtone/domain';
import type { UnresolvedWrite, WriteIntent, WriteTarget } from '../ports/journal';
import type { Lease } from '../ports/leases';
import type { WriteOutcome } from '../ports/upstream';
import { type StepContext, type StepDeps, type StepResult } from './step-result';
import { answerOf, inDoubtUntil, isSameAim, sendJournalled } from './write-ahead';

export interface PlannedWrite {
  readonly step: StepKind | 'release';
  readonly target: WriteTarget;
  /** Without secrets. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that it changes, as they were listed; absent: there was nothing. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly leases: readonly Lease[];
  readonly send: () => Promise<WriteOutcome>;
}

/** What a write was decided on. */
export interface Basis {
  /** Store time before the list was requested. */
  readonly observedAt: number;
  /** Writes without an outcome, read before the list. */
  readonly unresolved: readonly UnresolvedWrite[];
}

/** How often to look whether an unanswered write has taken effect after all. */
const PROBE_MS = 1_000;

/**
 * Journal, send, journal. An earlier write to the same target without an outcome blocks this one until it cannot take effect
 * any more and a listing begun after that has shown that it did not.
 */
export const sendPlanned = async (
  deps: StepDeps,
  context: StepContext,
  basis: Basis,
  write: PlannedWrite,
): Promise<StepResult> => {
  const { journal, clock, settings } = deps;
  const earlier = basis.unresolved.filter(({ target }) => isSameAim(target, write.target));
  const inDoubtEnd = Math.max(0, ...earlier.map((row) => inDoubtUntil(row, settings.inDoubtMs)));
  if (basis.observedAt < inDoubtEnd) return stillInDoubt(write, inDoubtEnd - (await deps.storeClock.time()));
  // A passed-on request may have asked for something else than this step: a sweep says what became of it.
  const own = earlier.filter(({ step }) => step !== 'request').map(({ id }) => id);
  if (own.length > 0) await journal.resolve(own, 'not_applied');
  const { leases, send } = write;
  const now = (): number => clock.now();
  const journalled = await sendJournalled({ journal, now }, { intent: intentOf(context, write), leases, send });
  return journalled.kind === 'waiting' ? journalled : closeAnswered(deps, journalled.id, journalled.outcome);
};

const stillInDoubt = ({ step, target }: PlannedWrite, remainingMs: number): StepResult => ({
  kind: 'waiting',
  afterMs: Math.max(1, Math.min(remainingMs, PROBE_MS)),
  reason: `An earlier ${step} (${target}) got no answer and may still take effect`,
  unknown: 'earlier',
});

const closeAnswered = async ({ journal }: StepDeps, id: string, outcome: WriteOutcome): Promise<StepResult> => {
  switch (outcome.kind) {
    case 'accepted': {
      const answer = { id: outcome.id };
      return {
        kind: 'sent',
        madeId: outcome.id,
        settle: (seen) => journal.finish(id, seen ? 'done' : 'unknown', answer),
      };
    }
    case 'refused':
      await journal.finish(id, 'failed', answerOf(outcome.failure));
      return { kind: 'refused', failure: outcome.failure };
    case 'unknown':
      await journal.finish(id, 'unknown', answerOf(outcome.failure));
      return {
        kind: 'waiting',
        afterMs: PROBE_MS,
        reason: `VoiceLink did not answer (${outcome.failure.message}); whether it took effect is not known yet`,
        unknown: 'sent',
      };
  }
};

const intentOf = (context: StepContext, { step, target, body, before = null }: PlannedWrite): WriteIntent => {
  const { connectionId, key, bindingId, actor, requestId, generation } = context;
  return { connectionId, key, bindingId, actor, requestId, step, target, generation, body, before };
};

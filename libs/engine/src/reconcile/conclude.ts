import type { NeededStep } from '@dialtone/domain';
import type { StepResult, Waiting } from '../writes/step-result';
import { awaitTurn } from './await-turn';
import { lookAgain, lookAtOwn, lookWithBots, type Target } from './look';
import { nextWrite, planOf, report, takenOf, type ConvergeDeps, type Progress, type Turn } from './progress';
import { settle } from './settle';

/** A step that was tried, and how that went. */
interface TriedStep {
  readonly planned: NeededStep;
  readonly result: StepResult;
}

/** How the run goes on after one step. A step that another DID just does is planned again when that has ended. */
export const follow = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { planned, result }: TriedStep,
): Promise<Turn> => {
  if (result.kind === 'waiting' && (await isFreed(deps, target, result))) {
    const { look, writes } = progress;
    const again = await lookAgain(deps, target, look, { sections: ['bots', 'routing'], writes });
    return [{ ...progress, look: again }, null];
  }
  const again = result.kind === 'refused' ? await awaitTurn(deps, target, progress, result.failure) : null;
  if (again !== null) return again;
  const [reached, ending] = await conclude(deps, target, progress, { planned, result });
  report(deps, target, planned, { result, ending });
  return [reached, ending];
};

/** How long a run waits for another DID that just does what it needs too. */
const FREED_WITHIN_MS = 5_000;

/** A run for which no caller waits stays: to begin anew would cost another look at everything. */
const isFreed = async ({ clock }: ConvergeDeps, target: Target, { freed }: Waiting): Promise<boolean> => {
  if (freed === undefined || target.deadline !== Number.POSITIVE_INFINITY) return false;
  const over = new AbortController();
  const late = clock.sleep(FREED_WITHIN_MS, AbortSignal.any([target.signal, over.signal])).then(() => false);
  const isFree = await Promise.race([freed.then(() => true), late]);
  over.abort(FREED);
  return isFree && !target.signal.aborted;
};
/** A reason: without one an error with a stack is made, for each wait. */
const FREED = 'freed';

const conclude = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { planned, result }: TriedStep,
): Promise<Turn> => {
  const { look, taken, writes } = progress;
  const withThis = [...taken, takenOf(planned)];
  switch (result.kind) {
    case 'done':
      return [{ ...progress, taken: withThis, look: await lookAtOwn(deps, target, look) }, null];
    case 'outdated':
      return [{ ...progress, look: await lookWithBots(deps, target, look, result.bots) }, null];
    case 'sent': {
      const next = nextWrite(planOf(deps, target, look), planned);
      const sent = { planned, settle: result.settle, writes: writes + 1, next };
      const { look: after, ending } = await settle(deps, target, look, [sent]);
      return [{ ...progress, taken: withThis, look: after, writes: sent.writes }, ending];
    }
    case 'waiting':
      return [result.unknown === 'sent' ? { ...progress, look: { ...look, isCurrent: false } } : progress, result];
    case 'refused':
    case 'impossible':
      return [progress, result];
  }
};

import {
  judgeReadiness,
  unknownSectionsOf,
  type KeyObservation,
  type NeededStep,
  type Plan,
  type Readiness,
} from '@dialtone/domain';
import type { KeyProblems } from '../listings/did-lists';
import { applyOptions } from '../verdicts/apply-options';
import { neverSeen } from '../verdicts/locked-key';
import { isNews, updateOf } from '../verdicts/verdict-change';
import { takeStep } from '../writes/step-executor';
import { follow } from './conclude';
import { isLate, lookAgain, lookAtAll, rebased, type Look, type Target } from './look';
import {
  contestOver,
  obstacleTo,
  planOf,
  takenOf,
  type ConvergeDeps,
  type Ending,
  type Progress,
  type TakenStep,
  type Turn,
} from './progress';
import { closeExplainedWrites } from './settle';
import { takeTogether, togetherIn } from './side-by-side';

/** A verdict on one look, and what is left to do. */
export interface Judged {
  readonly observation: KeyObservation;
  readonly readiness: Readiness;
  readonly plan: Plan;
}

export interface Convergence {
  readonly ending: Ending;
  /** Steps that were carried out in this run, in order. */
  readonly taken: readonly TakenStep[];
  /** The last step that was tried: the one at which it ended early. Null when none was. */
  readonly tried: TakenStep | null;
  /** The plan when it ended, before the last look. */
  readonly closing: Plan;
  /** Why lists that the closing plan lacks could not be read. */
  readonly problems: KeyProblems;
  readonly before: Judged;
  /** The same as `before` when nothing was done. */
  readonly after: Judged;
}

/** One pass takes at most the six steps, a few that others made necessary meanwhile, and those whose turn it had to wait for. */
const MAX_STEPS = 25;

/** The actor of `declaredTarget`: it acts on what it stores. */
const RECONCILER = 'reconciler';

/**
 * Observe, plan, take the first needed step, see it in the lists, plan again, until nothing is needed. Every decision is
 * made on what was just read; the verdict and its events are stored before the first step and after the last.
 */
export const converge = async (deps: ConvergeDeps, target: Target): Promise<Convergence> => {
  const { look: first, judged: before } = await storeVerdict(deps, target, await firstLook(deps, target));
  await closeExplainedWrites(deps, first);
  const [{ look, taken, tried, writes }, ending] = await takeSteps(deps, target, first);
  const closing = planOf(deps, target, look);
  const course = { ending, taken, tried, closing, problems: look.lists.problems, before };
  if (look === first) return { ...course, after: { ...before, plan: closing } };
  // Lists that were stored already must not be taken for a second look at the same.
  const isNewlyRead = look.isCurrent && look.lists !== first.lists;
  if (isNewlyRead) return { ...course, after: (await storeVerdict(deps, target, look)).judged };
  if (isLate(deps, target)) return { ...course, after: judge(deps, target, look) };
  const last = await lookAtAll(deps, target, look, writes);
  return { ...course, after: (await storeVerdict(deps, target, last)).judged };
};

/** A gap in a list may be one of paging: it is read once more before anything is decided. */
const firstLook = async (deps: ConvergeDeps, target: Target): Promise<Look> => {
  const look = await lookAtAll(deps, target, null, 0);
  const isWhole = unknownSectionsOf(look.observation).length === 0;
  return isWhole || isLate(deps, target) ? look : lookAtAll(deps, target, look, 0);
};

const takeSteps = async (deps: ConvergeDeps, target: Target, first: Look): Promise<readonly [Progress, Ending]> => {
  let progress: Progress = { look: first, taken: [], tried: null, writes: 0 };
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const plan = planOf(deps, target, progress.look);
    const next = plan.find((planned) => planned.status === 'needed');
    if (next === undefined) return [progress, { kind: 'complete' }];
    progress = { ...progress, tried: takenOf(next) };
    const obstacle = obstacleTo(deps, target, progress.look, count);
    if (obstacle !== null) return [progress, obstacle];
    const [reached, ending] = await turn(deps, target, progress, { plan, planned: next });
    if (ending !== null) return [reached, ending];
    progress = reached;
  }
  const reason = 'The DID keeps changing while it is being repaired';
  return [progress, { kind: 'waiting', afterMs: deps.settings.backoff.baseMs, reason }];
};

const turn = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { plan, planned }: { readonly plan: Plan; readonly planned: NeededStep },
): Promise<Turn> => {
  const { look, writes } = progress;
  if (isPlannedOnOldRouting(progress, planned)) {
    return [{ ...progress, look: await lookAgain(deps, target, look, { sections: ['routing'], writes }) }, null];
  }
  const contest = await contestOver(deps, target, look, planned);
  if (contest !== null) return [progress, { kind: 'contested', contest }];
  const together = togetherIn(plan, planned);
  const both = together && (await takeTogether(deps, target, progress, together));
  if (both !== null) return both;
  const result = await takeStep(deps, planned.action, target.context, look);
  return follow(deps, target, progress, { planned, result });
};

/**
 * The steps before may have taken long, and mapping a DID may bring its record with it (VoiceLink upstream notes §8.2). So
 * the record is read again: an update sends its inbound half back and must not undo a human's edit meanwhile, and a second
 * record would be refused.
 */
const isPlannedOnOldRouting = ({ look, writes }: Progress, { action }: NeededStep): boolean =>
  action.kind === 'ensure_routing' && look.writesBeforeRouting < writes;

const judge = (deps: ConvergeDeps, target: Target, look: Look): Judged => {
  const { observation } = look;
  const context = { declaredAgentId: target.declaredAgentId, now: deps.clock.now() };
  return { observation, readiness: judgeReadiness(observation, context), plan: planOf(deps, target, look) };
};

const storeVerdict = async (
  deps: ConvergeDeps,
  target: Target,
  seen: Look,
): Promise<{ readonly look: Look; readonly judged: Judged }> => {
  const { connectionId, key } = target.context;
  const stored = await deps.keyStates.loadOne(connectionId, key);
  const look = stored === null ? seen : await rebased(deps, target, seen, stored);
  const judged = judge(deps, target, look);
  // The new lease holder has fresher lists.
  if (target.signal.aborted || target.isAnsweredElsewhere) return { look, judged };
  const { observation, readiness } = judged;
  const { defaultWebsocketUrl } = deps.settings;
  const update = updateOf(observation, readiness, { declared: stored?.declared ?? null, defaultWebsocketUrl });
  if (isNews(update, stored ?? neverSeen(key).stored)) {
    // A request that has seen something new wakes the declaration, which may be stalled on what was there before.
    const makeDue = target.context.actor !== RECONCILER;
    await deps.keyStates.apply(connectionId, [update], { makeDue, ...applyOptions(deps.settings) });
  }
  return { look: { ...look, stored: observation.presence }, judged };
};

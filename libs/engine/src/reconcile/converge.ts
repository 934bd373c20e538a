import {
  judgeReadiness,
  planFor,
  STEPS,
  unknownSectionsOf,
  type KeyObservation,
  type NeededStep,
  type Plan,
  type Readiness,
  type StepKind,
} from '@dialtone/domain';
import type { KeyProblems } from '../listings/did-lists';
import type { EngineObserver } from '../ports/observer';
import { applyOptions } from '../verdicts/apply-options';
import { neverSeen } from '../verdicts/locked-key';
import { isNews, updateOf } from '../verdicts/verdict-change';
import { takeStep } from '../writes/step-executor';
import { aimOf, judgeContest } from '../writes/contest';
import type { Contest } from '../ports/contest';
import type { StepResult, Waiting } from '../writes/step-result';
import {
  isLate,
  lookAgain,
  lookAtAll,
  lookAtOwn,
  lookWithBots,
  rebased,
  termsOf,
  type Look,
  type LookDeps,
  type Target,
} from './look';
import { closeExplainedWrites, settle } from './settle';

/** Why convergence ended. `complete`: no step is needed any more, though some may be blocked or skipped. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The next step was undone, or had no effect, so often that it is left alone for a while. */
  | { readonly kind: 'contested'; readonly contest: Contest }
  | Extract<StepResult, { kind: 'waiting' | 'refused' | 'impossible' }>;

/** A verdict on one look, and what is left to do. */
export interface Judged {
  readonly observation: KeyObservation;
  readonly readiness: Readiness;
  readonly plan: Plan;
}

export interface TakenStep {
  readonly step: StepKind;
  /** What was done, in past tense, for people. */
  readonly detail: string;
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

export interface ConvergeDeps extends LookDeps {
  readonly observer: EngineObserver;
}

/** Where a run stands between two steps. */
interface Progress {
  readonly look: Look;
  readonly taken: readonly TakenStep[];
  readonly tried: TakenStep | null;
  /** Writes that this run has sent. */
  readonly writes: number;
}

/** Null: go on with the next step. */
type Turn = readonly [Progress, Ending | null];

/** One pass takes at most the six steps, and a few that others made necessary meanwhile. */
const MAX_STEPS = 10;

/** The actor of `declaredTarget`: it acts on what it stores. */
const RECONCILER = 'reconciler';

const SLOW = 'VoiceLink answers slowly, and this request ends before it has taken too long; what was done stays done';
const DISCONNECTED =
  'The connection was disconnected meanwhile, and nothing more is done on it; use one that is active';

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
    const next = planOf(deps, target, progress.look).find((planned) => planned.status === 'needed');
    if (next === undefined) return [progress, { kind: 'complete' }];
    progress = { ...progress, tried: { step: next.step, detail: next.doneDetail } };
    const obstacle = obstacleTo(deps, target, progress.look, count);
    if (obstacle !== null) return [progress, obstacle];
    const [reached, ending] = await turn(deps, target, progress, next);
    if (ending !== null) return [reached, ending];
    progress = reached;
  }
  const reason = 'The DID keeps changing while it is being repaired';
  return [progress, { kind: 'waiting', afterMs: deps.settings.backoff.baseMs, reason }];
};

const obstacleTo = (deps: ConvergeDeps, target: Target, look: Look, count: number): Ending | null => {
  if (look.steering === null) return { kind: 'impossible', message: DISCONNECTED };
  if (target.signal.aborted) return { kind: 'waiting', afterMs: 1, reason: 'The lease of this DID was lost' };
  if (count > 0 && isLate(deps, target)) return { kind: 'waiting', afterMs: 1, reason: SLOW };
  return null;
};

const turn = async (deps: ConvergeDeps, target: Target, progress: Progress, planned: NeededStep): Promise<Turn> => {
  const { look, writes } = progress;
  if (isPlannedOnOldRouting(progress, planned)) {
    return [{ ...progress, look: await lookAgain(deps, target, look, { sections: ['routing'], writes }) }, null];
  }
  const contest = await contestOver(deps, target, look, planned);
  if (contest !== null) return [progress, { kind: 'contested', contest }];
  const result = await takeStep(deps, planned.action, target.context, look);
  if (result.kind === 'waiting' && (await isFreed(deps, target, result))) {
    return [
      { ...progress, look: await lookAgain(deps, target, look, { sections: ['bots', 'routing'], writes }) },
      null,
    ];
  }
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

/** The contest that keeps this step from being taken: one that stands, or a new one. Null: it is taken. */
const contestOver = async (
  { journal, settings }: ConvergeDeps,
  { context: { connectionId, key }, repairs }: Target,
  { observation, steering }: Look,
  planned: NeededStep,
): Promise<Contest | null> => {
  const aim = aimOf(planned, key);
  const { contest: limits, inDoubtMs } = settings;
  if (repairs === null || steering === null || aim === null || limits.repairs === 0) return null;
  // The store's time at this look: nothing has been waited for since.
  const { now } = steering;
  const { contest, countFrom } = repairs;
  if (contest !== null && contest.until > now) return contest;
  const since = Math.max(now - limits.windowMs, countFrom, contest?.until ?? 0);
  const writes = await journal.repairs(connectionId, aim, since);
  return judgeContest({ planned, observation, writes, limits, inDoubtMs, now });
};

/**
 * The steps before may have taken long, and mapping a DID may bring its record with it (VoiceLink upstream notes §8.2). So
 * the record is read again: an update sends its inbound half back and must not undo a human's edit meanwhile, and a second
 * record would be refused.
 */
const isPlannedOnOldRouting = ({ look, writes }: Progress, { action }: NeededStep): boolean =>
  action.kind === 'ensure_routing' && look.writesBeforeRouting < writes;

const conclude = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { planned, result }: { readonly planned: NeededStep; readonly result: StepResult },
): Promise<Turn> => {
  const { look, taken, writes } = progress;
  const withThis = [...taken, { step: planned.step, detail: planned.doneDetail }];
  switch (result.kind) {
    case 'done':
      return [{ ...progress, taken: withThis, look: await lookAtOwn(deps, target, look) }, null];
    case 'outdated':
      return [{ ...progress, look: await lookWithBots(deps, target, look, result.bots) }, null];
    case 'sent': {
      const next = nextWrite(planOf(deps, target, look), planned);
      const sent = { planned, settle: result.settle, writes: writes + 1, next };
      const { look: after, ending } = await settle(deps, target, look, sent);
      return [{ ...progress, taken: withThis, look: after, writes: sent.writes }, ending];
    }
    case 'waiting':
      return [result.unknown === 'sent' ? { ...progress, look: { ...look, isCurrent: false } } : progress, result];
    case 'refused':
    case 'impossible':
      return [progress, result];
  }
};

const nextWrite = (plan: Plan, { step }: NeededStep): StepKind | null => {
  const after = plan.slice(plan.findIndex((planned) => planned.step === step) + 1);
  return after.find((planned) => planned.status === 'needed' && STEPS[planned.step].leavesForVoiceLink)?.step ?? null;
};

const planOf = (deps: ConvergeDeps, target: Target, look: Look): Plan =>
  planFor(termsOf(deps, target, look), look.observation);

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

const report = (
  { observer }: ConvergeDeps,
  { context: { connectionId, key } }: Target,
  { step, detail }: NeededStep,
  { result, ending }: { readonly result: StepResult; readonly ending: Ending | null },
): void => {
  if (result.kind === 'outdated') return;
  const sent = ending === null ? 'done' : 'unverified';
  const outcome = result.kind === 'sent' ? sent : result.kind === 'impossible' ? 'refused' : result.kind;
  observer.stepTaken({ connectionId, key, step, result: outcome, detail });
};

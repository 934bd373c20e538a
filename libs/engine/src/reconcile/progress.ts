import { planFor, STEPS, type NeededStep, type Plan, type StepKind } from '@dialtone/domain';
import type { DidLists } from '../listings/did-lists';
import type { EngineObserver } from '../ports/observer';
import type { Contest } from '../ports/contest';
import { aimOf, judgeContest } from '../writes/contest';
import type { StepResult } from '../writes/step-result';
import { isLate, termsOf, type Look, type LookDeps, type Target } from './look';

/** Why convergence ended. `complete`: no step is needed any more, though some may be blocked or skipped. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The next step was undone, or had no effect, so often that it is left alone for a while. */
  | { readonly kind: 'contested'; readonly contest: Contest }
  | Extract<StepResult, { kind: 'waiting' | 'refused' | 'impossible' }>;

export interface TakenStep {
  readonly step: StepKind;
  /** What was done, in past tense, for people. */
  readonly detail: string;
}

export interface ConvergeDeps extends LookDeps {
  readonly observer: EngineObserver;
}

/** Where a run stands between two steps. */
export interface Progress {
  readonly look: Look;
  readonly taken: readonly TakenStep[];
  readonly tried: TakenStep | null;
  /** Writes that this run has sent. */
  readonly writes: number;
  /** How long it waited for its turn on the same list of DIDs. */
  readonly waited?: { readonly dids: DidLists['dids']; readonly ms: number };
}

/** Null: go on with the next step. */
export type Turn = readonly [Progress, Ending | null];

const SLOW = 'VoiceLink answers slowly, and this request ends before it has taken too long; what was done stays done';
const DISCONNECTED =
  'The connection was disconnected meanwhile, and nothing more is done on it; use one that is active';

export const obstacleTo = (deps: ConvergeDeps, target: Target, look: Look, count: number): Ending | null => {
  if (look.steering === null) return { kind: 'impossible', message: DISCONNECTED };
  if (target.signal.aborted) return { kind: 'waiting', afterMs: 1, reason: 'The lease of this DID was lost' };
  if (count > 0 && isLate(deps, target)) return { kind: 'waiting', afterMs: 1, reason: SLOW };
  return null;
};

/** The contest that keeps this step from being taken: one that stands, or a new one. Null: it is taken. */
export const contestOver = async (
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

/** A step as it is told of. */
export const takenOf = ({ step, doneDetail: detail }: NeededStep): TakenStep => ({ step, detail });

export const nextWrite = (plan: Plan, { step }: NeededStep): StepKind | null => {
  const after = plan.slice(plan.findIndex((planned) => planned.step === step) + 1);
  return after.find((planned) => planned.status === 'needed' && STEPS[planned.step].leavesForVoiceLink)?.step ?? null;
};

export const planOf = (deps: ConvergeDeps, target: Target, look: Look): Plan =>
  planFor(termsOf(deps, target, look), look.observation);

export const report = (
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

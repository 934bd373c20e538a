import {
  doubtsOf,
  showsEffect,
  STEPS,
  unfilteredPlan,
  type KeySection,
  type NeededStep,
  type RemoteBot,
  type StepAction,
  type StepKind,
} from '@dialtone/domain';
import { needsAllBots, proveWrites } from '../writes/explained-writes';
import type { StepResult, Waiting } from '../writes/step-result';
import { isLate, lookAgain, lookAtAll, termsOf, type Look, type LookDeps, type Target } from './look';

/** A write that VoiceLink accepted and that no list has shown yet. */
export interface Sent {
  readonly planned: NeededStep;
  readonly settle: Extract<StepResult, { kind: 'sent' }>['settle'];
  /** Writes that this run has sent, this one included. */
  readonly writes: number;
  /** The step after it that sends something, as far as it is known; null: none. */
  readonly next: StepKind | null;
}

/** In the order in which they were sent. */
type AllSent = readonly [Sent, ...Sent[]];

/** What became of sent writes. `ending` null: they are settled, go on. Else the first that no list has shown is `unseen`. */
export interface Settled {
  readonly look: Look;
  readonly ending: Waiting | null;
  readonly unseen: NeededStep | null;
}

/** Looks for the effects of accepted writes, and closes their journal rows by what the lists show. */
export const settle = async (deps: LookDeps, target: Target, before: Look, all: AllSent): Promise<Settled> => {
  const look = await seeEffects(deps, target, before, all);
  const ends = await Promise.all(all.map((sent) => close(deps, target, look, sent)));
  const unseen = all.find((_, nth) => ends[nth] === 'unseen')?.planned ?? null;
  if (unseen !== null) {
    const reason = `VoiceLink accepted ${unseen.step} but does not list its effect yet`;
    return { look, unseen, ending: { kind: 'waiting', afterMs: deps.settings.inDoubtMs, reason, unknown: 'sent' } };
  }
  const after = ends.includes('misreported') ? await lookAfter(deps, target, look, all) : look;
  return { look: after, unseen, ending: null };
};

type SentEnd = 'seen' | 'misreported' | 'unseen';

const close = async (deps: LookDeps, target: Target, look: Look, { planned, settle }: Sent): Promise<SentEnd> => {
  const seen = isSettled(deps, target, look, planned);
  const misreportedBotId = seen ? null : misreportedBotOf(planned.action, look);
  await settle(seen || misreportedBotId !== null);
  if (misreportedBotId === null) return seen ? 'seen' : 'unseen';
  await deps.connections.markMisreportedBot(target.context.connectionId, misreportedBotId);
  return 'misreported';
};

const seeEffects = async (deps: LookDeps, target: Target, before: Look, all: AllSent): Promise<Look> => {
  const { attempts, delayMs } = deps.settings.verify;
  let look = before;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) {
      if (isLate(deps, target)) break;
      await deps.clock.sleep(delayMs, target.signal);
    }
    look = await lookAfter(deps, target, look, all);
    if (all.every(({ planned }) => isSettled(deps, target, look, planned))) break;
  }
  return look;
};

/**
 * The list that shows the effect, beside those that what follows is decided on: the records when one is made or changed next,
 * all when this was the last write, so that what shows it is the last look, too.
 */
const lookAfter = (deps: LookDeps, target: Target, look: Look, all: AllSent): Promise<Look> => {
  const { planned, writes, next } = all.at(-1) ?? all[0];
  const { section } = STEPS[planned.step];
  if (next === null || section === null) return lookAtAll(deps, target, look, writes);
  const sections: readonly KeySection[] = next === 'ensure_routing' ? [section, 'routing'] : [section];
  return lookAgain(deps, target, look, { sections, writes });
};

/** True if the step is neither needed any more nor hidden, be it by an incomplete list or by an earlier step. */
const isSettled = (deps: LookDeps, target: Target, look: Look, { step, action }: NeededStep): boolean => {
  const plan = unfilteredPlan(termsOf(deps, target, look), look.observation);
  const planned = plan.find((candidate) => candidate.step === step);
  switch (planned?.status) {
    case undefined:
      return false;
    case 'already':
      return true;
    case 'needed':
      return showsEffect(action, planned.action);
    case 'blocked':
    case 'skipped':
      return planned.reason !== 'observation_incomplete' && planned.reason !== 'blocked_by_earlier_step';
  }
};

/**
 * VoiceLink accepted status 1 for a bot and goes on listing 0: its list is wrong about this bot (VoiceLink upstream notes
 * §10.5). Null when that is not what happened.
 */
const misreportedBotOf = (action: StepAction, { observation }: Look): number | null => {
  if (action.kind !== 'ensure_bot' || action.verb !== 'activate') return null;
  return observation.bots.some(({ id }) => id === action.botId) ? action.botId : null;
};

/** Closes writes whose answer was lost, by what the lists show of what they would have made. */
export const closeExplainedWrites = async (deps: LookDeps, look: Look): Promise<void> => {
  const { observation, unresolved: open } = look;
  const evidence = { observation, inDoubtMs: deps.settings.inDoubtMs };
  const allBots = needsAllBots(open, evidence) ? await listBots(deps) : null;
  const { applied, notApplied } = proveWrites(open, { ...evidence, allBots });
  if (applied.length > 0) await deps.journal.resolve(applied, 'applied');
  if (notApplied.length > 0) await deps.journal.resolve(notApplied, 'not_applied');
};

/** Null: the list leaves open which bots there are. */
const listBots = async ({ reader }: LookDeps): Promise<readonly RemoteBot[] | null> => {
  const listing = await reader.listBots();
  return listing.status === 'complete' && doubtsOf(listing).length === 0 ? listing.rows : null;
};

import { showsEffect, STEPS, unfilteredPlan, type NeededStep, type StepAction } from '@dialtone/domain';
import type { UnresolvedWrite } from '../ports/journal';
import { inDoubtUntil } from '../writes/write-ahead';
import type { StepResult, Waiting } from '../writes/step-result';
import { isLate, lookAgain, termsOf, type Look, type LookDeps, type Target } from './look';

/** A write that VoiceLink accepted and that no list has shown yet. */
interface Sent {
  readonly planned: NeededStep;
  readonly settle: Extract<StepResult, { kind: 'sent' }>['settle'];
  /** Writes that this run has sent, this one included. */
  readonly writes: number;
}

/** What became of a sent write. `ending` null: it is settled, go on. */
interface Settled {
  readonly look: Look;
  readonly ending: Waiting | null;
}

/** Looks for the effect of an accepted write, and closes its journal row by what the lists show. */
export const settle = async (deps: LookDeps, target: Target, before: Look, sent: Sent): Promise<Settled> => {
  const { planned, writes } = sent;
  const { look, seen } = await seeEffect(deps, target, before, sent);
  const misreportedBotId = seen ? null : misreportedBotOf(planned.action, look);
  await sent.settle(seen || misreportedBotId !== null);
  if (seen) return { look, ending: null };
  if (misreportedBotId !== null) {
    await deps.connections.markMisreportedBot(target.context.connectionId, misreportedBotId);
    const { section } = STEPS[planned.step];
    return { look: await lookAgain(deps, target, look, { section, writes }), ending: null };
  }
  const reason = `VoiceLink accepted ${planned.step} but does not list its effect yet`;
  return { look, ending: { kind: 'waiting', afterMs: deps.settings.inDoubtMs, reason, unknown: 'sent' } };
};

const seeEffect = async (
  deps: LookDeps,
  target: Target,
  before: Look,
  { planned, writes }: Sent,
): Promise<{ readonly look: Look; readonly seen: boolean }> => {
  const { attempts, delayMs } = deps.settings.verify;
  const { section } = STEPS[planned.step];
  let look = before;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) {
      if (isLate(deps, target)) break;
      await deps.clock.sleep(delayMs, target.signal);
    }
    look = await lookAgain(deps, target, look, { section, writes });
    if (isSettled(deps, target, look, planned)) return { look, seen: true };
  }
  return { look, seen: false };
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

/** Closes writes whose answer was lost and whose effect the lists show. */
export const closeExplainedWrites = async (deps: LookDeps, target: Target, look: Look): Promise<void> => {
  const plan = unfilteredPlan(termsOf(deps, target, look), look.observation);
  const isDone = ({ step }: UnresolvedWrite): boolean =>
    plan.some((planned) => planned.step === step && planned.status === 'already');
  const explained = look.unresolved.filter((write) => isDone(write) && !mayStillComeAsWell(deps, look, write));
  if (explained.length > 0) {
    const ids = explained.map(({ id }) => id);
    await deps.journal.resolve(ids, 'applied');
  }
};

/**
 * A client may have any number of bots: the listed one need not be the one that was asked for, which may still come. Until it
 * cannot, its row goes on blocking another create. A DID has one mapping and one routing record.
 */
const mayStillComeAsWell = ({ settings }: LookDeps, { observation }: Look, write: UnresolvedWrite): boolean =>
  write.target.startsWith('bot-create:') && observation.observedAt < inDoubtUntil(write, settings.inDoubtMs);

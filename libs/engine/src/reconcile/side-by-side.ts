import type { NeededStep, Plan, RemoteBot, StepAction } from '@dialtone/domain';
import { takeStep } from '../writes/step-executor';
import type { StepResult } from '../writes/step-result';
import { follow } from './conclude';
import { lookAgain, lookAtOwn, type Look, type Target } from './look';
import {
  contestOver,
  obstacleTo,
  planOf,
  report,
  takenOf,
  type ConvergeDeps,
  type Progress,
  type Turn,
} from './progress';
import { settle, type Settled } from './settle';

type NewBot = NeededStep & { readonly action: Extract<StepAction, { kind: 'ensure_bot'; verb: 'create' }> };

/** A bot to be made, beside the mapping when that comes first. */
interface Together {
  readonly mapping: NeededStep | null;
  readonly bot: NewBot;
}

/** Null: the next step is one that is taken alone. */
export const togetherIn = (plan: Plan, next: NeededStep): Together | null => {
  const bot = plan.find(isNewBot);
  if (bot === undefined) return null;
  if (next === bot) return { mapping: null, bot };
  return next.step === 'client_mapping' ? { mapping: next, bot } : null;
};

const isNewBot = (planned: Plan[number]): planned is NewBot =>
  planned.status === 'needed' && planned.action.kind === 'ensure_bot' && planned.action.verb === 'create';

/**
 * Makes a client's bot beside the mapping before it, and routes to it as soon as VoiceLink tells its id.
 *
 * The bots are listed under the client's lease while the mapping is sent. The bot is made when the mapping was accepted, and the mapping
 * is looked for meanwhile. When that is listed and there is no record, one is made for the bot, and one look shows both. Whatever turns
 * out otherwise is left to the steps one by one. Null: so is this, and nothing was done.
 */
export const takeTogether = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  together: Together,
): Promise<Turn | null> => {
  const { mapping, bot } = together;
  if (mapping !== null && (await contestOver(deps, target, progress.look, bot)) !== null) return null;
  const both = await sendBoth(deps, target, progress, together);
  if (mapping !== null && both.mapped !== null) return afterMapping(deps, target, progress, { mapping, bot, both });
  const { made, beside } = both;
  const reached = beside === null ? progress : { ...progress, look: beside.look };
  return afterBot(deps, target, reached, { bot, made });
};

const afterMapping = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { mapping, bot, both }: { readonly mapping: NeededStep; readonly bot: NewBot; readonly both: Both },
): Promise<Turn> => {
  const { mapped, made, beside } = both;
  if (mapped?.kind !== 'sent' || beside === null)
    return follow(deps, target, progress, { planned: mapping, result: mapped ?? made });
  const { look, ending } = beside;
  report(deps, target, mapping, { result: mapped, ending });
  const reached = { ...withTaken(progress, mapping), look };
  // The bot waits for something: the steps one by one wait for it, too.
  if (made.kind === 'waiting' && made.unknown !== 'sent') return [reached, ending];
  if (ending === null) return afterBot(deps, target, reached, { bot, made });
  const [last] = await follow(deps, target, reached, { planned: bot, result: made });
  return [last, ending];
};

const withTaken = (progress: Progress, planned: NeededStep): Progress => ({
  ...progress,
  taken: [...progress.taken, takenOf(planned)],
  writes: progress.writes + 1,
});

interface Both {
  readonly mapped: StepResult | null;
  readonly made: StepResult;
  /** What was listed while the bot was made; null: it was not, or nothing was mapped before it. */
  readonly beside: Settled | null;
}

const sendBoth = async (
  deps: ConvergeDeps,
  target: Target,
  { look, writes }: Progress,
  { mapping, bot }: Together,
): Promise<Both> => {
  const mapped = mapping && takeStep(deps, mapping.action, target.context, look);
  let records: Promise<Look | null> = Promise.resolve(null);
  const mayMake = async (): Promise<boolean> => {
    if (mapped !== null && (await mapped).kind !== 'sent') return false;
    if (!(await isStillPlanned(deps, target, look, { mapping, bot }))) return false;
    if (mapping === null) records = lookAgain(deps, target, look, { sections: ['routing'], writes });
    // It is awaited when the bot was made.
    records.catch(() => undefined);
    return true;
  };
  const seeing = seeMapping(deps, target, { look, writes }, { mapping, mapped });
  const making = takeStep(deps, bot.action, target.context, { ...look, mayMake });
  // Nothing that was begun is left behind, whatever failed.
  await Promise.allSettled([making, seeing]);
  await Promise.allSettled([records]);
  const [made, seen, listed] = await Promise.all([making, seeing, records]);
  return { mapped: await mapped, made, beside: listed === null ? seen : { look: listed, unseen: null, ending: null } };
};

/** The records are listed beside the DIDs: what is decided on them comes next. */
const seeMapping = async (
  deps: ConvergeDeps,
  target: Target,
  { look, writes }: Pick<Progress, 'look' | 'writes'>,
  { mapping, mapped }: { readonly mapping: NeededStep | null; readonly mapped: Promise<StepResult> | null },
): Promise<Settled | null> => {
  const result = await mapped;
  if (mapping === null || result?.kind !== 'sent') return null;
  const sent = { planned: mapping, settle: result.settle, writes: writes + 1, next: 'ensure_routing' } as const;
  return settle(deps, target, look, [sent]);
};

/** Nothing of ours keeps the bot from being made since it was planned. */
const isStillPlanned = async (
  deps: ConvergeDeps,
  target: Target,
  look: Look,
  { mapping, bot }: Together,
): Promise<boolean> => {
  const now = await lookAtOwn(deps, target, look);
  if (obstacleTo(deps, target, now, mapping === null ? 0 : 1) !== null) return false;
  const planned = planOf(deps, target, now).find(isNewBot);
  return planned !== undefined && JSON.stringify(planned.action) === JSON.stringify(bot.action);
};

/** The record follows at once when it can; then one look shows both. */
const afterBot = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  { bot, made }: { readonly bot: NewBot; readonly made: StepResult },
): Promise<Turn> => {
  const alone = (from: Progress): Promise<Turn> => follow(deps, target, from, { planned: bot, result: made });
  if (made.kind !== 'sent') return alone(progress);
  const route = await routeTo(deps, target, progress.look, { bot, id: made.madeId });
  if (route === null) return alone(progress);
  const result = await takeStep(deps, route.action, target.context, progress.look);
  if (result.kind !== 'sent') return afterUnrouted(deps, target, await alone(progress), { planned: route, result });
  const withBot = withTaken(progress, bot);
  const withBoth = withTaken(withBot, route);
  const { look, unseen, ending } = await settle(deps, target, progress.look, [
    { planned: bot, settle: made.settle, writes: withBot.writes, next: 'ensure_routing' },
    { planned: route, settle: result.settle, writes: withBoth.writes, next: null },
  ]);
  report(deps, target, bot, { result: made, ending: unseen === bot ? ending : null });
  report(deps, target, route, { result, ending });
  return [{ ...withBoth, look, tried: takenOf(unseen ?? route) }, ending];
};

/** VoiceLink may have a record by now, or take no bot that it does not list yet: after the look at both it is planned again. */
const afterUnrouted = async (
  deps: ConvergeDeps,
  target: Target,
  [progress, ending]: Turn,
  { planned, result }: { readonly planned: NeededStep; readonly result: StepResult },
): Promise<Turn> => {
  const isPlannedAgain = result.kind === 'refused' && result.failure.class === 'rejected';
  if (ending !== null || isPlannedAgain) return [progress, ending];
  return follow(deps, target, { ...progress, tried: takenOf(planned) }, { planned, result });
};

/**
 * The step that makes the number's record for a bot that VoiceLink has accepted and not listed yet. Null: the bot is to be seen first.
 * A record that exists may work, and is changed only for a bot that is listed.
 */
const routeTo = async (
  deps: ConvergeDeps,
  target: Target,
  look: Look,
  { bot: { action }, id }: { readonly bot: NewBot; readonly id: number | null },
): Promise<NeededStep | null> => {
  if (id === null || obstacleTo(deps, target, look, 1) !== null) return null;
  const { clientId, name, websocketUrl } = action;
  const bot: RemoteBot = { id, clientId, name, websocketUrl, active: true, raw: {} };
  const plan = planOf(deps, target, { ...look, observation: { ...look.observation, bots: [bot] } });
  const next = plan.find((planned) => planned.status === 'needed');
  if (next?.action.kind !== 'ensure_routing' || next.action.verb !== 'create' || next.action.botId !== id) return null;
  return (await contestOver(deps, target, look, next)) === null ? next : null;
};

import {
  doubtsOf,
  isListOfBotsOld,
  isStrayBot,
  maybeBotsOf,
  setAsideMessage,
  type EnsureBot,
  type MadeWrite,
  type MissingBot,
  type RemoteBot,
} from '@dialtone/domain';
import { withRenewal } from '../loops/lease-keeping';
import { writeTarget, type WriteTarget } from '../ports/journal';
import { clientBotsResource, type Lease } from '../ports/leases';
import { sendPlanned, type Basis } from './planned-write';
import { recentWrites } from './recent-writes';
import {
  SHORTLY_MS,
  waiting,
  type Seen,
  type StepContext,
  type StepDeps,
  type StepResult,
  type Waiting,
} from './step-result';

type CreateBot = Extract<EnsureBot, { verb: 'create' }>;
type ActivateBot = Extract<EnsureBot, { verb: 'activate' }>;

/** A client's bots as one list has them. */
interface ListedBots {
  readonly bots: readonly RemoteBot[];
  /** Of all bots in the list, whosever they are. */
  readonly ids: ReadonlySet<number>;
  /** Bots that the list shows without a client. */
  readonly ownerless: readonly RemoteBot[];
  /** Those that were listed a few minutes ago, and may be so again. */
  readonly missing: readonly MissingBot[];
}

/** The bots are those that the step was planned on, or why the step is not taken. */
type BotsLook = ListedBots | Extract<StepResult, { kind: 'waiting' | 'outdated' }>;

/** A client's bots as listed under its lease. */
interface BotsUnderLease extends Basis, ListedBots {
  readonly lease: Lease;
}

/**
 * Creates or activates a client's bot. A second bot cannot be taken back, and an update replaces the whole record. So the bots
 * are listed once more under the client's lease; if they are not what the plan was made on, the step is planned again.
 */
export const ensureBot = (deps: StepDeps, action: EnsureBot, context: StepContext, seen: Seen): Promise<StepResult> =>
  underClientLease(deps, context, action.clientId, async (lease) => {
    const [unresolved, observedAt] = await Promise.all([
      deps.journal.unresolved(context.connectionId, botTargetOf(action)),
      deps.storeClock.time(),
    ]);
    const look = (): Promise<BotsLook> => lookAtBots(deps.reader, action.clientId, seen.observation.bots);
    const first = await look();
    if ('kind' in first) return first;
    const basis = { lease, observedAt, unresolved };
    if (action.verb === 'activate') return activateBot(deps, action, context, { ...basis, ...first });
    // One list may have missed a bot between two of its pages: that of the plan is the other one.
    const ours = await botsOfOurs(deps, context, action.clientId, {
      observedAt,
      plannedAt: seen.observation.observedAt,
    });
    const second = ours.isNew || seen.observation.bots.length > 0 ? await look() : first;
    if ('kind' in second) return second;
    // Or both lists are from before it.
    if (isListOfBotsOld(second.bots, action.clientId, { ...ours, listedAt: observedAt }))
      return { kind: 'outdated', bots: second.bots };
    if (seen.mayMake !== undefined && !(await seen.mayMake())) return waiting(SHORTLY_MS, NOT_NOW);
    return createBot(deps, action, context, { ...basis, ...second });
  });

const NOT_NOW = 'What the bot was to be made for has changed; nothing was sent';

/**
 * What the journal says of bots, read under the client's lease: whichever DID one was made for, its row is closed by then. `isNew`: one of
 * this client was made, or may have been, since the plan's list was asked for. That list does not count as one of two then.
 */
const botsOfOurs = async (
  { journal, settings: { staleReadsMs: windowMs } }: StepDeps,
  { connectionId, key }: StepContext,
  clientId: number,
  { observedAt, plannedAt }: { readonly observedAt: number; readonly plannedAt: number },
): Promise<{ readonly isNew: boolean; readonly writes: readonly MadeWrite[]; readonly windowMs: number }> => {
  const rows = await journal.recent(connectionId, Math.min(observedAt - windowMs, plannedAt), key);
  const { ofBots } = recentWrites(rows);
  const isNew = ofBots.some(
    ({ effect, seenAt }) =>
      effect.kind === 'bot_made' && effect.clientId === clientId && (seenAt === null || seenAt >= plannedAt),
  );
  return { isNew, writes: ofBots, windowMs };
};

/** In this process or in another one. */
const busy = (clientId: number, freed: Promise<void> | null): Waiting => ({
  ...waiting(SHORTLY_MS, `Another DID of client ${String(clientId)} is getting its bot`),
  ...(freed !== null && { freed }),
});

/**
 * The client's lease is kept until what was sent is settled: until then no other process may decide about its bots. It is
 * renewed for as long as the step takes, so that a slow list does not lose it.
 */
const underClientLease = async (
  deps: StepDeps,
  context: StepContext,
  clientId: number,
  step: (lease: Lease) => Promise<StepResult>,
): Promise<StepResult> => {
  const resource = clientBotsResource(context.accountId, clientId);
  const taken = deps.clientTurns.ended(resource);
  if (taken !== null) return busy(clientId, taken);
  const endTurn = deps.clientTurns.begin(resource);
  let isKept = false;
  try {
    const result = await underLease(deps, { resource, owner: context.lease.owner }, step);
    if (result === null) return busy(clientId, null);
    if (result.kind !== 'sent') return result;
    isKept = true;
    const { settle } = result;
    return { ...result, settle: (seen) => settle(seen).finally(endTurn) };
  } finally {
    if (!isKept) endTurn();
  }
};

/** Null: another holder has the lease. */
const underLease = async (
  { leases, clock, settings: { leaseTtlMs } }: StepDeps,
  { resource, owner }: { readonly resource: string; readonly owner: string },
  step: (lease: Lease) => Promise<StepResult>,
): Promise<StepResult | null> => {
  const lease = await leases.acquire(resource, owner, leaseTtlMs);
  if (lease === null) return null;
  let result: StepResult | null = null;
  try {
    result = await withRenewal({ leases, clock, ttlMs: leaseTtlMs }, lease, () => step(lease));
  } finally {
    if (result?.kind !== 'sent') await leases.release(lease);
  }
  if (result.kind !== 'sent') return result;
  const { settle } = result;
  return { ...result, settle: (seen) => settle(seen).finally(() => leases.release(lease)) };
};

/** How soon to look again whether a missing bot is back. */
const MISSED_MS = 15_000;

/** Says nothing of what another partner was shown. */
const UNSETTLED = 'The bots of this client may not have settled in the lists yet; no bot is made before they have';

/** A list of the last minutes had a bot of the client that this one lacks. */
const isShownToOthers = async (
  { listMemories, settings }: StepDeps,
  { connectionId }: StepContext,
  clientId: number,
  { ids, observedAt }: BotsUnderLease,
): Promise<boolean> => {
  const since = observedAt - settings.losses.believedAfterMs;
  const shown = await listMemories.botsShownToOthers(connectionId, clientId, since);
  return shown.some((id) => !ids.has(id));
};

const createBot = async (
  deps: StepDeps,
  { kind, clientId, name, websocketUrl }: CreateBot,
  context: StepContext,
  listed: BotsUnderLease,
): Promise<StepResult> => {
  const missing = listed.missing.find(({ until }) => until > listed.observedAt);
  if (missing !== undefined) {
    const leftMs = missing.until - listed.observedAt;
    const reason = `bot_id=${String(missing.botId)} of client ${String(clientId)} was listed a short while ago; no other bot is made before it has been missing for long enough`;
    return waiting(Math.min(leftMs, MISSED_MS), reason);
  }
  if (await isShownToOthers(deps, context, clientId, listed)) return waiting(MISSED_MS, UNSETTLED);
  const twin = listed.ownerless.find((bot) => isSameName(bot.name, name));
  if (twin !== undefined) {
    // It may be the one that was created before: then every look would create another.
    const message = `bot_id=${String(twin.id)} "${name}" is listed without its client; set its client in VoiceLink`;
    return { kind: 'impossible', message };
  }
  return sendPlanned(deps, context, listed, {
    step: kind,
    target: writeTarget('bot-create', clientId),
    body: { client_id: clientId, bot_name: name, websocket_url: websocketUrl, status: 1 },
    leases: [context.lease, listed.lease],
    send: () => context.account.createBot({ clientId, name, websocketUrl, active: true }),
  });
};

const activateBot = async (
  deps: StepDeps,
  { kind, botId }: ActivateBot,
  context: StepContext,
  listed: BotsUnderLease,
): Promise<StepResult> => {
  const bot = listed.bots.find(({ id }) => id === botId);
  const name = bot?.name ?? null;
  const websocketUrl = bot?.websocketUrl ?? null;
  if (bot === undefined || name === null || websocketUrl === null) {
    const message = `bot_id=${String(botId)} is listed without a name or URL; activate it in VoiceLink`;
    return { kind: 'impossible', message };
  }
  return sendPlanned(deps, context, listed, {
    step: kind,
    target: writeTarget('bot-update', botId),
    body: { bot_id: botId, bot_name: name, websocket_url: websocketUrl, status: 1 },
    before: { bot_name: name, websocket_url: websocketUrl, status: bot.active ? 1 : 0 },
    leases: [context.lease, listed.lease],
    send: () => context.account.updateBot(botId, { name, websocketUrl, active: true }, bot.raw),
  });
};

const lookAtBots = async (
  reader: StepDeps['reader'],
  clientId: number,
  planned: readonly RemoteBot[],
): Promise<BotsLook> => {
  const listing = await reader.listBots();
  if (listing.status !== 'complete') {
    return waiting(SHORTLY_MS, `The VoiceLink bots list is not complete (${listing.message}); no bot is touched`);
  }
  const odd = maybeBotsOf(doubtsOf(listing), clientId);
  if (odd.length > 0) {
    const why = setAsideMessage(odd);
    return waiting(SHORTLY_MS, `A row of the VoiceLink bots list may be this client's bot (${why}); no bot is touched`);
  }
  const bots = listing.rows.filter((bot) => bot.clientId === clientId);
  const strays = listing.rows.filter(isStrayBot);
  // With a stray in its list no bot would have been planned.
  if (strays.length > 0 || fingerprintOf(bots) !== fingerprintOf(planned))
    return { kind: 'outdated', bots: [...bots, ...strays] };
  const missing = (listing.losses?.bots ?? []).filter((bot) => bot.clientId === clientId);
  const ids = new Set(listing.rows.map(({ id }) => id));
  return { bots, ids, missing, ownerless: listing.rows.filter((bot) => bot.clientId === null) };
};

/** Names come back with stray spaces and in another case (VoiceLink upstream notes §7.1). */
const isSameName = (listed: string | null, wanted: string): boolean =>
  listed !== null && listed.trim().toLowerCase() === wanted.trim().toLowerCase();

const fingerprintOf = (bots: readonly RemoteBot[]): string =>
  JSON.stringify(
    bots
      .map(({ id, active, name, websocketUrl, unreadable }) => [id, active, name, websocketUrl, unreadable] as const)
      .sort(([a], [b]) => a - b),
  );

const botTargetOf = (action: EnsureBot): WriteTarget =>
  action.verb === 'create' ? writeTarget('bot-create', action.clientId) : writeTarget('bot-update', action.botId);

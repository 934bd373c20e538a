import type {
  BindingId,
  ConnectionId,
  DidKey,
  KeyObservation,
  PartnerId,
  RemoteBot,
  StepAction,
  StepKind,
  UpstreamAction,
} from '@dialtone/domain';
import { answerOf, inDoubtUntil, isSameAim, sendJournalled } from './write-ahead';
import {
  writeTarget,
  type UnresolvedWrite,
  type WriteIntent,
  type WriteJournal,
  type WriteTarget,
} from '../ports/journal';
import { clientBotsResource, type Lease, type Leases } from '../ports/leases';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { StoreClock } from '../ports/store-clock';
import type { Clock } from '../ports/clock';
import { withRenewal } from '../loops/lease-keeping';
import type { UpstreamFailure, VoiceLinkAccount, WriteOutcome } from '../ports/upstream';
import type { EngineSettings } from '../settings';

/** On whose behalf, and under which lease, a step is taken. */
export interface StepContext {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly bindingId: BindingId | null;
  readonly generation: number;
  /** Who asked, and with which request of the API; both go into the journal. */
  readonly actor: string;
  readonly requestId: string | null;
  readonly account: VoiceLinkAccount;
  /** The DID's lease. */
  readonly lease: Lease;
}

/** Nobody knows what became of a write: of the one that was just sent, or of an earlier one to the same target. */
export type UnknownOutcome = 'sent' | 'earlier';

/**
 * How a step went. `sent`: VoiceLink accepted it, and it counts only once it was seen in a list: `settle` closes its
 * journal row. `outdated`: nothing was sent, since the client's bots are not those that were planned on: plan again on
 * these. `waiting`: nothing was sent, or nobody knows what became of it; try again after `afterMs`. `refused`: VoiceLink
 * said no.
 */
export type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'outdated'; readonly bots: readonly RemoteBot[] }
  | { readonly kind: 'sent'; readonly settle: (seen: boolean) => Promise<void> }
  | { readonly kind: 'waiting'; readonly afterMs: number; readonly reason: string; readonly unknown?: UnknownOutcome }
  | { readonly kind: 'refused'; readonly failure: UpstreamFailure }
  | { readonly kind: 'impossible'; readonly message: string };

interface ExecutorDeps {
  readonly journal: WriteJournal;
  readonly leases: Leases;
  readonly phoneNumbers: PhoneNumbers;
  readonly clock: StoreClock;
  /** This process's own time, for how long something took. Epoch ms. */
  readonly now: () => number;
  readonly timer: Pick<Clock, 'sleep'>;
  readonly leaseTtlMs: number;
  readonly inDoubtMs: number;
}

type ActionOf<K extends StepAction['kind']> = Extract<StepAction, { kind: K }>;
type Handler<K extends StepAction['kind']> = (
  action: ActionOf<K>,
  context: StepContext,
  seen: Seen,
) => Promise<StepResult>;

interface Write {
  readonly step: StepKind;
  readonly target: WriteTarget;
  readonly body: Readonly<Record<string, unknown>>;
  readonly leases: readonly Lease[];
  readonly send: () => Promise<WriteOutcome>;
}

/** What a write was decided on. */
interface Basis {
  /** Store time before the list was requested. */
  readonly observedAt: number;
  /** Read before the list: a row that was closed since by what another list showed does not speak for this one. */
  readonly unresolved: readonly UnresolvedWrite[];
}

/** What a step was planned on; `unresolved` are the writes of the DID. */
export interface Seen extends Pick<Basis, 'unresolved'> {
  readonly observation: KeyObservation;
}

type BotAction = Extract<UpstreamAction, { kind: 'ensure_bot' }>;
type CreateBot = Extract<BotAction, { verb: 'create' }>;
type ActivateBot = Extract<BotAction, { verb: 'activate' }>;

/** A client's bots as one list has them. */
interface ListedBots {
  readonly bots: readonly RemoteBot[];
  /** Listed bots that VoiceLink did not say the client of. */
  readonly ownerless: readonly RemoteBot[];
}

/** They are those that the step was planned on, or why it is not taken. */
type BotsLook = ListedBots | Extract<StepResult, { kind: 'waiting' | 'outdated' }>;

/** A client's bots as listed under its lease. */
interface BotsUnderLease extends Basis, ListedBots {
  readonly lease: Lease;
}

/** How soon to look again when somebody else is just busy with what this step needs. */
const SHORTLY_MS = 300;
/** How often to look whether an unanswered write has taken effect after all. */
const PROBE_MS = 1_000;

/** Takes single steps. Decides nothing: which step, and with what, comes from the planner. */
export class StepExecutor {
  constructor(private readonly deps: ExecutorDeps) {}

  take(action: StepAction, context: StepContext, seen: Seen): Promise<StepResult> {
    const handler = this.handlers[action.kind] as (a: StepAction, c: StepContext, s: Seen) => Promise<StepResult>;
    return handler(action, context, seen);
  }

  /** A mapped type: a new kind of step does not compile until it is executed here. */
  private readonly handlers: { readonly [K in StepAction['kind']]: Handler<K> } = {
    import_did: async (action, { partnerId, connectionId, key }) => {
      const { friendlyName } = action;
      const row = await this.deps.phoneNumbers.import({ partnerId, connectionId, key, friendlyName });
      return row === null ? { kind: 'impossible', message: 'The connection is disconnected' } : { kind: 'done' };
    },

    assign_agent: async (action, { partnerId, connectionId, key }) => {
      const assigned = await this.deps.phoneNumbers.assignAgent({
        partnerId,
        connectionId,
        key,
        agentId: action.agentId,
      });
      return assigned
        ? { kind: 'done' }
        : { kind: 'impossible', message: `Agent ${action.agentId} does not exist any more; name another one` };
    },

    client_mapping: (action, context, seen) => {
      const { didId, clientId, callRecording } = action;
      return this.write(context, basisOf(seen), {
        step: action.kind,
        target: writeTarget('map', didId),
        body: { did_id: didId, client_id: clientId, call_recording: callRecording },
        leases: [context.lease],
        send: () => context.account.mapDid({ didId, clientId, callRecording }),
      });
    },

    ensure_bot: (action, context, seen) =>
      this.holdingClient(context, action.clientId, (lease) => this.ensureBot(action, context, seen, lease)),

    ensure_routing: (action, context, seen) => {
      const { fields, botId } = action;
      if (botId === null) return Promise.resolve(waiting(SHORTLY_MS, 'The new bot is not listed yet'));
      const common = { step: action.kind, leases: [context.lease] };
      if (action.verb === 'update') {
        const { routingId } = action;
        const keep = seen.observation.routing?.raw ?? {};
        return this.write(context, basisOf(seen), {
          ...common,
          target: writeTarget('routing-update', routingId),
          body: { routing_id: routingId, ...fields },
          send: () => context.account.updateRouting(routingId, fields, keep),
        });
      }
      const { didId, didNumber } = action;
      return this.write(context, basisOf(seen), {
        ...common,
        target: writeTarget('routing-create', didId),
        body: { did_id: didId, did_number: didNumber, ...fields },
        send: () => context.account.createRouting({ didId, didNumber, fields }),
      });
    },
  };

  /**
   * The client's lease is kept until what was sent is settled: until then nobody else may decide about its bots. It is renewed as
   * long as the step takes, or bots that are listed slowly would never be decided about.
   */
  private async holdingClient(
    context: StepContext,
    clientId: number,
    step: (lease: Lease) => Promise<StepResult>,
  ): Promise<StepResult> {
    const { leases, leaseTtlMs, timer } = this.deps;
    const resource = clientBotsResource(context.connectionId, clientId);
    const lease = await leases.acquire(resource, context.lease.owner, leaseTtlMs);
    if (lease === null) {
      return waiting(SHORTLY_MS, `Another DID of client ${String(clientId)} is getting its bot`);
    }
    let result: StepResult | null = null;
    try {
      result = await withRenewal({ leases, clock: timer, ttlMs: leaseTtlMs }, lease, () => step(lease));
    } finally {
      if (result?.kind !== 'sent') await leases.release(lease);
    }
    if (result.kind !== 'sent') return result;
    const { settle } = result;
    return { kind: 'sent', settle: (seen) => settle(seen).finally(() => leases.release(lease)) };
  }

  /**
   * A second bot cannot be taken back, and an update replaces the whole record. So the bots are listed once more under the
   * client's lease, and unless they are what the plan was made on, whatever another controller or a human has done since
   * is taken up by planning again.
   */
  private async ensureBot(action: BotAction, context: StepContext, seen: Seen, lease: Lease): Promise<StepResult> {
    const unresolved = await this.deps.journal.unresolved(context.connectionId, botTargetOf(action));
    const observedAt = await this.deps.clock.time();
    const look = (): Promise<BotsLook> => lookAtBots(context.account, action.clientId, seen.observation.bots);
    const first = await look();
    if ('kind' in first) return first;
    const basis = { lease, observedAt, unresolved };
    if (action.verb === 'activate') return this.activateBot(action, context, { ...basis, ...first });
    // Another DID's bot may have been made just before, and have fallen between two pages of this one list.
    const second = await look();
    return 'kind' in second ? second : this.createBot(action, context, { ...basis, ...second });
  }

  private createBot(action: CreateBot, context: StepContext, listed: BotsUnderLease): Promise<StepResult> {
    const { clientId, name, websocketUrl } = action;
    const twin = listed.ownerless.find((bot) => isSameName(bot.name, name));
    if (twin !== undefined) {
      // It may be the one that was created before: then every look would create another.
      const message = `bot_id=${String(twin.id)} "${name}" is listed without its client; set its client in VoiceLink`;
      return Promise.resolve({ kind: 'impossible', message });
    }
    return this.write(context, listed, {
      step: action.kind,
      target: botTargetOf(action),
      body: { client_id: clientId, bot_name: name, websocket_url: websocketUrl, status: 1 },
      leases: [context.lease, listed.lease],
      send: () => context.account.createBot({ clientId, name, websocketUrl, active: true }),
    });
  }

  private activateBot(action: ActivateBot, context: StepContext, listed: BotsUnderLease): Promise<StepResult> {
    const { botId } = action;
    const bot = listed.bots.find(({ id }) => id === botId);
    const name = bot?.name ?? null;
    const websocketUrl = bot?.websocketUrl ?? null;
    if (bot === undefined || name === null || websocketUrl === null) {
      return Promise.resolve({
        kind: 'impossible',
        message: `bot_id=${String(botId)} is listed without a name or URL; activate it in VoiceLink`,
      });
    }
    return this.write(context, listed, {
      step: action.kind,
      target: botTargetOf(action),
      body: { bot_id: botId, bot_name: name, websocket_url: websocketUrl, status: 1 },
      leases: [context.lease, listed.lease],
      send: () => context.account.updateBot(botId, { name, websocketUrl, active: true }, bot.raw),
    });
  }

  /**
   * Journal, send, journal. An earlier write to the same target whose outcome nobody knows blocks this one until it cannot
   * take effect any more and a listing begun after that has shown that it did not.
   */
  private async write(context: StepContext, { observedAt, unresolved }: Basis, write: Write): Promise<StepResult> {
    const { journal, clock, inDoubtMs } = this.deps;
    const earlier = unresolved.filter(({ target }) => isSameAim(target, write.target));
    const inDoubtEnd = Math.max(0, ...earlier.map((row) => inDoubtUntil(row, inDoubtMs)));
    if (observedAt < inDoubtEnd) {
      const remaining = inDoubtEnd - (await clock.time());
      return {
        kind: 'waiting',
        afterMs: Math.max(1, Math.min(remaining, PROBE_MS)),
        reason: `An earlier ${write.step} (${write.target}) got no answer and may still take effect`,
        unknown: 'earlier',
      };
    }
    // What somebody else asked for may have been something else than this step: a sweep says what became of that.
    const own = earlier.filter(({ step }) => step !== 'request').map(({ id }) => id);
    if (own.length > 0) await journal.resolve(own, 'not_applied');
    const { leases, send } = write;
    const journalled = await sendJournalled(this.deps, { intent: intentOf(context, write), leases, send });
    return journalled.kind === 'sent'
      ? this.settleAnswer(journalled.id, journalled.outcome)
      : waiting(SHORTLY_MS, journalled.why);
  }

  private async settleAnswer(id: string, outcome: WriteOutcome): Promise<StepResult> {
    const { journal } = this.deps;
    switch (outcome.kind) {
      case 'accepted': {
        const answer = { id: outcome.id };
        return { kind: 'sent', settle: (seen) => journal.finish(id, seen ? 'done' : 'unknown', answer) };
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
  }
}

const lookAtBots = async (
  account: VoiceLinkAccount,
  clientId: number,
  planned: readonly RemoteBot[],
): Promise<BotsLook> => {
  const listing = await account.list('bots');
  if (listing.status !== 'complete') {
    return waiting(SHORTLY_MS, `The VoiceLink bots list is not complete (${listing.message}); no bot is touched`);
  }
  const bots = listing.rows.filter((bot) => bot.clientId === clientId);
  if (fingerprintOf(bots) !== fingerprintOf(planned)) return { kind: 'outdated', bots };
  return { bots, ownerless: listing.rows.filter((bot) => bot.clientId === null) };
};

/** Names come back with stray spaces and in another case (VoiceLink upstream notes §7.1). */
const isSameName = (listed: string | null, wanted: string): boolean =>
  listed !== null && listed.trim().toLowerCase() === wanted.trim().toLowerCase();

const fingerprintOf = (bots: readonly RemoteBot[]): string =>
  JSON.stringify(
    bots
      .map(({ id, active, name, websocketUrl }) => [id, active, name, websocketUrl] as const)
      .sort(([a], [b]) => a - b),
  );

const basisOf = ({ observation, unresolved }: Seen): Basis => ({ observedAt: observation.observedAt, unresolved });

const botTargetOf = (action: BotAction): WriteTarget =>
  action.verb === 'create' ? writeTarget('bot-create', action.clientId) : writeTarget('bot-update', action.botId);

const waiting = (afterMs: number, reason: string): Extract<StepResult, { kind: 'waiting' }> => ({
  kind: 'waiting',
  afterMs,
  reason,
});

const intentOf = (context: StepContext, write: Write): WriteIntent => ({
  connectionId: context.connectionId,
  key: context.key,
  bindingId: context.bindingId,
  actor: context.actor,
  requestId: context.requestId,
  step: write.step,
  target: write.target,
  generation: context.generation,
  body: write.body,
});

/** The executor of a process, over its ports. */
export const executorOf = (deps: {
  readonly journal: WriteJournal;
  readonly leases: Leases;
  readonly phoneNumbers: PhoneNumbers;
  readonly storeClock: StoreClock;
  readonly clock: Clock;
  readonly settings: Pick<EngineSettings, 'leaseTtlMs' | 'inDoubtMs'>;
}): StepExecutor => {
  const { journal, leases, phoneNumbers, storeClock, clock, settings } = deps;
  const { leaseTtlMs, inDoubtMs } = settings;
  return new StepExecutor({
    journal,
    leases,
    phoneNumbers,
    clock: storeClock,
    now: () => clock.now(),
    timer: clock,
    leaseTtlMs,
    inDoubtMs,
  });
};

import {
  applyPolicy,
  digestOf,
  judgeReadiness,
  NOTHING_SEEN,
  planSteps,
  remembered,
  samePresence,
  unknownSectionsOf,
  type AgentId,
  type BindingMode,
  type KeyObservation,
  type KeySection,
  type Plan,
  type PlannedStep,
  type PlanSpec,
  type PresenceMemory,
  type Readiness,
  type RemoteBot,
  type StepAction,
  type StepKind,
} from '@dialtone/domain';
import type { StepContext, StepExecutor, StepResult, UnknownOutcome } from '../writes/step-executor';
import { inDoubtUntil } from '../writes/write-ahead';
import { observationOf, withList, type DidLists, type KeyProblems, type DidListReader } from '../listings/did-lists';
import { doubtful, honestlyListed } from '../listings/misreported-bots';
import type { Clock } from '../ports/clock';
import type { UnresolvedWrite, WriteJournal } from '../ports/journal';
import type { EngineObserver } from '../ports/observer';
import type { VoiceLinkConnections, MisreportedBots } from '../ports/connections';
import type { KeyStates } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { UpstreamFailure } from '../ports/upstream';
import type { EngineSettings } from '../settings';

/** What to bring one DID to. */
export interface Target {
  readonly context: StepContext;
  readonly spec: PlanSpec;
  readonly mode: BindingMode;
  /** What verdicts are judged by, whoever asks; null while nobody declares the DID. */
  readonly declaredAgentId: AgentId | null;
  readonly signal: AbortSignal;
  /**
   * Whoever asked is about to stop waiting: after this time (epoch ms, this process) nothing more is begun, but for the first
   * step, so that asking again gets on. Infinity: nobody waits.
   */
  readonly deadline: number;
}

/** Why convergence ended. `complete`: no step is needed any more, though some may be blocked or skipped. */
export type Ending =
  | { readonly kind: 'complete' }
  | {
      readonly kind: 'waiting';
      readonly afterMs: number;
      readonly reason: string;
      readonly unknown?: UnknownOutcome;
    }
  | { readonly kind: 'refused'; readonly step: StepKind; readonly failure: UpstreamFailure }
  | { readonly kind: 'impossible'; readonly message: string };

/** One look at the DID, with the verdict on it, which is stored, and what is left to do. */
export interface Judged {
  readonly observation: KeyObservation;
  readonly readiness: Readiness;
  readonly plan: Plan;
}

export interface TakenStep {
  readonly step: StepKind;
  /** What was planned, for people. */
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

export interface ConvergeDeps {
  readonly executor: StepExecutor;
  readonly reader: DidListReader;
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly connections: VoiceLinkConnections;
  readonly clock: Clock;
  readonly observer: EngineObserver;
  readonly settings: EngineSettings;
}

type NeededStep = Extract<PlannedStep, { status: 'needed' }>;

/** One pass takes at most the six steps, and a few that others made necessary meanwhile. */
const MAX_STEPS = 10;

/** What shows the effect of a step; null: our own rows. */
export const LIST_OF: Readonly<Record<StepKind, KeySection | null>> = {
  resolve_did: 'dids',
  import_did: null,
  client_mapping: 'dids',
  ensure_bot: 'bots',
  ensure_routing: 'routing',
  assign_agent: null,
};

const SLOW = 'VoiceLink answers slowly, and this request ends before it has taken too long; what was done stays done';
const DISCONNECTED =
  'The connection was disconnected meanwhile, and nothing more is done on it; use one that is active';

/**
 * Observe, plan, take the first needed step, see it in the lists, plan again, until nothing is needed. Every decision is
 * made on what was just read; the verdict and its events are stored before the first step and after the last.
 */
export class Converger {
  private lists!: DidLists;
  private observation!: KeyObservation;
  /** Writes of this DID without an outcome, as of before the lists. */
  private unresolved: readonly UnresolvedWrite[] = [];
  /** As of the last look: a hold or a disconnect stops the steps that are left. */
  private writesHeld: string | null = null;
  private isDisconnected = false;
  /** Bots of which it has to be proven again that the list is wrong about them. */
  private doubted: ReadonlySet<number> = new Set();
  /** What was remembered before the lists in hand were read: looking at one list twice must not confirm its own gaps. */
  private before: PresenceMemory = NOTHING_SEEN;
  private memory: PresenceMemory | null = null;
  /** The memory as it was last seen in the store. */
  private stored: PresenceMemory | null = null;
  /** Something was sent or has changed since all lists were read. */
  private isOld = false;
  private isRoutingOld = false;
  private readonly taken: TakenStep[] = [];
  private tried: TakenStep | null = null;

  constructor(
    private readonly deps: ConvergeDeps,
    private readonly target: Target,
  ) {}

  async run(): Promise<Convergence> {
    await this.observe();
    if (unknownSectionsOf(this.observation).length > 0 && !this.isLate()) await this.observe();
    const before = await this.store();
    await this.closeExplainedWrites();
    const ending = await this.takeSteps();
    const { taken, tried } = this;
    const course = { ending, taken, tried, closing: this.plan(), problems: this.lists.problems, before };
    if (!this.isOld) return { ...course, after: { ...before, plan: course.closing } };
    if (this.isLate()) return { ...course, after: this.judged() };
    await this.observe();
    return { ...course, after: await this.store() };
  }

  private async takeSteps(): Promise<Ending> {
    for (let count = 0; count < MAX_STEPS; count += 1) {
      const next = this.plan().find((planned) => planned.status === 'needed');
      if (next === undefined) return { kind: 'complete' };
      this.tried = { step: next.step, detail: next.detail };
      if (this.isDisconnected) return { kind: 'impossible', message: DISCONNECTED };
      if (this.target.signal.aborted) return { kind: 'waiting', afterMs: 1, reason: 'The lease of this DID was lost' };
      if (count > 0 && this.isLate()) return { kind: 'waiting', afterMs: 1, reason: SLOW };
      const ending = await this.takeStep(next);
      if (ending !== null) return ending;
    }
    return {
      kind: 'waiting',
      afterMs: this.deps.settings.backoff.baseMs,
      reason: 'The DID keeps changing while it is being repaired',
    };
  }

  /** Null: go on with the next step. */
  private async takeStep(planned: NeededStep): Promise<Ending | null> {
    if (await this.isPlannedOnOldRouting(planned)) return null;
    const { observation, unresolved } = this;
    const result = await this.deps.executor.take(planned.action, this.target.context, { observation, unresolved });
    const ending = await this.conclude(planned, result);
    this.report(planned, result, ending);
    return ending;
  }

  private async conclude(planned: NeededStep, result: StepResult): Promise<Ending | null> {
    switch (result.kind) {
      case 'done':
        this.taken.push({ step: planned.step, detail: planned.detail });
        await this.see(planned.step);
        this.isOld = true;
        return null;
      case 'outdated':
        await this.takeUp(result.bots);
        return null;
      case 'sent':
        this.taken.push({ step: planned.step, detail: planned.detail });
        this.isOld = true;
        this.isRoutingOld = true;
        return this.settle(planned, result);
      case 'waiting':
        return result;
      case 'refused':
        return { kind: 'refused', step: planned.step, failure: result.failure };
      case 'impossible':
        return result;
    }
  }

  /**
   * The steps before may have taken long, and mapping a DID may bring its record with it (VoiceLink upstream notes §8.2). So
   * the record is read again: an update sends its inbound half back and must not undo a human's edit meanwhile, and a second
   * record would be refused.
   */
  private async isPlannedOnOldRouting({ action }: NeededStep): Promise<boolean> {
    if (action.kind !== 'ensure_routing' || !this.isRoutingOld) return false;
    await this.see('ensure_routing');
    return true;
  }

  private async settle(planned: NeededStep, sent: Extract<StepResult, { kind: 'sent' }>): Promise<Ending | null> {
    const seen = await this.seeEffect(planned);
    const misreportedBotId = seen ? null : this.misreportedBotOf(planned.action);
    await sent.settle(seen || misreportedBotId !== null);
    if (seen) return null;
    const { connections, settings } = this.deps;
    if (misreportedBotId !== null) {
      await connections.markMisreportedBot(this.target.context.connectionId, misreportedBotId);
      await this.see(planned.step);
      return null;
    }
    const reason = `VoiceLink accepted ${planned.step} but does not list its effect yet`;
    return { kind: 'waiting', afterMs: settings.inDoubtMs, reason, unknown: 'sent' };
  }

  /**
   * VoiceLink accepted status 1 for a bot and goes on listing 0: its list is wrong about this bot (VoiceLink upstream notes
   * §10.5). Null when that is not what happened.
   */
  private misreportedBotOf(action: StepAction): number | null {
    if (action.kind !== 'ensure_bot' || action.verb !== 'activate') return null;
    return this.observation.bots.some(({ id }) => id === action.botId) ? action.botId : null;
  }

  private async seeEffect({ step, action }: NeededStep): Promise<boolean> {
    const { attempts, delayMs } = this.deps.settings.verify;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0 && this.isLate()) return false;
      if (attempt > 0) await this.deps.clock.sleep(delayMs, this.target.signal);
      await this.see(step);
      if (this.isSettled(step, action)) return true;
    }
    return false;
  }

  /** Neither needed any more nor hidden, be it by a list that is not complete or by an earlier step. */
  private isSettled(step: StepKind, action: StepAction): boolean {
    const planned = this.rawPlan().find((candidate) => candidate.step === step);
    switch (planned?.status) {
      case undefined:
        return false;
      case 'already':
        return true;
      case 'needed':
        return isCreated(action, planned.action);
      case 'blocked':
      case 'skipped':
        return planned.reason !== 'observation_incomplete' && planned.reason !== 'blocked_by_earlier_step';
    }
  }

  private async observe(): Promise<void> {
    const { connectionId, key } = this.target.context;
    const { journal, keyStates, reader } = this.deps;
    this.unresolved = await journal.unresolvedOfKey(connectionId, key);
    this.lists = await reader.readAll(key, this.target.spec.clientId);
    this.stored ??= (await keyStates.loadOne(connectionId, key))?.presence ?? NOTHING_SEEN;
    this.before = this.memory ?? this.stored;
    this.isOld = false;
    this.isRoutingOld = false;
    await this.look();
  }

  private async see(step: StepKind): Promise<void> {
    const section = LIST_OF[step];
    if (section !== null) {
      const { key } = this.target.context;
      this.lists = await this.deps.reader.reread(key, section, this.lists, this.target.spec.clientId);
      this.remember(section);
    }
    if (section === 'routing') this.isRoutingOld = false;
    await this.look();
  }

  private async takeUp(bots: readonly RemoteBot[]): Promise<void> {
    this.lists = withList(this.lists, 'bots', { rows: bots });
    this.remember('bots');
    this.isOld = true;
    await this.look();
  }

  private remember(section: KeySection): void {
    this.before = remembered(this.before, this.observation.presence, [section]);
  }

  private async look(): Promise<void> {
    const { phoneNumbers, connections } = this.deps;
    const { connectionId, key } = this.target.context;
    const [local, misreported, connection] = await Promise.all([
      phoneNumbers.find(connectionId, key),
      this.misreported(),
      connections.find(connectionId),
    ]);
    this.writesHeld = connection?.writesHeld ?? null;
    this.isDisconnected = connection === null;
    this.doubted = doubtful(misreported, this.lists.observedAt);
    this.observation = observationOf(key, this.lists, {
      local,
      declaredClientId: this.target.spec.clientId,
      misreportedBotIds: new Set(misreported.keys()),
      memory: this.before,
    });
    this.memory = this.observation.presence;
  }

  /** Without those that the lists in hand show as active, which is also forgotten of them. */
  private async misreported(): Promise<MisreportedBots> {
    const { connections } = this.deps;
    const { connectionId } = this.target.context;
    const misreported = await connections.misreportedBots(connectionId);
    const honest = honestlyListed(this.lists.bots ?? [], new Set(misreported.keys()));
    if (honest.length === 0) return misreported;
    await connections.unmarkMisreportedBots(connectionId, honest, this.lists.observedAt);
    return new Map([...misreported].filter(([id]) => !honest.includes(id)));
  }

  private rawPlan(): Plan {
    return this.proofPlan() ?? this.planOn(this.observation);
  }

  /**
   * The plan that activates a bot once more of which it is in doubt whether the list is wrong about it; null when there is nothing
   * to prove, or nothing may be written. Only the plan doubts: the verdict stays until something is known.
   */
  private proofPlan(): Plan | null {
    const { observation, doubted } = this;
    if (this.mode !== 'enforce' || this.writesHeld !== null || this.isDisconnected) return null;
    if (!observation.misreportedBotIds.some((id) => doubted.has(id))) return null;
    const misreportedBotIds = observation.misreportedBotIds.filter((id) => !doubted.has(id));
    // With another active bot nothing would be activated, although calls are about to be routed to the one in doubt.
    const target = routedTo(this.planOn(observation));
    const wanted = target === null || !doubted.has(target) ? null : observation.bots.filter(({ id }) => id === target);
    const plan = this.planOn({ ...observation, misreportedBotIds, bots: wanted ?? observation.bots });
    return plan.some((planned) => planned.status === 'needed' && activates(planned.action, doubted)) ? plan : null;
  }

  private planOn(observation: KeyObservation): Plan {
    const { settings, clock } = this.deps;
    return planSteps(this.target.spec, observation, {
      now: clock.now(),
      defaultWebsocketUrl: settings.defaultWebsocketUrl,
    });
  }

  private get mode(): BindingMode | 'dry_run' {
    return this.deps.settings.dryRun ? 'dry_run' : this.target.mode;
  }

  private plan(): Plan {
    return applyPolicy(this.rawPlan(), { mode: this.mode, writesHeld: this.writesHeld });
  }

  /** Writes whose answer was lost, and whose effect is now plain to see. */
  private async closeExplainedWrites(): Promise<void> {
    const explained = this.unresolved.filter((write) => this.isExplained(write));
    if (explained.length > 0)
      await this.deps.journal.resolve(
        explained.map(({ id }) => id),
        'applied',
      );
  }

  /**
   * A client may have any number of bots: the one that is listed need not be the one that was asked for, which may still
   * come. Until it cannot any more, its row goes on blocking another create. A DID has one mapping and one routing record.
   */
  private isExplained(write: UnresolvedWrite): boolean {
    const inDoubtEnd = inDoubtUntil(write, this.deps.settings.inDoubtMs);
    if (write.target.startsWith('bot-create:') && this.observation.observedAt < inDoubtEnd) return false;
    return this.rawPlan().some(({ step, status }) => step === write.step && status === 'already');
  }

  private isLate(): boolean {
    return this.deps.clock.now() >= this.target.deadline;
  }

  private judged(): Judged {
    const { observation } = this;
    const context = { declaredAgentId: this.target.declaredAgentId, now: this.deps.clock.now() };
    return { observation, readiness: judgeReadiness(observation, context), plan: this.plan() };
  }

  private async store(): Promise<Judged> {
    const { keyStates } = this.deps;
    const { connectionId, key } = this.target.context;
    const { signal } = this.target;
    const stored = await keyStates.loadOne(connectionId, key);
    if (stored !== null) await this.rebase(stored.presence);
    const judged = this.judged();
    // Whoever took the lease over knows better.
    if (signal.aborted) return judged;
    const { observation, readiness } = judged;
    const update = { observation, readiness, digest: digestOf(observation, readiness) };
    await keyStates.apply(connectionId, [update], { makeDue: false });
    this.stored = this.observation.presence;
    return judged;
  }

  /**
   * A sweep, or whoever holds the lease by now, has seen the key meanwhile: what these lists lack is missing from one list
   * if it was there in that one.
   */
  private async rebase(stored: PresenceMemory): Promise<void> {
    if (this.stored !== null && samePresence(stored, this.stored)) return;
    this.stored = stored;
    this.before = stored;
    await this.look();
  }

  private report(planned: NeededStep, result: StepResult, ending: Ending | null): void {
    if (result.kind === 'outdated') return;
    const { connectionId, key } = this.target.context;
    const { step, detail } = planned;
    const sent = ending === null ? 'done' : 'unverified';
    const outcome = result.kind === 'sent' ? sent : result.kind === 'impossible' ? 'refused' : result.kind;
    this.deps.observer.stepTaken({ connectionId, key, step, result: outcome, detail });
  }
}

/** The bot of the routing record that is to be made or changed. */
const routedTo = (plan: Plan): number | null => {
  const routing = plan.find(({ step }) => step === 'ensure_routing');
  return routing?.status === 'needed' && routing.action.kind === 'ensure_routing' ? routing.action.botId : null;
};

const activates = (action: StepAction, bots: ReadonlySet<number>): boolean =>
  action.kind === 'ensure_bot' && action.verb === 'activate' && bots.has(action.botId);

/** The new bot is there, though listed as inactive: the create has had its effect, and what is next is another step. */
const isCreated = (action: StepAction, next: StepAction): boolean =>
  action.kind === 'ensure_bot' && action.verb === 'create' && next.kind === 'ensure_bot' && next.verb === 'activate';

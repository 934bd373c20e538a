import {
  type AgentId,
  type BindingSpec,
  canonicalKey,
  type ConnectionId,
  type DidKey,
  type RemoteBot,
} from '@dialtone/domain';
import type { EngineDeps, EngineObserver, EngineSettings, KeyUpdate, UpstreamLimits } from '@dialtone/engine';
import { InMemoryWorld, withCalls } from '@dialtone/testing';
import { Humans } from './humans';
import { HoldRule, Invariants, Violation } from './invariants';
import { OddWeather } from './odd-weather';
import { Scheduler } from './scheduler';
import { SimProcess } from './sim-process';
import { SimUpstream } from './sim-upstream';
import { Storms } from './storms';
import { type Declared, Truth } from './truth';

const WEBSOCKET_URL = 'wss://bots.dialtone.test/ws';

/** Short, so that a run sees many turns; the in-doubt window covers the upstream's time-out and its latest effect. */
const SETTINGS: EngineSettings = {
  defaultWebsocketUrl: WEBSOCKET_URL,
  resyncMs: 20_000,
  sweepIntervalMs: 5_000,
  leaseTtlMs: 3_000,
  inDoubtMs: 7_500,
  backoff: { baseMs: 100, capMs: 3_000 },
  verify: { attempts: 3, delayMs: 200 },
  guard: { minimum: 3, percent: 1 },
  dryRun: false,
  narrowAboveRows: 1_000,
};

/** Low enough to throttle, and shared by both processes. */
const LIMITS: UpstreamLimits = { ratePerSecond: 20, burst: 10, writeWaitMs: 1_000 };

const CHAOS_MS = 40_000;
/** Every in-doubt window has passed, and every binding was reconciled at least once more. */
const RECOVERY_MS = 2 * (SETTINGS.inDoubtMs + 2_000) + 2.5 * SETTINGS.resyncMs;
/** One sweep for every two intervals, whatever pause the last storm has left behind. */
const FEWEST_SWEEPS = RECOVERY_MS / (2 * SETTINGS.sweepIntervalMs);
/** The longest time for which a bot counts as misreported. */
const HOUR_MS = 3_600_000;
const PEACE_MS = 1.5 * SETTINGS.resyncMs;
/** The most steps of one run; more means an endless loop. */
const MOST_STEPS = 200_000;
const TRACE = 60;

/** One seeded run: two processes over one store and one VoiceLink, first with faults and meddling, then in peace. */
export class Simulation {
  private readonly scheduler: Scheduler;
  private readonly world: InMemoryWorld;
  private readonly upstream: SimUpstream;
  private readonly truth: Truth;
  private readonly invariants: Invariants;
  private readonly hold = new HoldRule();
  private readonly declared = new Map<DidKey, Declared & { readonly didId: number }>();
  /** DIDs and clients that no call may touch. */
  private readonly observedOnly = new Set<number>();
  private readonly unmappable = new Set<number>();
  private readonly claimedAt = new Map<bigint, number>();
  private readonly lines: string[] = [];
  private readonly storms: Storms;
  private readonly oddWeather: OddWeather | null;
  private readonly processes: SimProcess[] = [];
  private connectionId = '' as ConnectionId;
  private agentId = '' as AgentId;
  private owners = 0;
  private steps = 0;
  /** Since the calm began. */
  private sweeps = 0;
  private isFaulty = true;
  private violation: Error | null = null;

  constructor(seed: number, { hasOddRows = false }: { readonly hasOddRows?: boolean } = {}) {
    this.scheduler = new Scheduler(seed);
    this.world = new InMemoryWorld(this.scheduler.clock);
    this.upstream = new SimUpstream(this.scheduler, {
      arrives: (call) => {
        this.note(`arrives ${JSON.stringify(call)}`);
        this.check(() => {
          this.invariants.arrives(call, {
            upstream: this.upstream,
            mayNotBeTouched: this.observedOnly,
            now: this.scheduler.clock.now(),
          });
        });
      },
      takesEffect: (call) => {
        this.note(`takes effect ${JSON.stringify(call)}`);
        this.check(() => {
          this.invariants.takesEffect(call, this.scheduler.clock.now());
        });
      },
      changed: () => {
        this.truth.record();
      },
      spoils: (section, fault, row) => {
        this.note(`list of ${section}: ${fault} ${row === undefined ? '' : JSON.stringify(row)}`);
        if (section === 'bots' && row !== undefined) this.truth.leftOut(row as RemoteBot);
        if (section === 'routing') this.invariants.leftOut(row, this.scheduler.clock.now());
      },
    });
    this.storms = new Storms(this.scheduler, this.upstream);
    this.oddWeather = hasOddRows ? new OddWeather(this.scheduler, this.upstream) : null;
    this.truth = new Truth(this.upstream.world, () => this.scheduler.clock.now());
    this.invariants = new Invariants(this.upstream.world);
  }

  /** The last things that happened, oldest first. */
  get trace(): readonly string[] {
    return this.lines.slice(-TRACE);
  }

  /** Throws the first Violation. */
  async run(): Promise<void> {
    await this.populate();
    this.processes.push(this.process(), this.process());
    await this.chaos();
    await this.calm();
    await this.anHourLater();
    await this.peace();
    for (const process of this.processes) process.kill();
  }

  private async chaos(): Promise<void> {
    const humans = new Humans({
      scheduler: this.scheduler,
      upstream: this.upstream,
      world: this.world,
      connectionId: this.connectionId,
      unmappable: this.unmappable,
    });
    await this.until(CHAOS_MS, async () => {
      if (this.scheduler.chance(0.006)) this.note(`human: ${await humans.meddle()}`);
      if (this.scheduler.chance(0.002)) this.killOne();
      if (this.scheduler.chance(0.002)) this.freeze(this.scheduler.pick(this.processes));
      if (this.scheduler.chance(0.005)) await this.acknowledge();
      for (const news of [this.storms.pass(), this.oddWeather?.pass()]) if (typeof news === 'string') this.note(news);
    });
  }

  private async calm(): Promise<void> {
    this.note('calm');
    this.isFaulty = false;
    this.upstream.isFaulty = false;
    this.storms.end();
    this.oddWeather?.end();
    this.sweeps = 0;
    for (const process of this.processes) process.isFrozen = false;
    await this.until(RECOVERY_MS, async () => {
      if (this.scheduler.chance(0.01)) await this.acknowledge();
    });
    must(this.sweeps >= FEWEST_SWEEPS, `only ${String(this.sweeps)} sweeps after the storms`);
  }

  /** Until then a bot that was switched off just as it was activated may look misreported. */
  private async anHourLater(): Promise<void> {
    this.note('an hour later');
    await this.scheduler.clock.advance(HOUR_MS);
    await this.until(RECOVERY_MS, () => Promise.resolve());
    await this.converged();
  }

  private async peace(): Promise<void> {
    this.note('peace');
    const [writes, events] = [this.world.writes.length, this.world.events.length];
    await this.until(PEACE_MS, () => Promise.resolve());
    must(this.world.writes.length === writes, 'a world in order is written to');
    must(
      this.world.events.length === events,
      `a world in order has news: ${JSON.stringify(this.world.events.at(-1)?.data)}`,
    );
    await this.converged();
  }

  private async converged(): Promise<void> {
    for (const [key, { clientId, didId }] of this.declared) {
      if (this.observedOnly.has(didId)) continue;
      await this.isReady(key);
      must(this.serves(didId, clientId), `${key} is READY although VoiceLink does not serve it`);
    }
    const open = this.world.writes.find(({ state }) => state === 'pending' || state === 'unknown');
    must(open === undefined, `what became of ${String(open?.step)} (${String(open?.target)}) was never found out`);
  }

  private async isReady(key: DidKey): Promise<void> {
    const stored = await this.world.keyStates.loadOne(this.connectionId, key);
    const row = this.world.bindingRow(this.connectionId, key);
    must(stored?.state === 'READY' && !stored.stale, `${key} is ${String(stored?.state)} (${String(row?.message)})`);
    must(row?.outcome === 'settled', `${key} is ${String(row?.outcome)}`);
  }

  private serves(didId: number, clientId: number | null): boolean {
    const { dids, routings, bots } = this.upstream.world;
    const routing = routings.get(didId);
    const bot = bots.get(routing?.outboundBotId ?? 0);
    return (
      dids.get(didId)?.clientId === clientId &&
      routing?.active === true &&
      bot?.active === true &&
      bot.clientId === clientId
    );
  }

  private async until(ms: number, each: () => Promise<void>): Promise<void> {
    const end = this.scheduler.clock.now() + ms;
    while (this.scheduler.clock.now() < end) {
      await each();
      await this.scheduler.step();
      this.steps += 1;
      this.check(() => {
        this.invariants.events(this.world.events);
      });
      if (this.violation !== null) throw this.violation;
      must(this.steps < MOST_STEPS, 'too many steps: something runs in circles');
    }
  }

  private process(): SimProcess {
    this.owners += 1;
    const owner = `process-${String(this.owners)}`;
    const process: SimProcess = new SimProcess(
      {
        scheduler: this.scheduler,
        world: this.world,
        upstream: this.upstream,
        settings: SETTINGS,
        limits: LIMITS,
        onBreaker: (of, { to, forMs }) => {
          this.note(`${of} breaker ${to} for ${String(forMs)} ms`);
        },
        bindingQueue: this.bindingQueue(),
        connections: this.connections(),
        keyStates: this.keyStates(),
        journal: this.journal(() => {
          this.freeze(process);
        }),
        observer: this.observer(owner),
        isFaulty: () => this.isFaulty,
        onError: (error) => {
          if (!this.isFaulty) this.violation ??= error as Error;
        },
      },
      owner,
    );
    process.start();
    return process;
  }

  private observer(owner: string): EngineObserver {
    return {
      reconciled: ({ key, outcome, message }) => {
        this.note(`${owner} ${key} ${outcome}: ${String(message)}`);
      },
      stepTaken: ({ key, step, result }) => {
        this.note(`${owner} ${key} ${step} ${result}`);
      },
      swept: ({ changed }) => {
        this.sweeps += 1;
        this.note(`${owner} swept, ${String(changed)} changed`);
      },
      failed: ({ where, error }) => {
        this.note(`${owner} ${where}: ${(error as Error).message}`);
      },
    };
  }

  private killOne(): void {
    const index = this.scheduler.between(0, this.processes.length - 1);
    this.note(`kill ${String(this.processes[index]?.owner)}`);
    this.processes[index]?.kill();
    this.storms.joined();
    this.processes[index] = this.process();
  }

  private freeze(process: SimProcess | null): void {
    if (process === null || process.isFrozen) return;
    const ms = this.scheduler.between(500, 15_000);
    this.note(`freeze ${process.owner} for ${String(ms)} ms`);
    process.isFrozen = true;
    void this.scheduler.clock.sleep(ms).then(() => {
      process.isFrozen = false;
    });
  }

  private async acknowledge(): Promise<void> {
    if (!(await this.world.acknowledgeHold(this.connectionId))) return;
    this.note('hold acknowledged');
    this.hold.held(null);
  }

  private bindingQueue(): EngineDeps['bindingQueue'] {
    const { bindingQueue } = this.world;
    return withCalls<EngineDeps['bindingQueue']>(bindingQueue, {
      claim: async (...input) => {
        const claimed = await bindingQueue.claim(...input);
        for (const { lease } of claimed) this.claimedAt.set(lease.epoch, this.steps);
        return claimed;
      },
    });
  }

  private connections(): EngineDeps['connections'] {
    const { voiceLinkConnections } = this.world;
    return withCalls<EngineDeps['connections']>(voiceLinkConnections, {
      holdWrites: async (id, reason) => {
        await voiceLinkConnections.holdWrites(id, reason);
        this.note(`held: ${reason}`);
        this.hold.held(this.steps);
      },
    });
  }

  /** The worst moment for a pause is between an intent and its call. */
  private journal(freeze: () => void): EngineDeps['journal'] {
    const { journal } = this.world;
    return withCalls<EngineDeps['journal']>(journal, {
      begin: async (intent, leases) => {
        const id = await journal.begin(intent, leases);
        this.check(() => {
          if (id !== null) this.hold.begins(intent, this.claimedAt.get(leases[0]?.epoch ?? 0n) ?? 0);
        });
        if (this.isFaulty && this.scheduler.chance(0.05)) freeze();
        return id;
      },
    });
  }

  private keyStates(): EngineDeps['keyStates'] {
    const { keyStates } = this.world;
    return withCalls<EngineDeps['keyStates']>(keyStates, {
      apply: async (connectionId, updates, options) => {
        const misreported = new Set((await this.world.voiceLinkConnections.misreportedBots(connectionId)).keys());
        for (const update of updates) await this.isHonest(update, misreported);
        const written = await keyStates.apply(connectionId, updates, options);
        for (const update of updates.filter(({ observation }) => written.includes(observation.key))) {
          const stored = await keyStates.loadOne(connectionId, update.observation.key);
          this.note(
            `${update.observation.key}: ${update.readiness.issues.join() || update.readiness.state}${update.readiness.complete ? '' : ' (incomplete)'}`,
          );
          this.check(() => {
            this.invariants.stored(update, stored?.drift ?? null);
          });
        }
        return written;
      },
    });
  }

  private async isHonest(update: KeyUpdate, misreported: ReadonlySet<number>): Promise<void> {
    if (!update.readiness.complete) return;
    const { key } = update.observation;
    const stored = await this.world.keyStates.loadOne(this.connectionId, key);
    // A process that was frozen after it had judged: something newer is stored, and this is left out.
    if (stored !== null && stored.observedAt > update.observation.observedAt) return;
    const declared = this.declared.get(key) ?? null;
    const lie = this.truth.explain(update, { declared, misreported, memory: stored?.presence ?? null });
    this.check(() => {
      must(lie === null, `${key} is judged ${String(lie)} (${JSON.stringify(update.observation)})`);
    });
  }

  /** Inside a process a violation would look like a failing store: it is recorded, and ends the run. */
  private check(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.violation ??= error as Error;
    }
  }

  private note(what: string): void {
    this.lines.push(`${String(this.scheduler.clock.now() % 10_000_000)} ${what}`);
  }

  /** Two clients with declared DIDs of all kinds, one that is only observed, and a DID of a client that was not declared. */
  private async populate(): Promise<void> {
    const { id, partnerId } = await this.world.connection();
    this.connectionId = id;
    this.agentId = await this.world.agent(partnerId);
    const clients = [this.client(), this.client()];
    for (let index = 0; index < this.scheduler.between(3, 5); index += 1) await this.enforced(index, clients);
    await this.observed();
    await this.mismatched();
    this.upstream.world.addDid('918009999999');
    this.truth.record();
  }

  private client(): number {
    const { world } = this.upstream;
    const { id } = world.addClient();
    const draw = this.scheduler.random();
    if (draw < 0.2) world.addBot(id, { websocketUrl: 'wss://stranger.example/ws' });
    else if (draw < 0.4) world.addBot(id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    else if (draw < 0.6) world.addBot(id, { websocketUrl: WEBSOCKET_URL, active: false });
    return id;
  }

  private async enforced(index: number, clients: readonly number[]): Promise<void> {
    const { world } = this.upstream;
    const clientId = this.scheduler.pick(clients);
    if (clientId === null) return;
    const isMapped = this.scheduler.chance(0.5);
    const { didId, number } = world.addDid(`91800000000${String(index)}`, { clientId: isMapped ? clientId : null });
    if (this.scheduler.chance(0.4)) world.addRouting(didId, { forInboundCall: 2, inboundTrunkId: 7 });
    if (!isMapped || this.scheduler.chance(0.5)) this.unmappable.add(didId);
    await this.declare(number, didId, { clientId, mode: 'enforce' });
  }

  private async observed(): Promise<void> {
    const clientId = this.client();
    const { didId, number } = this.upstream.world.addDid('918001111111', { clientId });
    this.observedOnly.add(didId).add(clientId);
    await this.declare(number, didId, { clientId, mode: 'observe' });
  }

  private async mismatched(): Promise<void> {
    const [mine, theirs] = [this.client(), this.client()];
    const { didId, number } = this.upstream.world.addDid('918002222222', { clientId: theirs });
    this.observedOnly.add(didId).add(mine).add(theirs);
    await this.declare(number, didId, { clientId: mine, mode: 'enforce' });
  }

  private async declare(number: string, didId: number, spec: Pick<BindingSpec, 'clientId' | 'mode'>): Promise<void> {
    const key = canonicalKey(number);
    if (key === null) throw new Error(`${number} is not a phone number`);
    const full = { agentId: this.agentId, botName: null, websocketUrl: null, ...spec };
    await this.world.declare({ connectionId: this.connectionId, key, spec: full });
    this.declared.set(key, { agentId: this.agentId, clientId: spec.clientId, didId });
  }
}

const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

import type { ConnectionId, RemoteBot } from '@dialtone/domain';
import type { EngineDeps, EngineSettings } from '@dialtone/engine';
import { InMemoryWorld } from '@dialtone/testing';
import { BLINKING_MS, type Blinkers, blinkersOf } from './blinkers';
import { HistoryRule } from './history-rule';
import { Humans } from './humans';
import { ImpactRule } from './impact-rule';
import { HoldRule, Invariants, must } from './invariants';
import { KeptBotsRule } from './kept-bots-rule';
import { OneAnswersRule } from './one-answers-rule';
import { Population } from './population';
import { lagOf, Replicas } from './replicas';
import { type Rivals, rivalsOf } from './rivals';
import { Scheduler } from './scheduler';
import { ListWeather } from './list-weather';
import { Settlement } from './settlement';
import { SimBroker } from './sim-broker';
import { SimProcess } from './sim-process';
import { seasonOf } from './seasons';
import { SimUpstream } from './sim-upstream';
import { CHAOS_MS, LIMITS, RIVALRY_MS, SETTINGS, type SimulatedWorld } from './simulated-world';
import { Steerers } from './steerers';
import { Storms } from './storms';
import { TimedRules } from './timed-rules';
import { tellingObserver } from './telling-observer';
import { RECOVERY_MS, HOUR_MS, PEACE_MS, HUMAN, KILL, FREEZE, ACKNOWLEDGE, MOST_STEPS, TRACE } from './timetable';
import { Truth } from './truth';
import { TakenBackRule } from './taken-back-rule';
import { UnlearntRule } from './unlearnt-rule';
import { isUntrueHold } from './untrue-hold';
import { watchedJournal } from './watched-journal';
import { watchedKeyStates } from './watched-key-states';
import { watchedListMemories } from './watched-list-memories';
import { watchedBindingQueue, watchedConnections, watchedSweepQueue } from './watched-stores';
import { type Weather, weathersOf } from './weathers';

/** One seeded run: two processes over one store and one VoiceLink, first with faults and meddling, then in peace. */
export class Simulation {
  private readonly scheduler: Scheduler;
  private readonly world: InMemoryWorld;
  private readonly upstream: SimUpstream;
  private readonly truth: Truth;
  private readonly invariants: Invariants;
  private readonly keptBots: KeptBotsRule;
  private readonly rules = new Map<ConnectionId, { readonly hold: HoldRule; readonly impact: ImpactRule }>();
  private readonly oneAnswers: OneAnswersRule;
  private readonly history: HistoryRule;
  private readonly population: Population;
  private readonly claimedAt = new Map<bigint, number>();
  private readonly lines: string[] = [];
  private readonly storms: Storms;
  private readonly weathers: readonly Weather[];
  private readonly listWeather: ListWeather | null;
  private readonly broker: SimBroker | null;
  private readonly settings: EngineSettings;
  private readonly replicas: Replicas | null;
  private readonly unlearnt: UnlearntRule;
  private readonly takenBack: TakenBackRule | null;
  readonly timed: TimedRules;
  private readonly steerers: Steerers | null;
  private readonly blinkers: Blinkers | null;
  private readonly rivals: Rivals | null;
  private readonly processes: SimProcess[] = [];
  readonly settlement: Settlement;
  private owners = 0;
  private steps = 0;
  private eventsSeen = 0;
  private isFaulty = true;
  private violation: Error | null = null;

  constructor(seed: number, world: SimulatedWorld = {}) {
    this.settings = { ...SETTINGS, ...world.settings };
    const season = seasonOf(world);
    this.scheduler = new Scheduler(seed, season?.startsAt);
    this.world = new InMemoryWorld(this.scheduler.clock);
    this.upstream = new SimUpstream(this.scheduler, {
      arrives: (call) => {
        this.note(`arrives ${JSON.stringify(call)}`);
        this.check(() => {
          this.invariants.arrives(call, {
            upstream: this.upstream,
            mayNotBeTouched: this.population.observedOnly,
            now: this.scheduler.clock.now(),
          });
          this.history.arrives(call);
          if (call.operation === 'bots.create') this.keptBots.asked(call.clientId, this.scheduler.clock.now());
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
        this.replicas?.record();
        this.unlearnt.changed();
        this.takenBack?.changed();
        this.settlement.upset();
      },
      spoils: (section, fault, row) => {
        this.note(`list of ${section}: ${fault} ${row === undefined ? '' : JSON.stringify(row)}`);
        if (section === 'bots' && row !== undefined) this.truth.leftOut(row as RemoteBot);
        if (section === 'routing') this.invariants.leftOut(row, this.scheduler.clock.now());
      },
      shows: (section, rows) => {
        if (section === 'bots') this.keptBots.shows(rows as readonly RemoteBot[]);
      },
    });
    this.population = new Population(this.scheduler, this.world, this.upstream, world.hasTwoConnections === true);
    this.oneAnswers = new OneAnswersRule(this.population.declared);
    this.history = new HistoryRule(this.world, this.population, world.tellsHistory === true);
    this.storms = new Storms(this.scheduler, this.upstream);
    this.listWeather = world.hasShortLists === true ? new ListWeather(this.scheduler, this.upstream) : null;
    this.weathers = weathersOf(world, { scheduler: this.scheduler, upstream: this.upstream, short: this.listWeather });
    this.broker =
      world.hasRelays === true ? new SimBroker(this.scheduler, (found) => (this.violation ??= found)) : null;
    const now = (): number => this.scheduler.clock.now();
    const { replicas } = world;
    const lagMs = replicas === undefined ? 0 : lagOf(replicas);
    const { world: stores, upstream, population, broker } = this;
    const { staleReadsMs } = this.settings;
    this.settlement = new Settlement({ world: stores, upstream, population, broker, lagMs, staleReadsMs });
    this.unlearnt = new UnlearntRule(this.upstream.world, now);
    this.takenBack =
      replicas === 'once' ? new TakenBackRule(this.upstream.world, now, this.settings.staleReadsMs) : null;
    this.truth = new Truth(this.upstream.world, now, lagMs);
    this.replicas =
      replicas === undefined ? null : new Replicas(this.scheduler, this.upstream.world, replicas, this.truth);
    this.upstream.replicas = this.replicas;
    this.invariants = new Invariants(this.upstream.world, this.settings.dryRun);
    this.steerers = season && new Steerers(season, { scheduler: this.scheduler, world: stores, population });
    const { steerers, settings } = this;
    this.timed = new TimedRules({ scheduler: this.scheduler, world: stores, population, settings, steerers });
    this.blinkers = blinkersOf(world, { scheduler: this.scheduler, upstream });
    this.rivals = rivalsOf(world, { scheduler: this.scheduler, upstream });
    upstream.swallows = (call) => this.rivals?.swallows(call) === true;
    this.keptBots = new KeptBotsRule(this.settings.losses.believedAfterMs);
  }

  /** The last things that happened, oldest first. */
  get trace(): readonly string[] {
    return this.lines.slice(-TRACE);
  }

  /** Throws the first Violation. With dry-run on nothing comes in order, but for what humans do. */
  async run(): Promise<void> {
    await this.population.populate();
    this.rivals?.meet(this.population.repaired().slice(0, 2));
    this.blinkers?.meet(this.population.repaired().slice(0, 2));
    await this.steerers?.begin();
    this.truth.record();
    this.replicas?.record();
    this.processes.push(this.process(), this.process());
    await this.chaos();
    if (!this.settings.dryRun) {
      await this.calm();
      if (this.blinkers !== null) await this.blink(this.blinkers);
      await this.anHourLater();
      await this.peace();
    }
    for (const process of this.processes) process.kill();
    this.timed.flaps.mustTellTheTruth();
    await this.history.mustTellAll();
  }

  private async chaos(): Promise<void> {
    const humans = new Humans({
      scheduler: this.scheduler,
      upstream: this.upstream,
      world: this.world,
      placeOf: (didId) => this.population.placeOf(didId),
      unmappable: this.population.unmappable,
      isLagging: this.replicas !== null,
    });
    await this.until(this.rivals === null ? CHAOS_MS : RIVALRY_MS, () => this.disturb(humans));
  }

  /** Null: there is nothing to wait for. */
  private disturb(humans: Humans): Promise<void> | null {
    const { scheduler } = this;
    this.tell(this.storms.pass());
    for (const weather of this.weathers) this.tell(weather.pass());
    this.tell(this.rivals?.pass() ?? null);
    this.tell(this.steerers?.pass() ?? null);
    if (scheduler.chance(KILL)) this.killOne();
    if (scheduler.chance(FREEZE)) this.freeze(scheduler.pick(this.processes));
    if (scheduler.chance(HUMAN)) {
      return humans.meddle().then((act) => {
        this.note(`human: ${act}`);
      });
    }
    return scheduler.chance(ACKNOWLEDGE) ? this.acknowledge() : null;
  }

  private async calm(): Promise<void> {
    this.note('calm');
    this.isFaulty = false;
    this.scheduler.isCalm = true;
    this.upstream.isFaulty = false;
    this.storms.end();
    for (const weather of this.weathers) weather.end();
    this.rivals?.end();
    this.steerers?.end();
    this.timed.calmBegins();
    if (this.broker !== null) this.broker.isFaulty = false;
    await this.settlement.begin();
    for (const process of this.processes) process.isFrozen = false;
    const acknowledge = (): Promise<void> | null => (this.scheduler.chance(0.05) ? this.acknowledge() : null);
    const beganAt = this.scheduler.clock.now();
    const recoveryMs = RECOVERY_MS + this.timed.longestWaitMs();
    await this.until(recoveryMs, acknowledge, () => this.settlement.isReached() && this.timed.flaps.isCalm());
    // One for every two intervals, whatever pause the last storm has left behind.
    const fewest = (this.scheduler.clock.now() - beganAt) / (2 * SETTINGS.sweepIntervalMs);
    must(
      this.settlement.sweeps >= Math.floor(fewest),
      `only ${String(this.settlement.sweeps)} sweeps after the storms`,
    );
  }

  private async blink(blinkers: Blinkers): Promise<void> {
    this.note('blinking');
    this.isFaulty = true;
    await this.until(BLINKING_MS, () => {
      this.tell(blinkers.pass());
      if (this.scheduler.chance(KILL)) this.killOne();
      if (this.scheduler.chance(FREEZE)) this.freeze(this.scheduler.pick(this.processes));
      return null;
    });
    await this.calm();
  }

  /** Until then a bot that was switched off just as it was activated may look misreported; without one all is well already. */
  private async anHourLater(): Promise<void> {
    const { connectionIds } = this.population;
    const marked = await Promise.all(connectionIds.map((id) => this.world.voiceLinkConnections.misreportedBots(id)));
    if (marked.some(({ size }) => size > 0)) {
      this.note('an hour later');
      await this.scheduler.clock.advance(HOUR_MS);
      this.settlement.upset();
      const beganAt = this.scheduler.clock.now();
      await this.until(
        RECOVERY_MS,
        () => null,
        () => this.settlement.isReached(beganAt),
      );
    }
    this.settlement.mustHaveConverged();
  }

  private async peace(): Promise<void> {
    this.note('peace');
    const [writes, events] = [this.world.writes.length, this.world.events.length];
    await this.until(PEACE_MS, () => null);
    must(this.world.writes.length === writes, 'a world in order is written to');
    must(
      this.world.events.length === events,
      `a world in order has news: ${JSON.stringify(this.world.events.at(-1)?.data)}`,
    );
    this.settlement.mustHaveConverged();
  }

  /** `each` comes before every step; null: it has nothing to wait for. Ends sooner once `isOver`. */
  private async until(ms: number, each: () => Promise<void> | null, isOver = (): boolean => false): Promise<void> {
    const end = this.scheduler.clock.now() + ms;
    while (this.scheduler.clock.now() < end && !isOver()) {
      const meanwhile = each();
      if (meanwhile !== null) await meanwhile;
      this.history.observe();
      await this.scheduler.step();
      this.steps += 1;
      this.history.observe();
      if (this.world.events.length > this.eventsSeen) this.checkEvents();
      if (!this.isFaulty) this.timed.mustBeInTime();
      if (this.violation !== null) throw this.violation;
      must(this.steps < MOST_STEPS, 'too many steps: something runs in circles');
    }
  }

  private checkEvents(): void {
    this.eventsSeen = this.world.events.length;
    this.check(() => {
      this.invariants.events(this.world.events);
      this.oneAnswers.events(this.world.events);
      this.timed.events(this.world.events);
    });
  }

  private process(): SimProcess {
    this.owners += 1;
    const owner = `process-${String(this.owners)}`;
    const process: SimProcess = new SimProcess(
      {
        scheduler: this.scheduler,
        world: this.world,
        upstream: this.upstream,
        settings: this.settings,
        limits: LIMITS,
        wakesOnTime: this.rivals !== null || this.steerers !== null,
        onBreaker: (of, { to, forMs }) => {
          this.settlement.breaker(of, to !== 'closed');
          this.note(`${of} breaker ${to} for ${String(forMs)} ms`);
        },
        bindingQueue: watchedBindingQueue(
          this.world,
          (epoch, key) => {
            this.claimedAt.set(epoch, this.steps);
            this.timed.claimed(epoch, key);
          },
          (key, outcome) => {
            this.timed.completed(key, outcome);
          },
        ),
        sweepQueue: watchedSweepQueue(this.world.sweepQueue, (id) => {
          this.settlement.handedBack(id);
        }),
        connections: watchedConnections(this.world.voiceLinkConnections, (id, reason) => {
          this.note(`held: ${reason}`);
          this.rulesOf(id).hold.held(this.steps);
          this.rulesOf(id).impact.held();
        }),
        keyStates: this.keyStates(),
        listMemories: watchedListMemories(this.world.listMemories, (section, memory) => {
          this.listWeather?.remembers(section, memory);
          if (section === 'bots') this.keptBots.remembers(memory, this.scheduler.clock.now());
        }),
        journal: this.journal(() => {
          this.freeze(process);
        }),
        observer: tellingObserver(owner, this.settlement, (what) => {
          this.note(what);
        }),
        broker: this.broker,
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

  private killOne(): void {
    const index = this.scheduler.between(0, this.processes.length - 1);
    const killed = this.processes[index];
    this.note(`kill ${String(killed?.owner)}`);
    killed?.kill();
    this.settlement.breaker(killed?.owner ?? '', false);
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
    for (const id of this.population.connectionIds) {
      if ((await isUntrueHold(this.world, this.upstream, id)) || !(await this.world.acknowledgeHold(id))) continue;
      this.note('hold acknowledged');
      const { hold, impact } = this.rulesOf(id);
      hold.held(null);
      impact.acknowledged(this.scheduler.clock.now());
    }
  }

  private rulesOf(id: ConnectionId): { readonly hold: HoldRule; readonly impact: ImpactRule } {
    const rules = this.rules.get(id) ?? { hold: new HoldRule(), impact: new ImpactRule(this.settings.guard) };
    this.rules.set(id, rules);
    return rules;
  }

  private journal(freeze: () => void): EngineDeps['journal'] {
    return watchedJournal(this.world, {
      begins: async (intent, epoch) => {
        await this.timed.begins(intent, epoch).catch((found: unknown) => (this.violation ??= found as Error));
        this.check(() => {
          this.rulesOf(intent.connectionId).hold.begins(intent, this.claimedAt.get(epoch) ?? 0);
        });
      },
      begun: () => {
        if (this.isFaulty && this.scheduler.chance(0.05)) freeze();
      },
      proven: (write) => {
        this.unlearnt.proven(write);
      },
    });
  }

  private keyStates(): EngineDeps['keyStates'] {
    const { world, population, truth, invariants, unlearnt, takenBack } = this;
    return watchedKeyStates({
      ...{ world, population, truth, invariants, unlearnt, takenBack },
      impactOf: (id) => this.rulesOf(id).impact,
      check: (check) => {
        this.check(check);
      },
      note: (what) => {
        this.note(what);
      },
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

  private tell(news: string | null): void {
    if (news !== null) this.note(news);
  }

  private note(what: string): void {
    this.lines.push(`${String(this.scheduler.clock.now() % 10_000_000)} ${what}`);
  }
}

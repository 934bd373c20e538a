import {
  type BreakerChange,
  Engine,
  type EngineDeps,
  type EngineObserver,
  EventRelay,
  type EngineSettings,
  LeaderElection,
  UpstreamGate,
  type UpstreamLimits,
  type VoiceLinkAccount,
  WorkLoop,
} from '@dialtone/engine';
import { gatedAccount, type InMemoryWorld } from '@dialtone/testing';
import type { SimBroker } from './sim-broker';
import type { Party, Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

/** Chance that one call of a store fails, in half of the cases after its effect. */
const STORE_FAULT = 0.004;
const POLL_MS = 1_500;
/** Small, so that a batch ends before the log does. */
const RELAY_BATCH = 5;
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Calls after which a process acts without another call of a store: it sends something, or looks at the clock. After all others
 * the next call waits for a turn of its own, and a second one in between would tell nothing more.
 */
const FOLLOWED_BY_ACTS: ReadonlySet<PropertyKey> = new Set(['begin', 'take', 'read']);

/** Calls that only ask. As often as not they follow at once on what the process did before. */
const QUESTIONS: ReadonlySet<PropertyKey> = new Set([
  ...['time', 'recall', 'find', 'byConnection', 'load', 'loadOne', 'summary', 'misreportedBots', 'sharedAccount'],
  'steering',
  ...['recent', 'unresolved', 'unresolvedOfKey', 'unresolvedRequests'],
]);
const AT_ONCE = 0.5;

export interface ProcessParts {
  readonly scheduler: Scheduler;
  readonly world: InMemoryWorld;
  readonly upstream: SimUpstream;
  readonly settings: EngineSettings;
  readonly limits: UpstreamLimits;
  /** An idle loop asks when the next declaration is due; without that it waits for its next poll. */
  readonly wakesOnTime: boolean;
  /** Watched forms of the world's own. */
  readonly bindingQueue: EngineDeps['bindingQueue'];
  readonly sweepQueue: EngineDeps['sweepQueue'];
  readonly connections: EngineDeps['connections'];
  readonly keyStates: EngineDeps['keyStates'];
  readonly journal: EngineDeps['journal'];
  readonly listMemories: EngineDeps['listMemories'];
  readonly observer: EngineObserver;
  /** Null: the process relays no events. */
  readonly broker: SimBroker | null;
  readonly onBreaker: (owner: string, change: BreakerChange) => void;
  readonly isFaulty: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** A reconciler process: the engine and its two loops. At every await on a port it may lose its turn, or be killed. */
export class SimProcess implements Party {
  isFrozen = false;
  private isDead = false;

  constructor(
    private readonly parts: ProcessParts,
    readonly owner: string,
  ) {}

  start(): void {
    const engine = this.engine();
    const { onError } = this.parts;
    const options = { clock: this.clock(), pollMs: POLL_MS, onError };
    const reconciles = new WorkLoop(
      async (room) => (await engine.claim(room)).map((claimed) => engine.reconcile(claimed)),
      {
        ...options,
        concurrency: 3,
        ...(this.parts.wakesOnTime && { nextDueInMs: () => engine.nextDueInMs() }),
      },
    );
    const sweeps = new WorkLoop(
      async () => {
        const claimed = await engine.claimSweep();
        return claimed === null ? [] : [engine.sweep(claimed)];
      },
      { ...options, concurrency: 1 },
    );
    const forever = new AbortController().signal;
    reconciles.run(forever).catch(onError);
    if (this.parts.settings.flapping.returns > 0) this.calm(engine, forever);
    sweeps.run(forever).catch(onError);
    if (this.parts.broker !== null) this.relay(this.parts.broker, forever);
  }

  /** kill -9: all its work stops; requests on their way to VoiceLink go on. */
  kill(): void {
    this.isDead = true;
    this.parts.scheduler.abandon(this);
  }

  private calm(engine: Engine, forever: AbortSignal): void {
    const { onError } = this.parts;
    const take = async (): Promise<Promise<unknown>[]> => {
      await engine.endFlapping();
      return [];
    };
    const nextDueInMs = (): Promise<number | null> => engine.nextFlapEndInMs();
    const options = { clock: this.clock(), concurrency: 1, pollMs: POLL_MS, nextDueInMs, onError };
    new WorkLoop(take, options).run(forever).catch(onError);
  }

  private relay(broker: SimBroker, forever: AbortSignal): void {
    const { world, settings, onError } = this.parts;
    const clock = this.clock();
    const log = this.stored(world.eventLog);
    const deps = { leases: this.stored(world.leases), clock, owner: this.owner, ttlMs: settings.leaseTtlMs };
    const election = new LeaderElection(deps, 'relay');
    election.run(forever).catch(onError);
    new EventRelay({
      name: 'broker',
      source: log,
      cursors: log,
      publisher: this.overTheWire({
        connected: true,
        publish: (events: Parameters<SimBroker['publish']>[0]) => broker.publish(events),
        probe: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
      clock,
      logger: SILENT,
      isLeader: () => election.isLeader,
      batchSize: RELAY_BATCH,
      pollMs: POLL_MS,
      backoff: settings.backoff,
    }).start(forever);
  }

  private engine(): Engine {
    const { world, settings, observer } = this.parts;
    return new Engine({
      accounts: this.accounts(),
      bindingQueue: this.stored(this.parts.bindingQueue),
      sweepQueue: this.stored(this.parts.sweepQueue),
      connections: this.stored(this.parts.connections),
      keyStates: this.stored(this.parts.keyStates),
      phoneNumbers: this.stored(world.phoneNumbers),
      journal: this.stored(this.parts.journal),
      leases: this.stored(world.leases),
      listMemories: this.stored(this.parts.listMemories),
      storeClock: this.stored(world.storeClock),
      clock: this.clock(),
      observer,
      settings,
      owner: this.owner,
    });
  }

  /** The same object for the same lane, as the port says: what an engine remembers goes by it. */
  private accounts(): EngineDeps['accounts'] {
    const gate = this.gate();
    const account = this.overTheWire(this.parts.upstream);
    const opened = new Map<string, VoiceLinkAccount>();
    return {
      open: (connectionId, lane) => {
        const place = `${connectionId}/${lane}`;
        const known = opened.get(place) ?? gatedAccount(account, gate, lane);
        opened.set(place, known);
        return Promise.resolve(known);
      },
    };
  }

  /** Each process has its own breaker; all share the budget. */
  private gate(): UpstreamGate {
    const { world, limits, observer } = this.parts;
    return new UpstreamGate({
      credential: 'reseller',
      budget: this.stored(world.rateBudget),
      limits,
      clock: this.clock(),
      observer: {
        waited: () => undefined,
        throttled: () => undefined,
        breakerChanged: (change) => {
          this.parts.onBreaker(this.owner, change);
        },
        failed: ({ error }) => {
          observer.failed({ where: 'queue', error });
        },
      },
    });
  }

  private clock(): EngineDeps['clock'] {
    const { scheduler } = this.parts;
    return {
      now: () => scheduler.clock.now(),
      random: () => scheduler.random(),
      nextTurn: () => this.turn(),
      // What is done after waking begins with a call, and so with a turn.
      sleep: (ms, signal) => scheduler.clock.sleep(ms, signal).then(() => (this.isDead ? forever() : undefined)),
    };
  }

  private turn(): Promise<void> {
    return this.isDead ? forever() : this.parts.scheduler.checkpoint(this);
  }

  private stored<T extends object>(port: T): T {
    return this.around(port, async (call, name) => {
      if (!QUESTIONS.has(name) || !this.parts.scheduler.chance(AT_ONCE)) await this.turn();
      const draw = this.parts.isFaulty() ? this.parts.scheduler.random() : 1;
      if (draw < STORE_FAULT / 2) throw new Error('store away');
      const result = await call();
      if (FOLLOWED_BY_ACTS.has(name)) await this.turn();
      // Once the calm has begun, an error is a real one.
      if (draw < STORE_FAULT && this.parts.isFaulty()) throw new Error('store away after the commit');
      return result;
    });
  }

  /** A request leaves at once: between the decision to send and the wire there is no await. What follows begins with a turn. */
  private overTheWire<T extends object>(port: T): T {
    return this.around(port, async (call) => {
      const result = await call();
      return this.isDead ? forever() : result;
    });
  }

  private around<T extends object>(
    port: T,
    around: (call: () => Promise<unknown>, name: PropertyKey) => Promise<unknown>,
  ): T {
    const calls = new Map<PropertyKey, unknown>();
    return new Proxy(port, {
      get: (_, name) => {
        const known = calls.get(name);
        if (known !== undefined) return known;
        const value: unknown = Reflect.get(port, name, port);
        if (typeof value !== 'function') return value;
        const call = (...args: unknown[]) => around(() => Reflect.apply(value, port, args) as Promise<unknown>, name);
        calls.set(name, call);
        return call;
      },
    });
  }
}

/** A new promise each time: a shared one would retain everything that ever waited for it. */
const forever = (): Promise<never> => new Promise(() => undefined);

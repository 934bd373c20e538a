import {
  canonicalKey,
  type AgentId,
  type Binding,
  type BindingSpec,
  type ConnectionId,
  type DidKey,
  type PartnerId,
} from '@dialtone/domain';
import {
  Engine,
  type EngineDeps,
  type EngineObserver,
  type EngineSettings,
  type Outcome,
  Provisioner,
  type StoredKey,
  type SweepableConnection,
  type VoiceLinkAccount,
} from '@dialtone/engine';
import { ManualClock } from '../clock';
import { InMemoryWorld } from '../stores/in-memory-world';
import { InMemoryVoiceLink } from '../voicelink/in-memory-voicelink';
import type { StoredDid } from '../voicelink/remote-records';
import type { RemoteWorld } from '../voicelink/remote-world';

/** The WebSocket URL of the bots that a fixture's engine creates. */
export const FIXTURE_WEBSOCKET_URL = 'wss://bots.dialtone.test/ws';

/** Times that keep the order of real ones: verify < lease < in doubt < sweep < resync. */
export const FIXTURE_SETTINGS: EngineSettings = {
  defaultWebsocketUrl: FIXTURE_WEBSOCKET_URL,
  resyncMs: 600_000,
  sweepIntervalMs: 60_000,
  leaseTtlMs: 9_000,
  inDoubtMs: 20_000,
  staleReadsMs: 15_000,
  backoff: { baseMs: 100, capMs: 5_000 },
  verify: { attempts: 3, delayMs: 200 },
  guard: { minimum: 10, percent: 1 },
  losses: { percent: 10, believedAfterMs: 300_000 },
  mode: 'enforce',
  contest: { repairs: 5, windowMs: 3_600_000 },
  flapping: { returns: 6, windowMs: 1_200_000 },
  dryRun: false,
  narrowAboveRows: 1_000,
};

type Told = { readonly [K in keyof EngineObserver]: Parameters<EngineObserver[K]>[0][] };

/** Ports and settings that replace the fixture's own. */
type FixtureOverrides = Partial<Omit<EngineDeps, 'settings'>> & {
  readonly settings?: Partial<EngineSettings>;
  readonly account?: VoiceLinkAccount;
};

/** One engine over stateful fakes of all its ports, with time in the test's hands. */
export class EngineFixture {
  readonly told: Told = { reconciled: [], stepTaken: [], swept: [], failed: [] };

  readonly connectionId: ConnectionId;
  readonly partnerId: PartnerId;

  private constructor(
    readonly world: InMemoryWorld,
    readonly upstream: InMemoryVoiceLink,
    connection: SweepableConnection,
    readonly agentId: AgentId,
  ) {
    this.connectionId = connection.id;
    this.partnerId = connection.partnerId;
  }

  static async make(): Promise<EngineFixture> {
    const clock = new ManualClock();
    const world = new InMemoryWorld(clock);
    const upstream = new InMemoryVoiceLink({ now: () => clock.now() });
    const connection = await world.connection();
    return new EngineFixture(world, upstream, connection, await world.agent(connection.partnerId));
  }

  get clock(): ManualClock {
    return this.world.clock;
  }

  get remote(): RemoteWorld {
    return this.upstream.world;
  }

  /** A further engine over the same world, as another process would have it. */
  engine(overrides: FixtureOverrides = {}): Engine {
    return new Engine(this.deps(overrides));
  }

  /** A provisioner over the same world, as the gateway would have it. */
  provisioner(overrides: FixtureOverrides = {}): Provisioner {
    return new Provisioner(this.deps({ owner: 'gateway', ...overrides }));
  }

  private deps({ settings, account = this.upstream, ...deps }: FixtureOverrides): EngineDeps {
    const { world } = this;
    return {
      accounts: { open: () => Promise.resolve(account) },
      bindingQueue: world.bindingQueue,
      sweepQueue: world.sweepQueue,
      connections: world.voiceLinkConnections,
      keyStates: world.keyStates,
      phoneNumbers: world.phoneNumbers,
      journal: world.journal,
      leases: world.leases,
      listMemories: world.listMemories,
      storeClock: world.storeClock,
      clock: world.clock,
      observer: this.observer(),
      owner: 'one',
      ...deps,
      settings: { ...FIXTURE_SETTINGS, ...settings },
    };
  }

  /** A purchased DID. */
  did(number: string, fields: Partial<Omit<StoredDid, 'didId' | 'number'>> = {}): StoredDid & { readonly key: DidKey } {
    const key = canonicalKey(number);
    if (key === null) throw new Error(`${number} is not a phone number`);
    return { ...this.remote.addDid(number, fields), key };
  }

  declare(key: DidKey, spec: Partial<BindingSpec> = {}): Promise<Binding> {
    const none = { clientId: null, botName: null, websocketUrl: null } as const;
    const base = { agentId: this.agentId, ...none, mode: 'enforce', release: 'keep' } as const;
    return this.world.declare({ connectionId: this.connectionId, key, spec: { ...base, ...spec } });
  }

  async stored(key: DidKey): Promise<StoredKey> {
    const stored = await this.world.keyStates.loadOne(this.connectionId, key);
    if (stored === null) throw new Error(`nothing is stored of ${key}`);
    return stored;
  }

  /** Awaits work that sleeps on the manual clock, and advances the clock as needed. */
  async drive<T>(work: Promise<T>): Promise<T> {
    const running = new Set([work]);
    const end = (): boolean => running.delete(work);
    work.then(end, end);
    for (;;) {
      await this.clock.settle();
      if (running.size === 0) return work;
      const next = this.clock.nextWakeAt();
      if (next === null) throw new Error('The work waits for something that never happens');
      await this.clock.advance(Math.max(0, next - this.clock.now()));
    }
  }

  /** Reconciles all that is due, at the same time; the outcomes by key. */
  async reconcile(engine: Engine, limit = 100): Promise<ReadonlyMap<DidKey, Outcome>> {
    const claimed = await engine.claim(limit);
    const outcomes = await this.drive(
      Promise.all(claimed.map(async (one) => [one.binding.key, await engine.reconcile(one)] as const)),
    );
    return new Map(outcomes);
  }

  /** Makes one key due and reconciles what is due. */
  async reconcileKey(engine: Engine, key: DidKey): Promise<Outcome> {
    await this.world.trigger(this.connectionId, key);
    const outcome = (await this.reconcile(engine)).get(key);
    if (outcome === undefined) throw new Error(`${key} could not be claimed`);
    return outcome;
  }

  /** Makes the sweep due and sweeps. */
  async sweep(engine: Engine): Promise<void> {
    await this.world.trigger(this.connectionId, null);
    if (!(await this.drive(engine.sweepOnce()))) throw new Error('The sweep could not be claimed');
  }

  /** Runs the engine's due work for `ms`. */
  async run(engine: Engine, ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() <= end) {
      await this.drive(engine.sweepOnce());
      await this.reconcile(engine);
      const next = await this.world.bindingQueue.nextDueInMs();
      await this.clock.advance(Math.max(10, Math.min(next ?? 1_000, 1_000)));
    }
  }

  /** Types of a key's events about readiness or drift, in order. */
  eventTypes(key: DidKey): readonly string[] {
    return this.world.events.filter((event) => event.key === key).map((event) => event.type);
  }

  private observer(): EngineObserver {
    const { told } = this;
    return {
      reconciled: (event) => told.reconciled.push(event),
      stepTaken: (event) => told.stepTaken.push(event),
      swept: (event) => told.swept.push(event),
      failed: (event) => told.failed.push(event),
    };
  }
}

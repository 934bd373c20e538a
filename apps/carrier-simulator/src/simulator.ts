import { CallLives } from './calls/call-lives';
import { Outbox } from './calls/outbox';
import { SimClock, type ClockMode } from './clock';
import { Faults } from './faults/faults';
import { Log, type Delivery, type JournalEntry } from './journal';
import { DEFAULT_LIFE, type LifeOptions } from './life-options';
import { ENDPOINT_NAMES } from './wire/router';
import { Ids } from './world/ids';
import { PROVIDERS } from './world/provider';
import { seedAccount } from './world/seed-accounts';
import { World } from './world/world';

export interface SimulatorData {
  /** Whole number ≥ 0. */
  readonly seed: number;
  /** Phone numbers of each account. */
  readonly numbers: number;
  readonly clock: ClockMode;
}

/** All simulated carriers without HTTP: accounts, calls and their clock, faults, and what was received and sent. */
export class Simulator {
  world: World;
  faults = new Faults(ENDPOINT_NAMES);
  clock: SimClock;
  options: LifeOptions;
  readonly journal = new Log<JournalEntry>();
  readonly deliveries = new Log<Delivery>();
  /** Requests received per endpoint, reads included. */
  readonly requests = new Map<string, number>();
  readonly outbox: Outbox;
  readonly lives: CallLives;

  constructor(
    private data: SimulatorData,
    private readonly initial: Partial<LifeOptions> = {},
  ) {
    this.world = seedWorld(data);
    this.clock = new SimClock(data.clock);
    this.options = { ...DEFAULT_LIFE, ...initial };
    const [world, faults, clock] = [(): World => this.world, (): Faults => this.faults, (): SimClock => this.clock];
    this.outbox = new Outbox({ world, faults, clock, log: this.deliveries });
    this.lives = new CallLives({ world, clock, options: () => this.options, outbox: this.outbox });
  }

  get seeded(): SimulatorData {
    return this.data;
  }

  /** Resets to the state after a start: fresh accounts, no calls, no faults, the start's options, empty journals. */
  reset(data: Partial<SimulatorData> = {}): void {
    this.data = { ...this.data, ...data };
    this.stop();
    this.world = seedWorld(this.data);
    this.clock = new SimClock(this.data.clock);
    this.options = { ...DEFAULT_LIFE, ...this.initial };
    this.faults = new Faults(ENDPOINT_NAMES);
    this.clearJournals();
  }

  /** Moves the clock, and waits for what that brings about. */
  async advance(ms: number): Promise<void> {
    await this.outbox.idle();
    await this.clock.advance(ms, () => this.outbox.idle());
    await this.outbox.idle();
  }

  countRequest(endpoint: string): void {
    this.requests.set(endpoint, (this.requests.get(endpoint) ?? 0) + 1);
  }

  clearJournals(): void {
    this.journal.clear();
    this.deliveries.clear();
    this.requests.clear();
  }

  /** Calls go no further. */
  stop(): void {
    this.clock.stop();
  }
}

const seedWorld = ({ seed, numbers }: SimulatorData): World => {
  const world = new World(new Ids(seed));
  for (const provider of PROVIDERS) world.addAccount(seedAccount(world.ids, provider, numbers));
  return world;
};

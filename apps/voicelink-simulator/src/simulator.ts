import { defaultBehaviour, type Behaviour } from './world/behaviour';
import { Prng } from './world/prng';
import { seedWorld } from './world/seed-world';
import { World } from './world/world';
import { Faults } from './upstream/faults';
import { Journal } from './upstream/journal';
import { Sessions } from './upstream/sessions';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface SimulatorData {
  /** Whole number ≥ 0. */
  readonly seed: number;
  /** Number of purchased DIDs. */
  readonly dids: number;
}

/** Everything one simulated VoiceLink consists of, without HTTP: the account, its quirks, the faults and the record of calls. */
export class Simulator {
  world: World;
  behaviour: Behaviour;
  faults: Faults;
  readonly journal = new Journal();
  readonly sessions = new Sessions(Date.now);
  /** Calls received per endpoint, reads included. */
  readonly calls = new Map<string, number>();

  constructor(
    readonly credentials: Credentials,
    private data: SimulatorData,
    private readonly initial: Partial<Behaviour> = {},
  ) {
    this.world = seedWorld(data.seed, data.dids);
    this.behaviour = { ...defaultBehaviour(), ...initial };
    this.faults = new Faults(new Prng(data.seed));
  }

  get seeded(): SimulatorData {
    return this.data;
  }

  /** Resets to the state after a start: fresh data, no faults, the start's options, empty journal and counts. Tokens stay valid. */
  reset(data: Partial<SimulatorData>): void {
    this.data = { ...this.data, ...data };
    this.world = seedWorld(this.data.seed, this.data.dids);
    this.behaviour = { ...defaultBehaviour(), ...this.initial };
    this.faults = new Faults(new Prng(this.data.seed));
    this.journal.clear();
    this.calls.clear();
  }

  /** Empties the account; only its channels stay. */
  removeAll(): void {
    const { channelPool } = this.world;
    this.world = World.empty();
    this.world.channelPool = channelPool;
  }

  countCall(endpoint: string): void {
    this.calls.set(endpoint, (this.calls.get(endpoint) ?? 0) + 1);
  }
}

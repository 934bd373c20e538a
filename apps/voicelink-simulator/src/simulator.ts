import { defaultBehaviour, type Behaviour } from './world/behaviour';
import { Prng } from './world/prng';
import { seedWorld } from './world/seed-world';
import { World } from './world/world';
import { Faults } from './upstream/faults';
import { Journal } from './upstream/journal';
import { Replica } from './upstream/replica';
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
  behaviour: Behaviour;
  faults: Faults;
  private current!: World;
  private readonly replica = new Replica(() => Date.now());
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

  get world(): World {
    return this.current;
  }

  set world(world: World) {
    world.beforeChange = () => {
      this.replica.changing(world, this.faults.longestStaleness);
    };
    this.current = world;
  }

  /** The account as it was so long ago, at the earliest when the first fault that needs it was injected. */
  worldBefore(ms: number): World {
    return this.replica.before(ms) ?? this.current;
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
    this.replica.clear();
    this.journal.clear();
    this.calls.clear();
  }

  /** Empties the account; only its channels stay. */
  removeAll(): void {
    const { channelPool, beforeChange } = this.world;
    beforeChange();
    this.world = World.empty();
    this.world.channelPool = channelPool;
  }

  countCall(endpoint: string): void {
    this.calls.set(endpoint, (this.calls.get(endpoint) ?? 0) + 1);
  }
}

import { World, type WorldDump } from '../world/world';

interface Version {
  readonly dump: WorldDump;
  /** Of the change that ended it, epoch ms. */
  readonly until: number;
  /** Made of the dump when a list is first read from it. */
  world: World | null;
}

/** An account as it was some time ago, which a replica of VoiceLink's database that lags behind still shows. */
export class Replica {
  private versions: Version[] = [];

  constructor(private readonly now: () => number) {}

  /** Before a change. With `keepMs` 0 nothing is kept, since no list is read from the past. */
  changing(world: World, keepMs: number): void {
    if (keepMs === 0) {
      this.clear();
      return;
    }
    const now = this.now();
    this.versions = this.versions.filter(({ until }) => until > now - keepMs);
    // Changes of one millisecond are one: what was between them no list can show.
    if (this.versions.at(-1)?.until !== now) this.versions.push({ dump: world.dump(), until: now, world: null });
  }

  /** Null: nothing has changed since, or it is not known what was then. */
  before(ms: number): World | null {
    const at = this.now() - ms;
    const version = this.versions.find(({ until }) => until > at);
    return version === undefined ? null : (version.world ??= World.restore(version.dump));
  }

  clear(): void {
    this.versions = [];
  }
}

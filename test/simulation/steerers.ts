import type { PartnerId, Pause } from '@dialtone/domain';
import type { InMemoryWorld } from '@dialtone/testing';
import type { Population } from './population';
import type { Scheduler } from './scheduler';
import type { Season } from './seasons';

/** Chances per step. */
const PAUSES = 0.01;
const ENDS = 0.005;
const LONGEST_MS = 30_000;

/** A partner that pauses repairs, of a number, a connection or everything, and has a maintenance window. */
export class Steerers {
  readonly pauses: Pause[] = [];
  private partnerId: PartnerId | null = null;
  private isOver = false;

  constructor(
    readonly season: Season,
    private readonly parts: {
      readonly scheduler: Scheduler;
      readonly world: InMemoryWorld;
      readonly population: Population;
    },
  ) {}

  async begin(): Promise<void> {
    const { world, population } = this.parts;
    for (const id of population.connectionIds) {
      world.steering.setWindows(id, [this.season.window]);
      this.partnerId ??= (await world.voiceLinkConnections.find(id))?.partnerId ?? null;
    }
  }

  /** Does something, and says what; null: nothing. */
  pass(): string | null {
    const { scheduler } = this.parts;
    if (this.isOver) return null;
    if (scheduler.chance(PAUSES)) return this.pause();
    return scheduler.chance(ENDS) ? this.resume() : null;
  }

  /** What stands ends by itself. */
  end(): void {
    this.isOver = true;
  }

  private pause(): string | null {
    const { scheduler, world, population } = this.parts;
    const key = scheduler.pick([...population.declared.keys(), null]);
    const connectionId = scheduler.pick([...population.connectionIds, null]);
    if (this.partnerId === null) return null;
    const forMs = scheduler.between(1_000, LONGEST_MS);
    this.pauses.push(world.steering.pause(this.partnerId, { connectionId, key }, forMs));
    return `pause of ${key ?? 'all'} for ${String(forMs)} ms`;
  }

  private resume(): string | null {
    const pause = this.parts.scheduler.pick(this.pauses);
    if (pause === null) return null;
    this.parts.world.steering.endPause(pause);
    this.pauses.splice(this.pauses.indexOf(pause), 1);
    return `pause of ${pause.key ?? 'all'} ends`;
  }
}

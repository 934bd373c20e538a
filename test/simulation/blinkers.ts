import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

/** Between two looks of the other program; some are faster than sweeps, and some slower than repairs. */
const LOOKS_MS = { least: 200, most: 3_000 };

/** For how long. */
export const BLINKING_MS = 60_000;

/** Another program that sets the records of a few numbers that are in order back, again and again. */
export class Blinkers {
  private nextAt = 0;
  private didIds: readonly number[] = [];

  constructor(private readonly parts: { readonly scheduler: Scheduler; readonly upstream: SimUpstream }) {}

  meet(didIds: readonly number[]): void {
    this.didIds = didIds;
  }

  /** Does something, and says what; null: nothing. */
  pass(): string | null {
    const { scheduler, upstream } = this.parts;
    const now = scheduler.clock.now();
    if (now < this.nextAt) return null;
    this.nextAt = now + scheduler.between(LOOKS_MS.least, LOOKS_MS.most);
    const didId = scheduler.pick(this.didIds);
    if (didId === null || upstream.world.routings.get(didId)?.forOutboundCall !== 3) return null;
    upstream.edit((remote) => {
      remote.editRouting(didId, { forOutboundCall: 4, outboundBotId: null });
    });
    return `blinks: routing of DID ${String(didId)} is set back`;
  }
}

/** Null: a run has none. */
export const blinkersOf = (
  { blinks }: { readonly blinks?: boolean },
  parts: ConstructorParameters<typeof Blinkers>[0],
): Blinkers | null => (blinks === true ? new Blinkers(parts) : null);

import type { Scheduler } from './scheduler';

/** Chance per step that one begins; a run has about one or two. */
const BEGINS = 0.013;
const LASTS_MS = [2_000, 25_000] as const;

/** Things that begin by chance and end by themselves. */
export class Spells<What> {
  private begun: readonly { readonly what: What; readonly until: number }[] = [];

  constructor(private readonly scheduler: Scheduler) {}

  get current(): readonly What[] {
    return this.begun.map(({ what }) => what);
  }

  /** Ends what is over; and now and then begins what is drawn, which is returned. */
  pass(draw: () => What | null): What | null {
    const { scheduler } = this;
    const now = scheduler.clock.now();
    if (this.begun.some(({ until }) => now >= until)) this.begun = this.begun.filter(({ until }) => now < until);
    const what = scheduler.chance(BEGINS) ? draw() : null;
    if (what !== null) this.begun = [...this.begun, { what, until: now + scheduler.between(...LASTS_MS) }];
    return what;
  }

  end(): void {
    this.begun = [];
  }
}

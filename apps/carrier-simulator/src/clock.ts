interface Due {
  readonly at: number;
  readonly work: () => void;
}

/** Who moves the time on: `live` the real clock, `manual` only `advance`. */
export type ClockMode = 'live' | 'manual';

/** The time in which calls live. It can be moved forward, so that a test need not wait for a call to end. */
export class SimClock {
  private readonly due = new Set<Due>();
  private readonly timers = new Map<Due, NodeJS.Timeout>();
  private ahead = 0;
  private readonly startedAt: number;

  /** `real`: epoch ms. */
  constructor(
    readonly mode: ClockMode,
    private readonly real: () => number = Date.now,
  ) {
    this.startedAt = real();
  }

  /** Epoch ms. */
  now(): number {
    return (this.mode === 'live' ? this.real() : this.startedAt) + this.ahead;
  }

  after(ms: number, work: () => void): void {
    const due = { at: this.now() + ms, work };
    this.due.add(due);
    this.arm(due);
  }

  /**
   * Moves on by `ms`, and does in order what falls due on the way, also what that brings about. `settled` resolves when what was
   * begun meanwhile is over: the next thing happens after that.
   */
  async advance(ms: number, settled: () => Promise<void>): Promise<void> {
    const until = this.now() + ms;
    for (let next = this.next(until); next !== undefined; next = this.next(until)) {
      this.ahead += Math.max(0, next.at - this.now());
      this.run(next);
      await settled();
    }
    this.ahead += Math.max(0, until - this.now());
    for (const due of this.due) this.arm(due);
  }

  /** Drops what is not yet due. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.due.clear();
  }

  private next(until: number): Due | undefined {
    return [...this.due].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
  }

  private arm(due: Due): void {
    if (this.mode === 'manual') return;
    clearTimeout(this.timers.get(due));
    const timer = setTimeout(
      () => {
        this.run(due);
      },
      Math.max(0, due.at - this.now()),
    );
    this.timers.set(due, timer);
  }

  private run(due: Due): void {
    clearTimeout(this.timers.get(due));
    this.timers.delete(due);
    if (this.due.delete(due)) due.work();
  }
}

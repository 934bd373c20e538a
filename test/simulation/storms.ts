import { Violation } from './invariants';
import type { Scheduler } from './scheduler';
import type { SimUpstream } from './sim-upstream';

/** Chances per step that one begins; a run has about two. */
const BEGINS = { throttle: 0.0009, outage: 0.0009 };
const LASTS_MS: Readonly<Record<'throttle' | 'outage', readonly [number, number]>> = {
  throttle: [2_000, 15_000],
  outage: [5_000, 25_000],
};

/**
 * What one process may send into a storm: what is in flight or is retried when it begins, and from then on a probe now and
 * then, or what goes out when a short Retry-After has passed. Without anything that holds it back it is four a second.
 */
const FIRST_REQUESTS = 12;
const REQUESTS_PER_SECOND = 1;

/** Long times in which VoiceLink refuses or answers nothing, and how little it must be bothered meanwhile. */
export class Storms {
  private since = 0;
  private until = 0;
  private processes = 2;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly upstream: SimUpstream,
  ) {}

  /** Begins or ends one, and says so. */
  pass(): string | null {
    const { scheduler, upstream } = this;
    const now = scheduler.clock.now();
    if (upstream.weather !== 'fair') {
      this.judge(upstream.weather);
      if (now < this.until) return null;
      this.end();
      return 'the storm is over';
    }
    const draw = scheduler.random();
    const kind = draw < BEGINS.outage ? 'outage' : draw < BEGINS.outage + BEGINS.throttle ? 'throttle' : null;
    if (kind === null) return null;
    const ms = scheduler.between(...LASTS_MS[kind]);
    upstream.weather = kind;
    upstream.requests = 0;
    this.processes = 2;
    this.since = now;
    this.until = now + ms;
    return `${kind} for ${String(ms)} ms`;
  }

  end(): void {
    this.upstream.weather = 'fair';
  }

  /** A new process, which knows nothing of the storm. */
  joined(): void {
    this.processes += 1;
  }

  private judge(weather: string): void {
    const seconds = (this.scheduler.clock.now() - this.since) / 1_000;
    const most = this.processes * (FIRST_REQUESTS + REQUESTS_PER_SECOND * seconds);
    if (this.upstream.requests > most) {
      const found = `${String(this.upstream.requests)} requests in ${seconds.toFixed(1)} s of ${weather}`;
      throw new Violation(found);
    }
  }
}

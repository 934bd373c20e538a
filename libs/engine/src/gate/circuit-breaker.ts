import { backoffMs } from '../loops/backoff';
import type { Clock } from '../ports/clock';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Told once per change of state, not per request. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** How long nothing is sent; 0 unless it opened. */
  readonly forMs: number;
}

/** How one admitted request ended, null when it was not sent after all; to be called exactly once. */
export type Verdict = (answered: boolean | null) => void;

export type Admission =
  | { readonly kind: 'admitted'; readonly settle: Verdict }
  /** Nothing may be sent for about so long. */
  | { readonly kind: 'open'; readonly forMs: number }
  /** One request is finding out; `ended` resolves when it has. */
  | { readonly kind: 'probing'; readonly ended: Promise<void> };

/** Requests in a row without an answer that open it: more than one request with its retries. */
export const FAILURES_TO_OPEN = 5;
/** They must be to so many endpoints: one list that is broken is no reason not to read the others. */
export const ENDPOINTS_TO_OPEN = 3;
/** To whatever endpoints: when only one is used, nothing else can tell. */
export const FAILURES_OF_FEW_TO_OPEN = 20;
/** How long it opens: some 5 s at first, and twice as long after every probe that failed. */
const OPEN = { baseMs: 6_250, capMs: 75_000 };

/**
 * Keeps requests from a server that does not answer.
 *
 * Closed: everything is sent; FAILURES_TO_OPEN requests in a row without an answer, to ENDPOINTS_TO_OPEN endpoints, open it.
 * Open: nothing is sent, for a time with jitter, so that many processes do not probe together. Half-open: one request is sent,
 * and its end closes or opens it again. What was sent before a change of state does not count after it.
 */
export class CircuitBreaker {
  private state: BreakerState = 'closed';
  private failures = 0;
  private readonly failing = new Set<string>();
  private openings = 0;
  private until = 0;
  private round = 0;
  private probe: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'random'>,
    private readonly onChange: (change: BreakerChange) => void,
  ) {}

  /** Milliseconds for which nothing will be sent; 0 when the next request may be. */
  openForMs(): number {
    return this.state === 'open' ? Math.max(0, this.until - this.clock.now()) : 0;
  }

  /** What is not admitted must not be sent; what is admitted must be sent at once, and settled. */
  admit(endpoint: string): Admission {
    switch (this.state) {
      case 'closed':
        return { kind: 'admitted', settle: this.verdictOf(endpoint) };
      case 'half_open':
        return { kind: 'probing', ended: this.probe };
      case 'open': {
        const forMs = this.openForMs();
        return forMs > 0 ? { kind: 'open', forMs } : this.beginProbe(endpoint);
      }
    }
  }

  /** Forgets everything, for example because no account uses it any more. */
  reset(): void {
    this.openings = 0;
    this.become('closed');
  }

  private beginProbe(endpoint: string): Admission {
    this.become('half_open');
    const verdict = this.verdictOf(endpoint);
    let ended = (): void => undefined;
    this.probe = new Promise((resolve) => {
      ended = resolve;
    });
    return {
      kind: 'admitted',
      settle: (answered) => {
        verdict(answered);
        ended();
      },
    };
  }

  private verdictOf(endpoint: string): Verdict {
    const { round } = this;
    return (answered) => {
      if (round === this.round) this.judge(endpoint, answered);
    };
  }

  private judge(endpoint: string, answered: boolean | null): void {
    if (answered === null) {
      // Nothing was found out: the next request is the probe.
      if (this.state === 'half_open') this.become('open');
      return;
    }
    if (answered) {
      this.forgetFailures();
      this.openings = 0;
      if (this.state !== 'closed') this.become('closed');
      return;
    }
    this.failures += 1;
    this.failing.add(endpoint);
    const isGeneral = this.failures >= FAILURES_TO_OPEN && this.failing.size >= ENDPOINTS_TO_OPEN;
    if (this.state === 'half_open' || isGeneral || this.failures >= FAILURES_OF_FEW_TO_OPEN) this.open();
  }

  private forgetFailures(): void {
    this.failures = 0;
    this.failing.clear();
  }

  private open(): void {
    this.until = this.clock.now() + backoffMs(this.openings, OPEN, this.clock.random());
    this.openings += 1;
    this.become('open');
  }

  private become(to: BreakerState): void {
    const from = this.state;
    this.state = to;
    this.round += 1;
    this.forgetFailures();
    if (from !== to) this.onChange({ from, to, forMs: this.openForMs() });
  }
}

import { BudgetQueue, type Patience } from './budget-queue';
import { CircuitBreaker, type BreakerChange, type Verdict } from './circuit-breaker';
import { backoffMs } from '../loops/backoff';
import type { Clock } from '../ports/clock';
import { RATE_LANES, type RateBudget, type RateLane } from '../ports/rate-budget';
import type { UpstreamFailure, UpstreamPause } from '../ports/upstream';

/** What an operator chooses; the same for all processes. */
export interface UpstreamLimits {
  /** Requests per second of one credential; 0: any number. */
  readonly ratePerSecond: number;
  readonly burst: number;
  /** See `writeWaitMs`. */
  readonly writeWaitMs: number;
}

/** What the gate tells its surroundings for logs and metrics; nothing is decided from it. */
export interface GateObserver {
  /** A request was let through after so long. */
  waited(event: { readonly lane: RateLane; readonly waitedMs: number }): void;
  /** A request was not sent, since its turn would have come too late. */
  throttled(event: { readonly lane: RateLane; readonly forMs: number }): void;
  breakerChanged(event: BreakerChange): void;
  /** The budget could not be asked or told. */
  failed(event: { readonly error: unknown }): void;
}

export interface UpstreamGateParts {
  /** Names the credential in the budget without giving it away. */
  readonly credential: string;
  readonly budget: RateBudget;
  readonly limits: UpstreamLimits;
  readonly clock: Clock;
  readonly observer: GateObserver;
}

export interface GatedRequest {
  readonly lane: RateLane;
  /** Which of a bounded set it goes to. */
  readonly endpoint: string;
  /** It is sent soon or not at all: others have begun to count on when it was sent. */
  readonly mutating: boolean;
  /** As many requests of its kind follow, as far as is known: the pages of one list. Default: 0. */
  readonly following?: number;
  /** Sent with a token. A login proves only that the caller knows the user name, so its answers change no shared state. */
  readonly loggedIn: boolean;
}

/** `go`: send it now and settle it with how it failed, or null; or do not send it, and abandon it. */
export type Passage =
  | {
      readonly kind: 'go';
      /** It must not be sent any more: others may count on that it was not. */
      readonly isLate: () => boolean;
      readonly settle: (failure: UpstreamFailure | null) => Promise<void>;
      readonly abandon: () => void;
    }
  | { readonly kind: 'throttled'; readonly failure: UpstreamFailure };

/** A caller waits for the answer. */
export const USER_WAIT_MS = 5_000;
/** Longer than the lane's floor takes at one request per second, so that work always gets on while its lane has a turn. */
const BACKGROUND_WAIT_MS = 10_000;
/** How long a mutating request, or a login, may wait for its turn. The in-doubt window relies on it. */
export const writeWaitMs = (requestTimeoutMs: number): number => Math.min(2_000, requestTimeoutMs);

const READ_PATIENCE: Readonly<Record<RateLane, Patience>> = {
  user: { totalMs: USER_WAIT_MS, atOnceMs: USER_WAIT_MS },
  repair: { totalMs: null, atOnceMs: BACKGROUND_WAIT_MS },
  sweep: { totalMs: null, atOnceMs: BACKGROUND_WAIT_MS },
};

/** After a 429 that does not say how long: some 1 s; doubles with every further one. */
const PENALTY = { baseMs: 1_250, capMs: 37_500 };
/** Whatever a Retry-After says: a garbled one must not switch a connection off. */
const LONGEST_PENALTY_MS = 900_000;

/**
 * What every request to one upstream account passes before it is sent: the breaker of the connection, and the budget of
 * the credential, which all processes share. A refusal costs nothing and says when to come back.
 */
export class UpstreamGate {
  private readonly breaker: CircuitBreaker;
  private readonly queues: Readonly<Record<RateLane, BudgetQueue>>;
  /** Epoch ms by lane: refused before. */
  private readonly throttledUntil: Record<RateLane, number> = { user: 0, repair: 0, sweep: 0 };
  private penalties = 0;

  constructor(private readonly parts: UpstreamGateParts) {
    this.breaker = new CircuitBreaker(parts.clock, (change) => {
      parts.observer.breakerChanged(change);
    });
    this.queues = { user: this.queueOf('user'), repair: this.queueOf('repair'), sweep: this.queueOf('sweep') };
  }

  /**
   * Waits for the turn of one request, as long as its lane is worth it. `go` must be followed by sending at once: a
   * mutating request that was let go is no later than `writeWaitMs` after it asked.
   */
  async pass(request: GatedRequest): Promise<Passage> {
    const openForMs = this.breaker.openForMs();
    if (openForMs > 0) return unanswered(openForMs);
    const { clock, observer, limits } = this.parts;
    const { lane, mutating, following = 0 } = request;
    const askedAt = clock.now();
    const deadline = mutating ? askedAt + limits.writeWaitMs : Number.POSITIVE_INFINITY;
    const patience = mutating ? { totalMs: limits.writeWaitMs, atOnceMs: limits.writeWaitMs } : READ_PATIENCE[lane];
    const refusedForMs = await this.queues[lane].enter(patience, lane === 'user' ? 0 : following);
    if (refusedForMs > 0) return this.throttled(lane, refusedForMs);
    observer.waited({ lane, waitedMs: clock.now() - askedAt });
    return this.admitted(request, deadline);
  }

  /** Why nothing of this lane would be sent at the moment, and for how long; null when it may be. */
  pause(lane: RateLane): UpstreamPause | null {
    const openForMs = this.breaker.openForMs();
    if (openForMs > 0) return { why: 'unavailable', forMs: openForMs };
    // What a higher lane does not get, a lower one does not get either.
    const higher = RATE_LANES.slice(0, RATE_LANES.indexOf(lane) + 1);
    const forMs = Math.max(...higher.map((one) => this.throttledUntil[one])) - this.parts.clock.now();
    return forMs > 0 ? { why: 'rate_limited', forMs } : null;
  }

  /** Nothing waits any more, and no caller will ask again. */
  close(): void {
    for (const lane of RATE_LANES) this.queues[lane].end();
    this.breaker.reset();
  }

  private queueOf(lane: RateLane): BudgetQueue {
    const { budget, clock, credential, limits, observer } = this.parts;
    const { ratePerSecond, burst } = limits;
    return new BudgetQueue({
      clock,
      intervalMs: ratePerSecond === 0 ? 0 : 1_000 / ratePerSecond,
      take: (count, ahead) => budget.take(credential, { ratePerSecond, burst, lane, count, ahead }),
      onError: (error) => {
        observer.failed({ error });
      },
    });
  }

  /** Background reads wait for a probe that is under way; its end is their answer, too. */
  private async admitted({ lane, endpoint, mutating, loggedIn }: GatedRequest, deadline: number): Promise<Passage> {
    for (;;) {
      const admission = this.breaker.admit(endpoint);
      switch (admission.kind) {
        case 'admitted':
          return {
            kind: 'go',
            isLate: () => this.parts.clock.now() > deadline,
            settle: (failure) => this.settle(failure, loggedIn, admission.settle),
            abandon: () => {
              admission.settle(null);
            },
          };
        case 'open':
          return unanswered(admission.forMs);
        case 'probing':
          if (mutating || lane === 'user') return unanswered(PROBE_MS);
          await admission.ended;
      }
    }
  }

  private async settle(failure: UpstreamFailure | null, loggedIn: boolean, judge: Verdict): Promise<void> {
    judge(failure === null || !isOutage(failure));
    if (failure?.class === 'rate_limited') await this.penalize(failure.retryAfterMs, loggedIn);
    else if (failure === null) this.penalties = 0;
  }

  private async penalize(retryAfterMs: number | null, everybody: boolean): Promise<void> {
    const { budget, clock, credential, observer } = this.parts;
    const guess = backoffMs(this.penalties, PENALTY, clock.random());
    this.penalties += 1;
    const forMs = Math.ceil(Math.min(LONGEST_PENALTY_MS, retryAfterMs ?? guess));
    for (const lane of RATE_LANES) {
      this.throttledUntil[lane] = Math.max(this.throttledUntil[lane], clock.now() + forMs);
      this.queues[lane].close(forMs);
    }
    if (!everybody) return;
    try {
      await budget.penalize(credential, forMs);
    } catch (error) {
      observer.failed({ error });
    }
  }

  private throttled(lane: RateLane, forMs: number): Passage {
    this.throttledUntil[lane] = Math.max(this.throttledUntil[lane], this.parts.clock.now() + forMs);
    this.parts.observer.throttled({ lane, forMs });
    return throttled('rate_limited', 'not sent, the limit of requests to VoiceLink is used up for now', forMs);
  }
}

/** When to come back while one request finds out. */
const PROBE_MS = 1_000;

const unanswered = (forMs: number): Passage =>
  throttled('unavailable', 'not sent, VoiceLink has not answered several requests in a row', forMs);

const throttled = (why: UpstreamPause['why'], message: string, forMs: number): Passage => ({
  kind: 'throttled',
  failure: { class: why, httpStatus: null, message, retryAfterMs: Math.ceil(forMs), throttled: true },
});

/** No answer, or one that says that VoiceLink as a whole is not there. A 4xx is about its request. */
const isOutage = ({ class: why, httpStatus }: UpstreamFailure): boolean =>
  why === 'unavailable' && (httpStatus === null || httpStatus < 400 || httpStatus >= 500);

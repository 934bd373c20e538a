import type { PartnerId } from '@dialtone/domain';
import { Neighbours, PartnerBusyError } from '@dialtone/persistence';
import type { LongWork } from './long-work';

export interface PlaceLimits {
  /** Requests of one partner that are worked on at once: while it is alone, and beside others. */
  readonly each: number;
  readonly besideOthers: number;
  /** How long one keeps its place at most, ms: what takes longer waits for VoiceLink, a lock or its sender. */
  readonly heldMs: number;
  /** Requests of one partner that wait at most; one more is refused at once. Those that go first are counted apart. */
  readonly waiting: number;
  readonly first: number;
  /** How long a request waits, ms. */
  readonly waitMs: number;
  /** How long of that its partner's rest after long work may hold it up, ms. */
  readonly restMs: number;
}

interface Waiting {
  readonly begin: () => void;
  /** When it waits no longer for its partner's rest. */
  readonly restUntil: number;
  readonly timer: NodeJS.Timeout;
}

interface Partner {
  held: number;
  readonly first: Set<Waiting>;
  readonly others: Set<Waiting>;
  /** Until the rest after long work is looked at again. */
  rest: NodeJS.Timeout | undefined;
}

/** A place in the queue, and then among what is worked on. */
export interface Place {
  /** Whether its turn was there at once: nothing else of the partner waited. */
  readonly isFree: boolean;
  /** Resolves when it is this request's turn; rejects with PartnerBusyError. Call `leave` in either case. */
  readonly turn: Promise<void>;
  /** Answered, or its sender is gone. May be called at any time, and more than once. */
  readonly leave: () => void;
}

const NOTHING = (): void => undefined;
const AT_ONCE = Promise.resolve();

/** Whom a partner rests for may have gone by then, ms. */
const REST_LOOK_MS = 100;

/**
 * Spreads what a partner asks for at once over time. All partners share the thread of a process: requests that arrive together
 * would have their bodies read and their answers written in a row, and a neighbour's request would wait for all of them. A partner
 * whose work is long rests between them while lighter ones ask.
 */
export class PartnerPlaces {
  /** Without idle partners. */
  private readonly partners = new Map<PartnerId, Partner>();

  constructor(
    private readonly limits: PlaceLimits,
    private readonly longWork: Pick<LongWork, 'restOf'>,
    private readonly neighbours = new Neighbours(),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `goesFirst`: before all others of the partner that wait, and without a rest. `left` is called when it leaves its place, before the next one begins. */
  enter(partnerId: PartnerId, goesFirst: boolean, left: () => void = NOTHING): Place {
    const partner = this.partners.get(partnerId) ?? newPartner();
    const queue = goesFirst ? partner.first : partner.others;
    if (queue.size >= (goesFirst ? this.limits.first : this.limits.waiting)) {
      return { isFree: false, turn: Promise.reject(busy()), leave: NOTHING };
    }
    this.partners.set(partnerId, partner);
    this.neighbours.saw(partnerId);
    if (this.mayBegin(partnerId, partner) && (goesFirst || this.longWork.restOf(partnerId) === 0)) {
      return { isFree: true, turn: AT_ONCE, leave: this.hold(partnerId, partner, left) };
    }
    let leave = NOTHING;
    const turn = new Promise<void>((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(waiting.timer);
        queue.delete(waiting);
      };
      const waiting: Waiting = {
        begin: () => {
          forget();
          leave = this.hold(partnerId, partner, left);
          resolve();
        },
        restUntil: this.now() + (goesFirst ? 0 : this.limits.restMs),
        timer: setTimeout(() => {
          leave();
          reject(busy());
        }, this.limits.waitMs).unref(),
      };
      leave = () => {
        forget();
        this.forgetIdle(partnerId, partner);
      };
      queue.add(waiting);
    });
    this.serve(partnerId, partner);
    return {
      isFree: queue.size === 0,
      turn,
      leave: () => {
        leave();
      },
    };
  }

  private mayBegin(partnerId: PartnerId, { held, first, others }: Partner): boolean {
    return held < this.atOnce(partnerId) && first.size === 0 && others.size === 0;
  }

  private atOnce(partnerId: PartnerId): number {
    return this.neighbours.has(partnerId) ? this.limits.besideOthers : this.limits.each;
  }

  private serve(partnerId: PartnerId, partner: Partner): void {
    const atOnce = this.atOnce(partnerId);
    while (partner.held < atOnce) {
      const [next] = partner.first.size > 0 ? partner.first : partner.others;
      if (next === undefined || this.rests(partnerId, partner, next)) return;
      next.begin();
    }
  }

  private rests(partnerId: PartnerId, partner: Partner, next: Waiting): boolean {
    clearTimeout(partner.rest);
    const ms = Math.min(this.longWork.restOf(partnerId), next.restUntil - this.now(), REST_LOOK_MS);
    if (ms <= 0) return false;
    partner.rest = setTimeout(() => {
      this.serve(partnerId, partner);
    }, Math.ceil(ms)).unref();
    return true;
  }

  private hold(partnerId: PartnerId, partner: Partner, left: () => void): () => void {
    partner.held += 1;
    let isHeld = true;
    const leave = (): void => {
      if (!isHeld) return;
      isHeld = false;
      clearTimeout(timer);
      partner.held -= 1;
      left();
      this.forgetIdle(partnerId, partner);
      this.serve(partnerId, partner);
    };
    const timer = setTimeout(leave, this.limits.heldMs).unref();
    return leave;
  }

  private forgetIdle(partnerId: PartnerId, { held, first, others, rest }: Partner): void {
    if (held > 0 || first.size > 0 || others.size > 0) return;
    clearTimeout(rest);
    this.partners.delete(partnerId);
  }
}

const newPartner = (): Partner => ({ held: 0, first: new Set(), others: new Set(), rest: undefined });

const busy = (): PartnerBusyError => new PartnerBusyError('Too many requests of this partner are under way.');

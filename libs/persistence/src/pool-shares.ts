import type { PartnerId } from '@dialtone/domain';
import { Neighbours } from './neighbours';

/** A partner has too much work for the database: what it waits for has not begun. */
export class PartnerBusyError extends Error {
  override readonly name = 'PartnerBusyError';
  /** PostgreSQL's word for it: to everything but the answer, it is a database that is busy. */
  readonly code = '53300';
}

export interface ShareLimits {
  /** Connections that all partners together hold at most. */
  readonly together: number;
  /** Connections that one partner holds at most. */
  readonly each: number;
  /** How long one counts as work of the database, ms: what takes longer waits for a lock. Beside others a partner has one that works. */
  readonly heldMs: number;
  /** Pieces of work of one partner that wait at most; one more is refused at once. */
  readonly waiting: number;
  /** Those that clean up are counted apart, so that a partner can always take away what it has. */
  readonly cleaningUp: number;
  /** How long a piece of work waits, ms. */
  readonly waitMs: number;
}

type GiveBack = () => void;

interface Turn {
  readonly begin: (giveBack: GiveBack) => void;
  readonly timer: NodeJS.Timeout;
}

interface Share {
  held: number;
  /** Of those held, how many were taken so lately that the database works for them. */
  working: number;
  readonly turns: Set<Turn>;
  /** Before `turns`. */
  readonly cleanUps: Set<Turn>;
}

const HELD_MS = 250;
const WAITING_PER_PARTNER = 200;
const CLEANING_UP_PER_PARTNER = 20;

const waitingOf = ({ turns, cleanUps }: Share): number => turns.size + cleanUps.size;

/**
 * The shares of a pool: half of it for one partner, all but one connection for all of them. The one is for work of no
 * partner, such as looking a key up.
 */
export const shareLimits = (poolSize: number, waitMs: number): ShareLimits => ({
  together: poolSize - 1,
  each: Math.max(1, Math.floor(poolSize / 2)),
  heldMs: HELD_MS,
  waiting: WAITING_PER_PARTNER,
  cleaningUp: CLEANING_UP_PER_PARTNER,
  waitMs,
});

/**
 * Decides whose turn it is to take a connection of the pool. Partners take turns: one that asks for much waits behind
 * one that asks for little. What waits holds no connection.
 */
export class PoolShares {
  /** In the order in which they are served: a new one and the one that was just served are last. Without idle partners. */
  private readonly shares = new Map<PartnerId, Share>();
  private held = 0;

  constructor(
    private readonly limits: ShareLimits,
    private readonly neighbours = new Neighbours(),
  ) {}

  /** Pieces of work that wait for their turn. */
  get waiting(): number {
    return [...this.shares.values()].reduce((sum, share) => sum + waitingOf(share), 0);
  }

  /**
   * Resolves, in the partner's turn, with what ends the use of the connection; call it once the connection is back in the pool.
   * Rejects with PartnerBusyError when too much waits, or for too long.
   */
  take(partnerId: PartnerId, cleansUp = false): Promise<GiveBack> {
    const share = this.shares.get(partnerId) ?? { held: 0, working: 0, turns: new Set(), cleanUps: new Set() };
    this.neighbours.saw(partnerId);
    const queue = cleansUp ? share.cleanUps : share.turns;
    if (queue.size >= (cleansUp ? this.limits.cleaningUp : this.limits.waiting)) {
      return Promise.reject(new PartnerBusyError('Too much work of this partner waits for a database connection.'));
    }
    this.shares.set(partnerId, share);
    // What waits may not take it: it was its turn when the latest one became free.
    if (waitingOf(share) === 0 && this.held < this.limits.together && this.mayTake(partnerId, share)) {
      return Promise.resolve(this.hold(partnerId, share));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(turn);
        this.forgetIdle(partnerId, share);
        reject(new PartnerBusyError(`No database connection for this partner in ${String(this.limits.waitMs)} ms.`));
      }, this.limits.waitMs).unref();
      const turn: Turn = { begin: resolve, timer };
      queue.add(turn);
      this.serve();
    });
  }

  private serve(): void {
    while (this.held < this.limits.together) {
      const next = [...this.shares].find(
        ([partnerId, share]) => waitingOf(share) > 0 && this.mayTake(partnerId, share),
      );
      if (next === undefined) return;
      this.begin(...next);
    }
  }

  private mayTake(partnerId: PartnerId, { held, working }: Share): boolean {
    return held < this.limits.each && (working === 0 || !this.neighbours.has(partnerId));
  }

  private begin(partnerId: PartnerId, share: Share): void {
    const queue = share.cleanUps.size > 0 ? share.cleanUps : share.turns;
    const [turn] = queue;
    if (turn === undefined) return;
    clearTimeout(turn.timer);
    queue.delete(turn);
    turn.begin(this.hold(partnerId, share));
  }

  private hold(partnerId: PartnerId, share: Share): GiveBack {
    this.shares.delete(partnerId);
    this.shares.set(partnerId, share);
    share.held += 1;
    this.held += 1;
    const endWork = this.beginWork(share);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      endWork();
      share.held -= 1;
      this.held -= 1;
      this.forgetIdle(partnerId, share);
      this.serve();
    };
  }

  /** What is returned may be called more than once. */
  private beginWork(share: Share): () => void {
    share.working += 1;
    let isWorking = true;
    const end = (): void => {
      clearTimeout(timer);
      if (isWorking) share.working -= 1;
      isWorking = false;
    };
    const timer = setTimeout(() => {
      end();
      this.serve();
    }, this.limits.heldMs).unref();
    return end;
  }

  private forgetIdle(partnerId: PartnerId, share: Share): void {
    if (share.held === 0 && waitingOf(share) === 0) this.shares.delete(partnerId);
  }
}

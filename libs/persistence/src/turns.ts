import type { PartnerId } from '@dialtone/domain';
import { currentBehalf } from './on-behalf-of';

/** How long a request counts as short, ms: what takes longer is long work itself. */
const SHORT_MS = 10;
/** How long a piece of long work lets the short requests of others go first, ms. */
const PATIENCE_MS = 10;

/** Whose work it is; null: of none. */
type Owner = PartnerId | null;

interface Short {
  readonly owner: Owner;
  readonly until: number;
}

interface Piece {
  readonly begin: () => void;
  /** When it waits no longer for the short requests of others. */
  readonly until: number;
}

/**
 * Shares the thread of a process between long work, which is done piece by piece, and short requests. One piece is begun in a turn
 * of the event loop, those of partners in turns, and none while a short request of another partner is under way: each of the steps
 * of that request would wait for a piece. A piece waits so for some milliseconds at most. A partner whose work is long has no short requests.
 */
export class Turns {
  private readonly short = new Set<Short>();
  /** In the order in which they are served; without those that have nothing to do. */
  private readonly waiting = new Map<Owner, Piece[]>();
  private isPlanned = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A request has begun that may be answered in a moment. Call what is returned when it ends, once or more. */
  beginShort(owner: Owner): () => void {
    const one = { owner, until: this.now() + SHORT_MS };
    this.short.add(one);
    return () => {
      if (this.short.delete(one)) this.plan();
    };
  }

  /** Resolves when the next piece of the owner's work may begin: in a later turn of the event loop. */
  next(owner: Owner): Promise<void> {
    for (const one of this.short) if (one.owner === owner) this.short.delete(one);
    return new Promise((resolve) => {
      const pieces = this.waiting.get(owner) ?? [];
      pieces.push({ begin: resolve, until: this.now() + PATIENCE_MS });
      this.waiting.set(owner, pieces);
      this.plan();
    });
  }

  private plan(): void {
    if (this.isPlanned || this.waiting.size === 0) return;
    this.isPlanned = true;
    clearTimeout(this.timer);
    setImmediate(() => {
      this.isPlanned = false;
      this.serve();
    });
  }

  private serve(): void {
    const now = this.now();
    for (const one of this.short) if (one.until <= now) this.short.delete(one);
    for (const [owner, pieces] of this.waiting) {
      const [piece] = pieces;
      if (piece === undefined || (piece.until > now && this.isAnotherShort(owner))) continue;
      pieces.shift();
      this.waiting.delete(owner);
      if (pieces.length > 0) this.waiting.set(owner, pieces);
      piece.begin();
      this.plan();
      return;
    }
    this.planAt(now);
  }

  private isAnotherShort(owner: Owner): boolean {
    for (const one of this.short) if (one.owner !== owner) return true;
    return false;
  }

  /** At the first moment at which a piece may begin though no short request has ended. */
  private planAt(now: number): void {
    const moments = [...this.short, ...[...this.waiting.values()].flatMap(([piece]) => piece ?? [])];
    const first = Math.min(...moments.map(({ until }) => until));
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.plan();
      },
      Math.max(1, first - now),
    );
  }
}

/** Of the process: its work has one thread. */
export const turns = new Turns();

/** What lets others have their turn, for long work of the partner that it is called for. */
export const ownTurns = (): (() => Promise<void>) => {
  const owner = currentBehalf()?.partnerId ?? null;
  return () => turns.next(owner);
};

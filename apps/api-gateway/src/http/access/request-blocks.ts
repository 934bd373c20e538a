import type { RequestWindows, WindowUse } from '@dialtone/persistence';

/** How long a block may lie unused before it is given back. */
export const IDLE_MS = 1_000;
/** Requests in a block at most. */
const LARGEST = 32;
/** No block has more than this part of what the window has left, so that blocks shrink towards its end. */
const SHARE = 8;

/** One request that was counted, or found no room. */
export interface CountedRequest extends WindowUse {
  /** No gateway can give room back before the window ends. */
  readonly isFull: boolean;
}

interface Waiter {
  readonly resolve: (use: CountedRequest) => void;
  readonly reject: (error: unknown) => void;
}

/** What this process has of one window. */
interface Block {
  /** How many more it may let through without asking. */
  left: number;
  /** Requests in the window, as far as this process knows; without `left`. */
  used: number;
  /** What it has let through itself. */
  own: number;
  /** Of its window. Times are on the monotonic clock of the process, ms. */
  endsAt: number;
  /** Which window it is of, by the database clock, epoch ms. */
  startedAt: number;
  size: number;
  takenAt: number;
  usedAt: number;
  isAsking: boolean;
  readonly waiting: Waiter[];
}

/**
 * Counts requests in windows that all gateways share, in blocks: a key that asks often takes several at once, and those that follow
 * are counted in memory. A block counts as used when it is taken, so that no window lets more through than its limit, over all
 * gateways; and is given back when it lies unused, so that others may use it. A key that asks once a second or less never has
 * a block, and is counted one by one.
 */
export class RequestBlocks {
  private readonly blocks = new Map<string, Block>();

  constructor(
    private readonly windows: Pick<RequestWindows, 'take' | 'giveBack'>,
    private readonly window: { readonly bucket: string; readonly ms: number },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Counts one request of `id`. `used` is above the limit when there is no room for it. */
  take(id: string, limit: number): Promise<CountedRequest> {
    const block = this.blocks.get(id) ?? this.open(id);
    const use = block.waiting.length === 0 ? this.next(block) : null;
    if (use !== null) return Promise.resolve(use);
    return new Promise((resolve, reject) => {
      block.waiting.push({ resolve, reject });
      if (!block.isAsking) void this.ask(id, block, limit);
    });
  }

  private open(id: string): Block {
    const never = Number.NEGATIVE_INFINITY;
    const block: Block = {
      left: 0,
      used: 0,
      own: 0,
      endsAt: never,
      startedAt: 0,
      size: 0,
      takenAt: never,
      usedAt: this.now(),
      isAsking: false,
      waiting: [],
    };
    this.blocks.set(id, block);
    this.watch(id, block, IDLE_MS);
    return block;
  }

  /** Null when the block has no more. What a window had left ends with it. */
  private next(block: Block): CountedRequest | null {
    const now = this.now();
    if (block.left === 0 || now >= block.endsAt) return null;
    block.left -= 1;
    block.used += 1;
    block.own += 1;
    block.usedAt = now;
    return { used: block.used, resetMs: block.endsAt - now, isFull: false };
  }

  private async ask(id: string, block: Block, limit: number): Promise<void> {
    block.isAsking = true;
    try {
      while (block.waiting.length > 0) await this.serve(id, block, limit);
    } catch (error) {
      for (const { reject } of block.waiting.splice(0)) reject(error);
    } finally {
      block.isAsking = false;
    }
  }

  private async serve(id: string, block: Block, limit: number): Promise<void> {
    const { bucket, ms } = this.window;
    const amount = this.wanted(block, limit);
    // Before the statement: the window then never ends later here than in the database.
    const askedAt = this.now();
    const { used, resetMs, isTaken, startedAt } = await this.windows.take(id, bucket, { amount, limit, windowMs: ms });
    block.endsAt = askedAt + resetMs;
    block.left = isTaken ? amount : 0;
    block.used = used - block.left;
    block.usedAt = this.now();
    if (isTaken) this.note(block, startedAt, { size: amount, takenAt: askedAt });
    else if (used >= limit) {
      const full = { used: limit + 1, resetMs, isFull: block.own >= limit };
      for (const { resolve } of block.waiting.splice(0)) resolve(full);
    }
    for (let use = this.next(block); use !== null; use = block.waiting.length === 0 ? null : this.next(block)) {
      block.waiting.shift()?.resolve(use);
    }
  }

  private note(block: Block, startedAt: number, taken: Pick<Block, 'size' | 'takenAt'>): void {
    if (startedAt !== block.startedAt) block.own = 0;
    Object.assign(block, taken, { startedAt });
  }

  /** At least what waits; twice as many as last time when those were used at once. */
  private wanted({ waiting, used, endsAt, size, takenAt }: Block, limit: number): number {
    const now = this.now();
    const room = now < endsAt ? Math.max(1, limit - used) : limit;
    const grown = now - takenAt < IDLE_MS ? 2 * size : 1;
    const ahead = Math.min(grown, LARGEST, Math.floor(room / SHARE));
    return Math.min(room, Math.max(1, waiting.length, ahead));
  }

  private watch(id: string, block: Block, ms: number): void {
    setTimeout(() => {
      const idleMs = this.now() - block.usedAt;
      if (block.isAsking || idleMs < IDLE_MS) this.watch(id, block, Math.max(1, IDLE_MS - idleMs));
      else this.close(id, block);
    }, ms).unref();
  }

  private close(id: string, block: Block): void {
    this.blocks.delete(id);
    const { left: amount, startedAt } = block;
    if (amount === 0 || this.now() >= block.endsAt) return;
    // What is not given back stays used until the window ends.
    this.windows.giveBack(id, this.window.bucket, { amount, startedAt }).catch(() => undefined);
  }
}

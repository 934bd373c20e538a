import type { StoredEvent } from '@dialtone/contracts';

/**
 * How many events go to the destination at once.
 *
 * Part of a batch that failed may have arrived. Its events therefore go one at a time afterwards: what arrives is repeated
 * once and not with every try while one event is refused, and a batch that is too large only as a whole goes through. The
 * next batch is half as long, and each success doubles it.
 */
export class BatchLimit {
  private size: number;
  /** End of the last batch that failed: up to here events go alone. */
  private aloneUntil = 0n;

  constructor(private readonly max: number) {
    this.size = max;
  }

  /** For the batch that begins after a position. */
  after(position: bigint): number {
    return position < this.aloneUntil ? 1 : this.size;
  }

  failed(batch: readonly StoredEvent[]): void {
    const last = batch.at(-1);
    if (last === undefined || batch.length === 1) return;
    this.aloneUntil = last.position;
    this.size = Math.ceil(batch.length / 2);
  }

  delivered(batch: readonly StoredEvent[]): void {
    const last = batch.at(-1);
    if (last !== undefined && last.position > this.aloneUntil) this.size = Math.min(2 * this.size, this.max);
  }
}

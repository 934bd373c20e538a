import type { ReadinessTrend, TrendPoint } from '@dialtone/persistence';

/** What the reconciler counted, as a test says; every partner has the same. */
export class MemoryTrend implements ReadinessTrend {
  counted: readonly TrendPoint[] = [];
  readonly asked: Parameters<ReadinessTrend['points']>[0][] = [];

  clear(): void {
    this.counted = [];
    this.asked.length = 0;
  }

  count(): Promise<void> {
    return Promise.resolve();
  }

  prune(): Promise<number> {
    return Promise.resolve(0);
  }

  points(asked: Parameters<ReadinessTrend['points']>[0]): Promise<readonly TrendPoint[]> {
    this.asked.push(asked);
    return Promise.resolve(this.counted);
  }
}

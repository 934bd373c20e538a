import { Gauge, type Registry } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface SnapshotGauge<S> {
  readonly name: string;
  readonly help: string;
  /** Names of the labels, bounded sets all; none for a gauge of one value. */
  readonly labels?: readonly string[];
  /** Label values that are not among the samples disappear from the scrape. */
  readonly read: (snapshot: S) => number | readonly Sample[];
}

/** Shares one snapshot among all callers within `maxAgeMs`. Null when it could not be taken; a failure is not cached. */
export const sharedSnapshot = <S>(take: () => Promise<S>, maxAgeMs: number): (() => Promise<S | null>) => {
  let taken: { readonly at: number; readonly snapshot: Promise<S | null> } | null = null;
  return () => {
    const now = performance.now();
    if (taken !== null && now - taken.at < maxAgeMs) return taken.snapshot;
    const current = { at: now, snapshot: take().catch(() => null) };
    taken = current;
    void current.snapshot.then((snapshot) => {
      if (snapshot === null && taken === current) taken = null;
    });
    return current.snapshot;
  };
};

/**
 * Gauges read from one snapshot at scrape time, for example counts from the database. Without a snapshot they are left out of
 * the scrape, instead of failing it or repeating old values.
 */
export const registerSnapshotGauges = <S>(
  registry: Registry,
  snapshot: () => S | null | Promise<S | null>,
  gauges: readonly SnapshotGauge<S>[],
): void => {
  for (const { name, help, labels = [], read } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const current = await snapshot();
        this.reset();
        // A reset gauge without labels shows 0, which would be false.
        if (labels.length === 0) this.remove();
        if (current === null) return;
        const value = read(current);
        if (typeof value === 'number') this.set(value);
        else for (const sample of value) this.set({ ...sample.labels }, sample.value);
      },
    });
  }
};

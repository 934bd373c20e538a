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

/** Takes a snapshot once for all that ask within `maxAgeMs`. Null when it could not be taken; that is asked again at once. */
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
 * Gauges that are read from one snapshot at scrape time, for example counts from the database. While there is none, they
 * keep out of the scrape rather than fail it or go on saying what was true before.
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
        // A gauge without labels starts over at 0, which would be a lie.
        if (labels.length === 0) this.remove();
        if (current === null) return;
        const value = read(current);
        if (typeof value === 'number') this.set(value);
        else for (const sample of value) this.set({ ...sample.labels }, sample.value);
      },
    });
  }
};

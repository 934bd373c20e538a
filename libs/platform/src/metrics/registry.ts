import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export { Histogram, Registry } from 'prom-client';

/** A registry of one process's own (the global one would leak between tests), with the metrics of Node itself. */
export const createRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
};

export interface SnapshotGauge<S> {
  readonly name: string;
  readonly help: string;
  /** With it, `read` answers a value per label value; label values that are gone disappear. */
  readonly label?: string;
  readonly read: (snapshot: S) => number | Readonly<Partial<Record<string, number>>>;
}

/**
 * Gauges that are read from one snapshot at scrape time, for example counts from the database. The snapshot is taken
 * at most every `maxAgeMs`; when it cannot be taken, the gauges keep out of the scrape rather than fail it.
 */
export const registerSnapshotGauges = <S>(
  registry: Registry,
  take: () => Promise<S>,
  gauges: readonly SnapshotGauge<S>[],
  maxAgeMs = 2_000,
): void => {
  let taken: { at: number; snapshot: Promise<S | null> } | null = null;
  const snapshot = (): Promise<S | null> => {
    if (taken === null || Date.now() - taken.at >= maxAgeMs)
      taken = { at: Date.now(), snapshot: take().catch(() => null) };
    return taken.snapshot;
  };
  for (const { name, help, label, read } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      async collect() {
        this.reset();
        const current = await snapshot();
        if (current === null) {
          this.remove();
          return;
        }
        const value = read(current);
        if (typeof value === 'number') this.set(value);
        else
          for (const [labelValue, count] of Object.entries(value))
            this.set({ [label ?? 'kind']: labelValue }, count ?? 0);
      },
    });
  }
};

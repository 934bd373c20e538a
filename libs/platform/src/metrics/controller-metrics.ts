import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * The series of controller-runtime and of client-go's workqueue, under their own names, labels and (nearly) buckets, so
 * that dashboards and alerts made for Kubernetes controllers work unchanged.
 */

/** The label values of `controller_runtime_reconcile_total`. */
export type ReconcileResult = 'success' | 'requeue' | 'requeue_after' | 'error';

const RECONCILE_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const QUEUE_BUCKETS = [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1000];

/** One item being worked on. Ending it a second time does nothing. */
export interface ItemInProgress {
  /** `terminal`: no automatic retry follows (counted besides the result). */
  end(result: ReconcileResult, options?: { readonly terminal?: boolean }): void;
}

export interface ControllerMetrics {
  /** Items became due or were found due. */
  added(count?: number): void;
  /** A failed item will be retried. */
  retried(): void;
  /** A worker takes an item that has been due for this long. */
  begin(queuedSeconds: number): ItemInProgress;
}

export interface ControllerMetricsOptions {
  /** The controller's name, also that of its queue. */
  readonly controller: string;
  /** How many items it may work on at once. */
  readonly maxConcurrent: number;
  /** The number of items due now, read at scrape time. Left out of the scrape when it rejects. */
  readonly depth: () => Promise<number>;
  /** Seconds from any starting point. Default: the machine's monotonic clock. */
  readonly seconds?: () => number;
}

/** What is read at scrape time, per controller. */
interface Source {
  readonly depth: () => Promise<number>;
  /** Seconds since each unfinished item was taken. */
  readonly ages: () => readonly number[];
}

const QUEUE = ['name', 'controller'] as const;

const reconcileSeries = (registers: Registry[]) => ({
  total: new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciliations per controller and result',
    labelNames: ['controller', 'result'],
    registers,
  }),
  errors: new Counter({
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciliations that failed',
    labelNames: ['controller'],
    registers,
  }),
  terminalErrors: new Counter({
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Reconciliations that are not tried again by themselves',
    labelNames: ['controller'],
    registers,
  }),
  time: new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of a reconciliation',
    labelNames: ['controller'],
    buckets: RECONCILE_BUCKETS,
    registers,
  }),
  activeWorkers: new Gauge({
    name: 'controller_runtime_active_workers',
    help: 'Workers that are busy',
    labelNames: ['controller'],
    registers,
  }),
  maxConcurrent: new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Most reconciliations at once',
    labelNames: ['controller'],
    registers,
  }),
});

const queueSeries = (registers: Registry[]) => ({
  adds: new Counter({ name: 'workqueue_adds_total', help: 'Items that became due', labelNames: QUEUE, registers }),
  retries: new Counter({
    name: 'workqueue_retries_total',
    help: 'Items that are tried again after a failure',
    labelNames: QUEUE,
    registers,
  }),
  queueDuration: new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long items were due before they were taken',
    labelNames: QUEUE,
    buckets: QUEUE_BUCKETS,
    registers,
  }),
  workDuration: new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long items were worked on',
    labelNames: QUEUE,
    buckets: QUEUE_BUCKETS,
    registers,
  }),
});

/** A gauge that asks every source when it is scraped; a source that cannot answer is left out. */
const sampledGauge = (
  registers: Registry[],
  sources: ReadonlyMap<string, Source>,
  { name, help, read }: { name: string; help: string; read: (source: Source) => number | Promise<number> },
): Gauge<'name' | 'controller'> =>
  new Gauge({
    name,
    help,
    labelNames: QUEUE,
    registers,
    async collect() {
      for (const [controller, source] of sources) {
        const labels = { name: controller, controller };
        try {
          this.set(labels, await read(source));
        } catch {
          this.remove(labels);
        }
      }
    },
  });

const registerSampledGauges = (registers: Registry[], sources: ReadonlyMap<string, Source>): void => {
  sampledGauge(registers, sources, {
    name: 'workqueue_depth',
    help: 'Items that are due and not taken',
    read: ({ depth }) => depth(),
  });
  sampledGauge(registers, sources, {
    name: 'workqueue_unfinished_work_seconds',
    help: 'Sum of the time that unfinished items have been worked on',
    read: ({ ages }) => ages().reduce((sum, age) => sum + age, 0),
  });
  sampledGauge(registers, sources, {
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How long the longest unfinished item has been worked on',
    read: ({ ages }) => Math.max(0, ...ages()),
  });
};

/** The series of all controllers of one registry, made once. */
const makeSeries = (registry: Registry) => {
  const registers = [registry];
  const sources = new Map<string, Source>();
  registerSampledGauges(registers, sources);
  return { reconcile: reconcileSeries(registers), queue: queueSeries(registers), sources };
};

const seriesOf = new WeakMap<Registry, ReturnType<typeof makeSeries>>();

const monotonicSeconds = (): number => performance.now() / 1000;

/** The metrics of one controller. Several controllers may share a registry. */
export const controllerMetrics = (registry: Registry, options: ControllerMetricsOptions): ControllerMetrics => {
  const { controller, maxConcurrent, depth, seconds = monotonicSeconds } = options;
  const series = seriesOf.get(registry) ?? makeSeries(registry);
  seriesOf.set(registry, series);
  const { reconcile, queue, sources } = series;
  const running = new Set<{ readonly since: number }>();
  sources.set(controller, { depth, ages: () => [...running].map((item) => seconds() - item.since) });
  reconcile.maxConcurrent.set({ controller }, maxConcurrent);
  // A counter that first appears with its first increase hides that increase from rate().
  for (const result of ['success', 'requeue_after', 'error']) reconcile.total.inc({ controller, result }, 0);
  reconcile.errors.inc({ controller }, 0);
  reconcile.terminalErrors.inc({ controller }, 0);
  const showActive = (): void => {
    reconcile.activeWorkers.set({ controller }, running.size);
  };
  showActive();
  const labels = { name: controller, controller };
  return {
    added: (count = 1) => {
      queue.adds.inc(labels, count);
    },
    retried: () => {
      queue.retries.inc(labels);
    },
    begin: (queuedSeconds) => {
      const item = { since: seconds() };
      running.add(item);
      showActive();
      queue.queueDuration.observe(labels, Math.max(0, queuedSeconds));
      return {
        end: (result, { terminal = false } = {}) => {
          if (!running.delete(item)) return;
          showActive();
          const took = seconds() - item.since;
          reconcile.total.inc({ controller, result });
          if (result === 'error') reconcile.errors.inc({ controller });
          if (terminal) reconcile.terminalErrors.inc({ controller });
          reconcile.time.observe({ controller }, took);
          queue.workDuration.observe(labels, took);
        },
      };
    },
  };
};

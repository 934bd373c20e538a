import { Histogram, type Registry } from 'prom-client';

const STARTS = ['declared', 'drift', 'allowed'] as const;

/** The engine's `Timing`. */
type Timing =
  | { readonly kind: 'detected'; readonly isDeclared: boolean; readonly tookMs: number }
  | { readonly kind: 'ready'; readonly start: (typeof STARTS)[number]; readonly tookMs: number };

/** From what a reconcile takes to what an outage takes. The objectives are at 300 s: see the recording rules. */
const BUCKETS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 43_200, 86_400];

/** Observes how long numbers waited for Dialtone. */
export const readinessTimings = (registry: Registry): ((timings: readonly Timing[]) => void) => {
  const registers = [registry];
  const detected = new Histogram({
    name: 'dialtone_time_to_detect_seconds',
    help: 'From the last look that did not show a drift to its event, which is the longest that it may have stood',
    labelNames: ['declared'],
    buckets: BUCKETS,
    registers,
  });
  const ready = new Histogram({
    name: 'dialtone_time_to_ready_seconds',
    help: 'From when Dialtone could make a declared number READY, by what asked for it, to the verdict that it is',
    labelNames: ['start'],
    buckets: BUCKETS,
    registers,
  });
  // A series that first appears with its first observation hides that from rate().
  for (const declared of ['true', 'false']) detected.zero({ declared });
  for (const start of STARTS) ready.zero({ start });
  return (timings) => {
    for (const timing of timings) {
      const seconds = timing.tookMs / 1_000;
      if (timing.kind === 'detected') detected.observe({ declared: String(timing.isDeclared) }, seconds);
      else ready.observe({ start: timing.start }, seconds);
    }
  };
};

/** What the time to READY is counted from: see `timeToReady`. */
export type ReadyStart = 'declared' | 'drift' | 'allowed';

/** How long a number waited for Dialtone. Only for metrics; nothing is decided from it. */
export type Timing =
  /** From the last look that did not show a drift to the event of the drift: it began in between. */
  | { readonly kind: 'detected'; readonly isDeclared: boolean; readonly tookMs: number }
  /** From when Dialtone could make a declared number READY to the verdict that it is. */
  | { readonly kind: 'ready'; readonly start: ReadyStart; readonly tookMs: number };

/** Hears of timings once the verdicts behind them are stored. Must not throw. */
export type TimingListener = (timings: readonly Timing[]) => void;

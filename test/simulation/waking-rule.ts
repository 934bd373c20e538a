import type { Outcome } from '@dialtone/engine';
import { must } from './invariants';

/** A call between a decision and its journal, and a claim between its time and its turn. */
const WAKES_WITHIN_MS = 1_000;
/** What a process held that was killed at the end of the faults is free again by then. */
const AFTERMATH_MS = 5_000;

/** Whatever waits for a known time is worked on within a second of it. */
export class WakingRule {
  private readonly waits = new Map<string, number>();
  private calmSince = Infinity;

  constructor(private readonly now: () => number) {}

  /** An outcome was stored. */
  completed(key: string, outcome: Outcome): void {
    const until = untilOf(outcome);
    if (until === null) this.waits.delete(key);
    else this.waits.set(key, until);
  }

  claimed(key: string): void {
    this.waits.delete(key);
  }

  calmBegins(): void {
    this.calmSince = this.now();
  }

  mustBeAwake(): void {
    for (const [key, until] of this.waits) {
      const isOfCalm = until > this.calmSince + AFTERMATH_MS;
      must(
        !isOfCalm || this.now() <= until + WAKES_WITHIN_MS,
        `${key} sleeps although it waited until ${String(until)}`,
      );
    }
  }
}

const untilOf = (outcome: Outcome): number | null => {
  if (outcome.kind === 'progressing') return outcome.until ?? null;
  return outcome.kind === 'stalled' ? (outcome.contest?.until ?? null) : null;
};

import type { Outcome } from '@dialtone/engine';
import { must } from './invariants';
import type { Punctuality } from './punctuality';

/** Whatever waits for a known time is worked on within a second of it. */
export class WakingRule {
  private readonly waits = new Map<string, number>();

  constructor(private readonly punctuality: Punctuality) {}

  /** An outcome was stored. */
  completed(key: string, outcome: Outcome): void {
    const until = untilOf(outcome);
    if (until === null) this.waits.delete(key);
    else this.waits.set(key, until);
  }

  claimed(key: string): void {
    this.waits.delete(key);
  }

  mustBeAwake(): void {
    for (const [key, until] of this.waits)
      must(!this.punctuality.isOverdue(until), `${key} sleeps although it waited until ${String(until)}`);
  }
}

const untilOf = (outcome: Outcome): number | null => {
  if (outcome.kind === 'progressing') return outcome.until ?? null;
  return outcome.kind === 'stalled' ? (outcome.contest?.until ?? null) : null;
};

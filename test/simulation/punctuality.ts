import type { Scheduler } from './scheduler';

/** What a process held that was frozen or killed at the end of the faults is free again by then. */
const AFTERMATH_MS = 5_000;
/** A call between a decision and its journal, and a claim between its time and its turn. */
const WITHIN_MS = 1_000;

/** Whether what had its time is overdue: judged in the calm alone, and without the time in which a process was slow to go on. */
export class Punctuality {
  private calmSince = Infinity;

  constructor(private readonly scheduler: Scheduler) {}

  now(): number {
    return this.scheduler.clock.now();
  }

  calmBegins(): void {
    this.calmSince = this.now();
  }

  /** @param at epoch ms of its time */
  isOverdue(at: number): boolean {
    const due = Math.max(at, this.calmSince + AFTERMATH_MS);
    return this.now() > due + WITHIN_MS + this.scheduler.slowMsSince(due);
  }
}

import { nextTick } from 'node:process';
import { ManualClock } from '@dialtone/testing';

/** A process or human that waits at checkpoints; a frozen one is not resumed. */
export interface Party {
  readonly isFrozen: boolean;
}

interface Parked {
  readonly party: Party;
  readonly resume: () => void;
}

interface SlowStep {
  readonly from: number;
  readonly to: number;
}

/**
 * In a simulation all work waits either for this clock or for promises, which settle before the next tick: a turn of the
 * event loop for each step would cost more than the step.
 */
class SimClock extends ManualClock {
  override settle(): Promise<void> {
    return new Promise((resolve) => {
      nextTick(resolve);
    });
  }
}

/** How often time passes although a party could go on: a slow process. */
const SLOW = 0.04;
/** More than there are within the time that anything is given. */
const SLOW_STEPS_KEPT = 50;
/** So many turns in a row without a step at most: a party that runs in circles is seen. */
const MOST_AT_ONCE = 100;
const AT_ONCE = Promise.resolve();

/**
 * Runs one party at a time, from checkpoint to checkpoint, in an order drawn from the seed. Virtual time passes when
 * no party can go on, and now and then although one could. The same seed gives the same run.
 */
export class Scheduler {
  readonly clock: ManualClock;
  /** Nothing comes between two steps but time: a party that would be the only one to pick goes on at once. */
  isCalm = false;
  private parked: Parked[] = [];
  private slowSteps: readonly SlowStep[] = [];
  private atOnce = 0;

  /** @param startsAt epoch ms; absent: any time will do */
  constructor(seed: number, startsAt?: number) {
    this.clock = new SimClock(startsAt, seed);
  }

  random(): number {
    return this.clock.random();
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  /** Null when there is nothing to choose from. */
  pick<T>(from: readonly T[]): T | null {
    return from[Math.floor(this.random() * from.length)] ?? null;
  }

  /** Resolves when it is this party's turn. */
  checkpoint(party: Party): Promise<void> {
    if (this.isCalm && this.parked.length === 0 && this.atOnce < MOST_AT_ONCE && !this.chance(SLOW)) {
      this.atOnce += 1;
      return AT_ONCE;
    }
    return new Promise((resume) => this.parked.push({ party, resume }));
  }

  /** Never resumes this party's parked work: it was killed. */
  abandon(party: Party): void {
    this.parked = this.parked.filter((parked) => parked.party !== party);
  }

  step(): Promise<void> {
    this.atOnce = 0;
    const isAnyFrozen = this.parked.some(({ party }) => party.isFrozen);
    const ready = isAnyFrozen ? this.parked.filter(({ party }) => !party.isFrozen) : this.parked;
    const next = this.chance(SLOW) ? null : this.pick(ready);
    if (next === null) return ready.length === 0 ? this.letTimePass() : this.beSlow();
    this.parked.splice(this.parked.indexOf(next), 1);
    next.resume();
    return this.clock.settle();
  }

  /** How much of the time since then passed although a party could go on. */
  slowMsSince(at: number): number {
    return this.slowSteps.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, at)), 0);
  }

  private async beSlow(): Promise<void> {
    const from = this.clock.now();
    await this.letTimePass();
    this.slowSteps = [...this.slowSteps.slice(-SLOW_STEPS_KEPT), { from, to: this.clock.now() }];
  }

  private letTimePass(): Promise<void> {
    return this.clock.wakeNext() ? this.clock.settle() : this.clock.advance(1_000);
  }
}

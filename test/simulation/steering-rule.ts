import { coversNumber } from '@dialtone/domain';
import type { WriteIntent } from '@dialtone/engine';
import { must } from './invariants';
import type { Steerers } from './steerers';

/** No write about a number that has been paused, or closed by a window, since before it was claimed. */
export class SteeringRule {
  constructor(
    private readonly steerers: Steerers,
    private readonly now: () => number,
  ) {}

  /** A write is about to be sent. */
  begins({ connectionId, key, step, actor }: WriteIntent, claimedAt: number): void {
    if (actor !== 'reconciler' || key === null) return;
    const { pauses, season } = this.steerers;
    const since = pauses.filter(({ until }) => until > this.now()).filter(({ begunAt }) => begunAt < claimedAt);
    const isPaused = since.some((pause) => coversNumber(pause, { connectionId, key, labels: {} }));
    must(!isPaused, `${step} of ${key} is taken although it is paused`);
    const isClosed = season.from < claimedAt && this.now() < season.to;
    must(!isClosed, `${step} of ${key} is taken although the maintenance window is on`);
  }
}

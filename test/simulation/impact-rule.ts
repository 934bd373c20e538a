import type { DidKey, GuardLimits } from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import { Violation } from './invariants';

/**
 * What a sweep may store: a verdict on more DIDs that were READY than the limit allows is stored only when writes were held
 * after the sweep had begun.
 */
export class ImpactRule {
  /** Since when the stored verdict is READY. */
  private readonly readySince = new Map<DidKey, number>();
  private heldUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly limits: GuardLimits) {}

  held(): void {
    this.heldUntil = Number.POSITIVE_INFINITY;
  }

  acknowledged(now: number): void {
    this.heldUntil = now;
  }

  stored({ observation: { key }, readiness }: KeyUpdate, now: number): void {
    if (!readiness.complete) return;
    if (readiness.state !== 'READY') this.readySince.delete(key);
    else if (!this.readySince.has(key)) this.readySince.set(key, now);
  }

  /** A sweep is about to store these. */
  sweepStores(updates: readonly KeyUpdate[], declared: ReadonlySet<DidKey>): void {
    const broken = updates.filter((update) => declared.has(update.observation.key) && this.breaks(update)).length;
    const limit = Math.max(this.limits.minimum, Math.floor((declared.size * this.limits.percent) / 100));
    const since = Math.min(...updates.map(({ observation }) => observation.observedAt));
    if (broken > limit && this.heldUntil < since) {
      throw new Violation(`a sweep stores that ${String(broken)} DIDs broke, and writes are not held`);
    }
  }

  /** One that became READY after the lists were asked for was judged on newer ones, and is not overwritten. */
  private breaks({ observation: { key, observedAt }, readiness }: KeyUpdate): boolean {
    const since = this.readySince.get(key);
    return since !== undefined && since < observedAt && readiness.complete && readiness.state !== 'READY';
  }
}

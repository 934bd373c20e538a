import {
  heldMs,
  LANE_FLOOR,
  lanePart,
  RATE_LANES,
  type RateBudget,
  type RateGrant,
  type RateRequest,
} from '@dialtone/engine';
import type { BudgetRecord, Tables } from './tables';

export class InMemoryRateBudget implements RateBudget {
  constructor(private readonly tables: Tables) {}

  take(credential: string, { ratePerSecond, burst, lane, count, ahead = 0 }: RateRequest): Promise<RateGrant> {
    const now = this.tables.clock.now();
    const record = this.recordOf(credential);
    const blockedMs = Math.max(0, record.blockedUntil - now);
    if (ratePerSecond === 0) return Promise.resolve({ granted: blockedMs > 0 ? 0 : count + ahead, waitMs: blockedMs });
    const interval = 1_000 / ratePerSecond;
    const above = RATE_LANES.slice(0, RATE_LANES.indexOf(lane));
    const held = above.filter((one) => (record.heldUntil[one] ?? -Infinity) > now).length;
    const used = Math.max(0, record.tat - now) / interval + held;
    const share = lanePart(lane, burst);
    const floor = LANE_FLOOR[lane];
    const floorInMs = floor === null ? Infinity : (record.servedAt[lane] ?? -Infinity) + interval / floor - now;
    const room = Math.floor(share - used + 1e-6);
    const wanted = count + Math.min(ahead, Math.max(0, Math.floor((room - count) / 2)));
    const granted = blockedMs > 0 ? 0 : Math.min(wanted, Math.max(room, floorInMs <= 0 ? 1 : 0));
    const refusedMs = Math.ceil(Math.max(1, blockedMs, Math.min((used - share + 1) * interval, floorInMs)));
    const waitMs = granted >= count ? 0 : granted > 0 ? Math.ceil(interval) : refusedMs;
    if (blockedMs === 0) {
      const extraMs = heldMs(lane, burst);
      record.heldUntil[lane] = extraMs === null || waitMs === 0 ? -Infinity : now + waitMs + extraMs;
    }
    if (granted === 0) return Promise.resolve({ granted, waitMs });
    record.tat = Math.max(record.tat, now) + granted * interval;
    record.servedAt[lane] = now;
    return Promise.resolve({ granted, waitMs });
  }

  penalize(credential: string, forMs: number): Promise<void> {
    const record = this.recordOf(credential);
    record.blockedUntil = Math.max(record.blockedUntil, this.tables.clock.now() + forMs);
    return Promise.resolve();
  }

  forget(idleMs: number): Promise<number> {
    const before = this.tables.clock.now() - idleMs;
    const idle = [...this.tables.budgets].filter(([, { tat, blockedUntil }]) => Math.max(tat, blockedUntil) < before);
    for (const [credential] of idle) this.tables.budgets.delete(credential);
    return Promise.resolve(idle.length);
  }

  private recordOf(credential: string): BudgetRecord {
    const known = this.tables.budgets.get(credential);
    if (known !== undefined) return known;
    const fresh = { tat: this.tables.clock.now(), blockedUntil: -Infinity, servedAt: {}, heldUntil: {} };
    this.tables.budgets.set(credential, fresh);
    return fresh;
  }
}

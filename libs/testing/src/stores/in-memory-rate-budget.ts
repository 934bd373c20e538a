import {
  heldMs,
  LANE_FLOOR,
  lanePart,
  RATE_LANES,
  type RateBudget,
  type RateGrant,
  type RateLane,
  type RateRequest,
} from '@dialtone/engine';
import type { BudgetRecord, Tables } from './tables';

export class InMemoryRateBudget implements RateBudget {
  constructor(private readonly tables: Tables) {}

  take(credential: string, request: RateRequest): Promise<RateGrant> {
    const { ratePerSecond, lane, count, ahead = 0 } = request;
    const now = this.tables.clock.now();
    const record = this.recordOf(credential);
    const blockedMs = Math.max(0, record.blockedUntil - now);
    if (ratePerSecond === 0) return Promise.resolve({ granted: blockedMs > 0 ? 0 : count + ahead, waitMs: blockedMs });
    const grant = blockedMs > 0 ? { granted: 0, waitMs: Math.ceil(blockedMs) } : this.grantOf(record, request);
    if (blockedMs === 0) this.hold(record, request, grant);
    if (grant.granted > 0) {
      record.tat = Math.max(record.tat, now) + (grant.granted * 1_000) / ratePerSecond;
      record.servedAt[lane] = now;
    }
    return Promise.resolve(grant);
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

  /** Of a credential that is not penalised. */
  private grantOf(record: BudgetRecord, { ratePerSecond, burst, lane, count, ahead = 0 }: RateRequest): RateGrant {
    const now = this.tables.clock.now();
    const interval = 1_000 / ratePerSecond;
    const used = Math.max(0, record.tat - now) / interval + heldFor(record, lane, now);
    const part = lanePart(lane, burst);
    const floor = LANE_FLOOR[lane];
    const floorInMs = floor === null ? Infinity : (record.servedAt[lane] ?? -Infinity) + interval / floor - now;
    const room = Math.floor(part - used + 1e-6);
    const wanted = count + Math.min(ahead, Math.max(0, Math.floor((room - count) / 2)));
    const granted = Math.min(wanted, Math.max(room, floorInMs <= 0 ? 1 : 0));
    if (granted >= count) return { granted, waitMs: 0 };
    if (granted > 0) return { granted, waitMs: Math.ceil(interval) };
    return { granted: 0, waitMs: Math.ceil(Math.max(1, Math.min((used - part + 1) * interval, floorInMs))) };
  }

  private hold(record: BudgetRecord, { lane, burst }: RateRequest, { waitMs }: RateGrant): void {
    const extraMs = heldMs(lane, burst);
    record.heldUntil[lane] = extraMs === null || waitMs === 0 ? -Infinity : this.tables.clock.now() + waitMs + extraMs;
  }

  private recordOf(credential: string): BudgetRecord {
    const known = this.tables.budgets.get(credential);
    if (known !== undefined) return known;
    const fresh = { tat: this.tables.clock.now(), blockedUntil: -Infinity, servedAt: {}, heldUntil: {} };
    this.tables.budgets.set(credential, fresh);
    return fresh;
  }
}

/** Requests that are held for the lanes above. */
const heldFor = ({ heldUntil }: BudgetRecord, lane: RateLane, now: number): number =>
  RATE_LANES.slice(0, RATE_LANES.indexOf(lane)).filter((above) => (heldUntil[above] ?? -Infinity) > now).length;

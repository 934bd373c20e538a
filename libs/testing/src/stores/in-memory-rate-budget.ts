import { LANE_SHARE, type RateBudget, type RateRequest } from '@dialtone/engine';
import type { Tables } from './tables';

export class InMemoryRateBudget implements RateBudget {
  constructor(private readonly tables: Tables) {}

  take(credential: string, request: RateRequest): Promise<number> {
    const now = this.tables.clock.now();
    const interval = 1_000 / request.ratePerSecond;
    const tolerance = interval * Math.max(1, request.burst * LANE_SHARE[request.lane]);
    const { tat, blockedUntil } = this.tables.budgets.get(credential) ?? { tat: now, blockedUntil: 0 };
    const next = Math.max(tat, now) + interval;
    const wait = Math.max(next - tolerance - now, blockedUntil - now);
    if (wait > 0) return Promise.resolve(Math.ceil(wait));
    this.tables.budgets.set(credential, { tat: next, blockedUntil });
    return Promise.resolve(0);
  }

  penalize(credential: string, forMs: number): Promise<void> {
    const now = this.tables.clock.now();
    const known = this.tables.budgets.get(credential) ?? { tat: now, blockedUntil: 0 };
    this.tables.budgets.set(credential, { ...known, blockedUntil: Math.max(known.blockedUntil, now + forMs) });
    return Promise.resolve();
  }
}

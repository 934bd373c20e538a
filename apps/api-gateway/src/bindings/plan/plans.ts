import { Inject, Injectable } from '@nestjs/common';
import type { PartnerId } from '@dialtone/domain';
import type { Inspect, Inspected, PlanStore } from '@dialtone/persistence';
import { PLAN_STORE } from '../../outside/tokens';
import { placedOf, Planning, type PlannedBatch, type PlannedRequest } from './planning';
import { planStale } from './stale-plan';

/** Makes plans, and lets only what was planned be done. */
@Injectable()
export class Plans {
  constructor(
    private readonly planning: Planning,
    @Inject(PLAN_STORE) private readonly plans: PlanStore,
  ) {}

  of(request: PlannedRequest, seen: Inspected): Promise<PlannedBatch> {
    return this.planning.of(request, seen);
  }

  /** So that it can be said what has changed when it is to be done. */
  async remember(partnerId: PartnerId, { hash, basis }: PlannedBatch): Promise<void> {
    await this.plans.remember(partnerId, hash, basis);
  }

  /** Throws PLAN_STALE unless a plan that is made now has this hash. */
  checking(partnerId: PartnerId, hash: string, request: PlannedRequest): Inspect {
    return async (seen) => {
      await this.check(partnerId, hash, request, await this.planning.of(request, seen));
    };
  }

  /** Throws PLAN_STALE unless `now` has this hash. */
  async check(partnerId: PartnerId, hash: string, { read }: PlannedRequest, now: PlannedBatch): Promise<void> {
    if (now.hash === hash) return;
    const places = new Map(placedOf(read).map(({ index, asked }) => [asked.key as string, index]));
    throw planStale(await this.plans.recall(partnerId, hash), now.basis, places);
  }
}

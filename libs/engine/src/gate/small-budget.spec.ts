import * as fc from 'fast-check';
import { InMemoryWorld, ManualClock } from '@dialtone/testing';
import type { RateLane } from '../ports/rate-budget';
import { UpstreamGate, USER_WAIT_MS, type GatedRequest } from './upstream-gate';

const LOOKED_AT_MS = 120_000;

/** A process that asks for requests of one lane, each as soon as the last was let go or refused. */
const busyIn = async (gate: UpstreamGate, lane: RateLane, world: InMemoryWorld): Promise<void> => {
  const request: GatedRequest = { lane, endpoint: 'dids', mutating: lane === 'repair', loggedIn: true };
  for (;;) {
    const passage = await gate.pass(request);
    if (passage.kind === 'go') await passage.settle(null);
    else await world.clock.sleep(passage.failure.retryAfterMs ?? 0);
  }
};

describe('a budget of a few requests', () => {
  it('lets a user wait no longer than the lanes below need for what was theirs, whatever they want', async () => {
    const scene = fc.record({
      ratePerSecond: fc.constantFrom(1, 2, 4),
      burst: fc.constantFrom(1, 2, 3),
      busy: fc.array(fc.constantFrom('repair', 'sweep'), { minLength: 1, maxLength: 5 }),
      pauses: fc.array(fc.integer({ min: 5_000, max: 20_000 }), { minLength: 3, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ ratePerSecond, burst, busy, pauses }) => {
        const clock = new ManualClock();
        const world = new InMemoryWorld(clock);
        const limits = { ratePerSecond, burst, writeWaitMs: 2_000 };
        const observer = { waited: () => {}, throttled: () => {}, breakerChanged: () => {}, failed: () => {} };
        const gate = () =>
          new UpstreamGate({ credential: 'reseller', budget: world.rateBudget, limits, clock, observer });
        for (const lane of busy) void busyIn(gate(), lane, world);
        const gateway = gate();
        const waits: number[] = [];
        const asking = (async () => {
          for (const pause of pauses) {
            await clock.sleep(pause);
            const asked = clock.now();
            const passage = await gateway.pass({ lane: 'user', endpoint: 'clients', mutating: false, loggedIn: true });
            if (passage.kind === 'go') await passage.settle(null);
            waits.push(passage.kind === 'go' ? clock.now() - asked : Infinity);
          }
        })();
        await clock.advance(LOOKED_AT_MS);
        await asking;
        // Two requests were sent at the floor of the lanes below, one may be on its way.
        expect(Math.max(...waits)).toBeLessThanOrEqual(Math.min(USER_WAIT_MS, 3_000 / ratePerSecond + 500));
      }),
      { numRuns: 100 },
    );
  });
});

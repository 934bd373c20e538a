import { ManualClock } from '@dialtone/testing';
import type { Lease, Leases } from '../ports';
import { withRenewal } from './lease-keeping';

const lease: Lease = { resource: 'did:a/b', owner: 'one', epoch: 1n, expiresAt: 0 };
const TTL = 9_000;

const renewing = (renew: () => Promise<boolean>) => {
  const clock = new ManualClock();
  let renewals = 0;
  const leases = {
    renew: () => {
      renewals += 1;
      return renew();
    },
  } as unknown as Leases;
  return { clock, deps: { leases, clock, ttlMs: TTL }, renewals: () => renewals };
};

describe('withRenewal', () => {
  it('renews at a third of the time to live for as long as the work takes, and not longer', async () => {
    const { clock, deps, renewals } = renewing(() => Promise.resolve(true));
    const work = withRenewal(deps, lease, async (signal) => {
      await clock.sleep(10_000);
      return signal.aborted;
    });
    await clock.advance(10_000);
    expect(await work).toBe(false);
    expect(renewals()).toBe(3);
    await clock.advance(60_000);
    expect(renewals()).toBe(3);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('tells the work when the lease was lost, and stops renewing', async () => {
    const { clock, deps, renewals } = renewing(() => Promise.resolve(false));
    const seen: boolean[] = [];
    const work = withRenewal(deps, lease, async (signal) => {
      for (let second = 0; second < 5; second += 1) {
        await clock.sleep(1_000);
        seen.push(signal.aborted);
      }
    });
    await clock.advance(5_000);
    await work;
    expect(seen).toEqual([false, false, true, true, true]);
    expect(renewals()).toBe(1);
  });

  it('takes a store that is away for a moment for no more than that', async () => {
    const { clock, deps, renewals } = renewing(() => Promise.reject(new Error('store away')));
    const work = withRenewal(deps, lease, async (signal) => {
      await clock.sleep(7_000);
      return signal.aborted;
    });
    await clock.advance(7_000);
    expect(await work).toBe(false);
    expect(renewals()).toBe(2);
  });

  it('hands on what the work throws, and stops renewing', async () => {
    const { clock, deps } = renewing(() => Promise.resolve(true));
    await expect(withRenewal(deps, lease, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(clock.nextWakeAt()).toBeNull();
  });
});

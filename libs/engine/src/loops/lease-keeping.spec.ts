import { InMemoryWorld, ManualClock } from '@dialtone/testing';
import type { Lease, Leases } from '../ports';
import { acquireWithin, LeaderElection, withRenewal } from './lease-keeping';

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

describe('acquireWithin', () => {
  it('asks at once, then every 200 ms, until it gets something', async () => {
    const clock = new ManualClock();
    const askedAt: number[] = [];
    const start = clock.now();
    const acquired = acquireWithin(clock, 3_000, () => {
      askedAt.push(clock.now() - start);
      return Promise.resolve(askedAt.length === 4 ? lease : null);
    });
    await clock.advance(3_000);
    expect([await acquired, askedAt]).toEqual([lease, [0, 200, 400, 600]]);
  });

  it('gives up with null when the time has passed, after one last look', async () => {
    const clock = new ManualClock();
    const askedAt: number[] = [];
    const start = clock.now();
    const acquired = acquireWithin(clock, 500, () => {
      askedAt.push(clock.now() - start);
      return Promise.resolve(null);
    });
    await clock.advance(10_000);
    expect([await acquired, askedAt]).toEqual([null, [0, 200, 400, 600]]);
  });

  it('hands on what acquiring throws', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('store away'));
    await expect(acquireWithin(new ManualClock(), 500, away)).rejects.toThrow('store away');
  });
});

/** Replicas that compete for one lease, on one clock; the store can be away. */
const electorate = () => {
  const clock = new ManualClock();
  const stored = new InMemoryWorld(clock).leases;
  const store = { isAway: false, asked: [] as string[] };
  const asking = <T>(what: string, answer: () => Promise<T>): Promise<T> => {
    store.asked.push(what);
    return store.isAway ? Promise.reject(new Error('store away')) : answer();
  };
  const leases: Leases = {
    acquire: (resource, owner, ttlMs) =>
      asking(`acquire ${resource} ${owner}`, () => stored.acquire(resource, owner, ttlMs)),
    renew: (held, ttlMs) => asking(`renew ${held.resource} ${held.owner}`, () => stored.renew(held, ttlMs)),
    release: (held) => asking(`release ${held.resource} ${held.owner}`, () => stored.release(held)),
  };
  const replica = (owner: string) => {
    const election = new LeaderElection({ leases, clock, owner, ttlMs: TTL }, 'relay:kafka');
    const stop = new AbortController();
    const done = election.run(stop.signal);
    return { election, stop, done };
  };
  return { clock, store, replica };
};

describe('LeaderElection', () => {
  it('makes one of two replicas the leader, and keeps it', async () => {
    const { clock, store, replica } = electorate();
    const replicas = [replica('one'), replica('two')];
    await clock.settle();
    expect(replicas.map(({ election }) => election.isLeader)).toEqual([true, false]);
    await clock.advance(10 * TTL);
    expect(replicas.map(({ election }) => election.isLeader)).toEqual([true, false]);
    expect(store.asked.filter((what) => what.startsWith('renew'))).toHaveLength(30);
  });

  it('competes for the lease, and renews it, at a third of its time to live', async () => {
    const { clock, store, replica } = electorate();
    replica('one');
    await clock.advance(1);
    replica('two');
    await clock.advance(TTL);
    expect(store.asked.slice(0, 4)).toEqual([
      'acquire relay:kafka one',
      'acquire relay:kafka two',
      'renew relay:kafka one',
      'acquire relay:kafka two',
    ]);
    expect(store.asked).toHaveLength(8);
  });

  it('hands over on an orderly stop within a third of the time to live', async () => {
    const { clock, store, replica } = electorate();
    const [one, two] = [replica('one'), replica('two')];
    await clock.settle();
    one.stop.abort();
    await one.done;
    expect(store.asked.at(-1)).toBe('release relay:kafka one');
    expect(one.election.isLeader).toBe(false);
    await clock.advance(TTL / 3);
    expect(two.election.isLeader).toBe(true);
  });

  it('ends a fifth before the lease does when it hears nothing of it', async () => {
    const { clock, store, replica } = electorate();
    const { election } = replica('one');
    await clock.settle();
    store.isAway = true;
    await clock.advance(0.8 * TTL - 1);
    expect(election.isLeader).toBe(true);
    await clock.advance(1);
    expect(election.isLeader).toBe(false);
  });

  it('counts from before it asked, not from the answer', async () => {
    const clock = new ManualClock();
    const slow = {
      acquire: async () => {
        await clock.sleep(TTL / 2);
        return lease;
      },
    } as unknown as Leases;
    const election = new LeaderElection({ leases: slow, clock, owner: 'one', ttlMs: TTL }, 'relay:kafka');
    void election.run(new AbortController().signal);
    await clock.advance(TTL / 2);
    expect(election.isLeader).toBe(true);
    await clock.advance(0.3 * TTL);
    expect(election.isLeader).toBe(false);
  });

  it('never has two leaders, also when a leader is cut off from the store', async () => {
    const { clock, store, replica } = electorate();
    const [one, two] = [replica('one'), replica('two')];
    await clock.settle();
    const leaders: number[] = [];
    for (let tick = 0; tick < 400; tick += 1) {
      store.isAway = tick % 100 > 50;
      await clock.advance(100);
      leaders.push([one, two].filter(({ election }) => election.isLeader).length);
    }
    expect(Math.max(...leaders)).toBe(1);
    expect(leaders.at(-1)).toBe(1);
  });

  it('tries again within a second while the database is away, so that it is soon back when that is', async () => {
    const { clock, store, replica } = electorate();
    store.isAway = true;
    const { election } = replica('one');
    await clock.advance(500);
    store.isAway = false;
    await clock.advance(499);
    expect(election.isLeader).toBe(false);
    await clock.advance(1);
    expect(election.isLeader).toBe(true);
  });

  it('competes anew for a lease that it has lost', async () => {
    const clock = new ManualClock();
    const answers = [true, false];
    const acquire = jest.fn(() => Promise.resolve(lease));
    const leases = { acquire, renew: () => Promise.resolve(answers.shift() ?? true) } as unknown as Leases;
    const election = new LeaderElection({ leases, clock, owner: 'one', ttlMs: TTL }, 'relay:kafka');
    void election.run(new AbortController().signal);
    await clock.advance((2 * TTL) / 3);
    expect([election.isLeader, acquire.mock.calls.length]).toEqual([false, 1]);
    await clock.advance(TTL / 3);
    expect([election.isLeader, acquire.mock.calls.length]).toEqual([true, 2]);
  });

  it('ends also when the lease cannot be released', async () => {
    const { clock, store, replica } = electorate();
    const { election, stop, done } = replica('one');
    await clock.settle();
    store.isAway = true;
    stop.abort();
    await expect(done).resolves.toBeUndefined();
    expect([election.isLeader, clock.nextWakeAt()]).toEqual([false, null]);
  });
});

import type { Lease, Leases } from '@dialtone/engine';
import { HeldLease } from './held-lease';

const TTL_MS = 30_000;
const LEASE: Lease = { resource: 'relay:kafka', owner: 'me', epoch: 1n, expiresAt: 0 };

/** Answers by turns, and how long was slept after each. */
const run = async (turns: readonly (() => Promise<Lease | boolean | null>)[]): Promise<readonly number[]> => {
  const answers = [...turns];
  const sleeps: number[] = [];
  const stopping = new AbortController();
  const turn = (): Promise<never> => (answers.shift() ?? (() => Promise.resolve(null)))() as Promise<never>;
  const leases: Leases = { acquire: turn, renew: turn, release: () => Promise.resolve() };
  const clock = {
    now: () => 0,
    random: () => 0,
    nextTurn: () => Promise.resolve(),
    sleep: (ms: number) => {
      sleeps.push(ms);
      if (answers.length === 0) stopping.abort();
      return Promise.resolve();
    },
  };
  await new HeldLease({ leases, clock, owner: 'me', ttlMs: TTL_MS }, LEASE.resource).run(stopping.signal);
  return sleeps;
};

const away = (): Promise<never> => Promise.reject(new Error('the database is away'));

describe('HeldLease', () => {
  it('competes for the lease, and renews it, at a third of its time to live', async () => {
    const turns = [() => Promise.resolve(null), () => Promise.resolve(LEASE), () => Promise.resolve(true)];
    expect(await run(turns)).toEqual([TTL_MS / 3, TTL_MS / 3, TTL_MS / 3]);
  });

  it('tries again within a second while the database is away, so that it is soon back when that is', async () => {
    expect(await run([() => Promise.resolve(LEASE), away, away, () => Promise.resolve(true)])).toEqual([
      TTL_MS / 3,
      1_000,
      1_000,
      TTL_MS / 3,
    ]);
  });
});

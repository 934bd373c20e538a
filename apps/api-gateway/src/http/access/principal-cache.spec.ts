import type { PartnerId } from '@dialtone/domain';
import { DatabaseAwayError, type Principal } from '@dialtone/persistence';
import { setTimeout as sleep } from 'node:timers/promises';
import { PrincipalCache } from './principal-cache';

const principal: Principal = { partnerId: 'p' as PartnerId, apiKeyId: 'k', scopes: [] };

const DEADLINE_MS = 400;
const AMPLE_MS = 60_000;

describe('PrincipalCache', () => {
  let now = 0;
  let lookups: string[] = [];
  let answer: () => Promise<Principal | null> = () => Promise.resolve(principal);
  const store = {
    authenticate: (apiKey: string) => {
      lookups.push(apiKey);
      return answer();
    },
  };
  beforeEach(() => {
    now = 0;
    lookups = [];
    answer = () => Promise.resolve(principal);
  });

  it('believes an accepted key for less than a second', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await cache.authenticate('a');
    now = 999;
    await cache.authenticate('a');
    expect(lookups).toEqual(['a']);
    now = 1000;
    answer = () => Promise.resolve(null);
    expect(await cache.authenticate('a')).toBeNull();
  });

  it('forgets a refused key and a failed lookup at once', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    answer = () => Promise.resolve(null);
    expect(await cache.authenticate('a')).toBeNull();
    answer = () => Promise.reject(new Error('away'));
    await expect(cache.authenticate('a')).rejects.toThrow('away');
    answer = () => Promise.resolve(principal);
    expect(await cache.authenticate('a')).toBe(principal);
  });

  it('looks a key up once for all who ask at the same time', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const all = ['a', 'b', 'a'].map((key) => cache.authenticate(key));
    resolve(principal);
    expect(await Promise.all(all)).toEqual([principal, principal, principal]);
    expect(lookups).toEqual(['a', 'b']);
  });

  it('counts the second from when it asked, not from the answer', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const first = cache.authenticate('a');
    now = 900;
    resolve(principal);
    await first;
    now = 1000;
    await cache.authenticate('a');
    expect(lookups).toEqual(['a', 'a']);
  });

  it('keeps keys apart, and forgets the one that was looked up longest ago when there are too many', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    for (let nth = 0; nth <= 1000; nth += 1) await cache.authenticate(`key ${String(nth)}`);
    await cache.authenticate('key 1');
    expect(lookups).toHaveLength(1001);
    await cache.authenticate('key 0');
    expect(lookups).toHaveLength(1002);
  });

  it('lets a flood of guesses neither delay a key that was accepted before, nor displace it', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await cache.authenticate('mine');
    now = 5000;
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const guesses = Array.from({ length: 3000 }, (_, nth) => cache.authenticate(`guess ${String(nth)}`));
    expect(lookups).toEqual(['mine', 'guess 0', 'guess 1']);
    answer = () => Promise.resolve(principal);
    expect(await cache.authenticate('mine')).toBe(principal);
    expect(lookups.slice(3)).toEqual(['mine']);
    answer = () => Promise.resolve(null);
    resolve(null);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([null]));
    expect(lookups).toHaveLength(3002);
  });

  it('treats a key that is refused by now as a stranger', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await cache.authenticate('mine');
    now = 5000;
    answer = () => Promise.resolve(null);
    await cache.authenticate('mine');
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const asked = ['guess 0', 'guess 1', 'mine'].map((key) => cache.authenticate(key));
    expect(lookups).toEqual(['mine', 'mine', 'guess 0', 'guess 1']);
    // A look-up left open fails at its deadline, in the middle of another test file.
    resolve(null);
    await Promise.all(asked);
  });

  it('goes on with the next stranger when a look-up fails', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    answer = () => Promise.reject(new Error('away'));
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((key) => cache.authenticate(key)));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(lookups).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('ends a look-up at its deadline for all who share it, and looks anew for the next', async () => {
    const cache = new PrincipalCache(store, DEADLINE_MS, () => now);
    answer = () => new Promise(() => undefined);
    const first = cache.authenticate('a');
    await sleep(DEADLINE_MS / 2);
    const began = performance.now();
    const sharing = cache.authenticate('a');
    await Promise.all([first, sharing].map((one) => expect(one).rejects.toThrow(DatabaseAwayError)));
    expect(performance.now() - began).toBeLessThan(DEADLINE_MS);
    answer = () => Promise.resolve(principal);
    await expect(cache.authenticate('a')).resolves.toBe(principal);
    expect(lookups).toEqual(['a', 'a']);
  });

  it('ends also those that wait for their turn, and does not look them up any more', async () => {
    const cache = new PrincipalCache(store, DEADLINE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const all = ['a', 'b', 'c', 'd'].map((key) => cache.authenticate(key));
    await Promise.all(all.map((one) => expect(one).rejects.toThrow(DatabaseAwayError)));
    resolve(null);
    await sleep(0);
    expect(lookups).toEqual(['a', 'b']);
    answer = () => Promise.resolve(principal);
    await expect(cache.authenticate('e')).resolves.toBe(principal);
  });
});

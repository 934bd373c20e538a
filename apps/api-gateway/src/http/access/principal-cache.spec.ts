import type { PartnerId } from '@dialtone/domain';
import { DatabaseAwayError, type Principal } from '@dialtone/persistence';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from '../errors/api-error';
import { PrincipalCache } from './principal-cache';

/** As a gateway asks, with senders that stay. */
const authenticate = async (cache: PrincipalCache, apiKey: string): Promise<Principal | null> =>
  cache.ask(apiKey).answer;

const principal: Principal = { partnerId: 'p' as PartnerId, apiKeyId: 'k', scopes: [] };

const DEADLINE_MS = 400;
const AMPLE_MS = 60_000;

describe('PrincipalCache', () => {
  let now = 0;
  let lookups: string[] = [];
  let answer: () => Promise<Principal | null> = () => Promise.resolve(principal);
  /** How many keys each statement looked up together. */
  let batches: number[] = [];
  const lookUp = (apiKey: string): Promise<Principal | null> => {
    lookups.push(apiKey);
    return answer();
  };
  const store = {
    authenticate: lookUp,
    authenticateAll: (apiKeys: readonly string[]) => {
      batches.push(apiKeys.length);
      return Promise.all(apiKeys.map(lookUp));
    },
  };
  beforeEach(() => {
    now = 0;
    lookups = [];
    batches = [];
    answer = () => Promise.resolve(principal);
  });

  it('believes an accepted key for less than a second', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await authenticate(cache, 'a');
    now = 999;
    await authenticate(cache, 'a');
    expect(lookups).toEqual(['a']);
    now = 1000;
    answer = () => Promise.resolve(null);
    expect(await authenticate(cache, 'a')).toBeNull();
  });

  it('forgets a refused key and a failed lookup at once', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    answer = () => Promise.resolve(null);
    expect(await authenticate(cache, 'a')).toBeNull();
    answer = () => Promise.reject(new Error('away'));
    await expect(authenticate(cache, 'a')).rejects.toThrow('away');
    answer = () => Promise.resolve(principal);
    expect(await authenticate(cache, 'a')).toBe(principal);
  });

  it('looks a key up once for all who ask at the same time', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const all = ['a', 'b', 'a'].map((key) => authenticate(cache, key));
    resolve(principal);
    expect(await Promise.all(all)).toEqual([principal, principal, principal]);
    expect(lookups).toEqual(['a', 'b']);
  });

  it('counts the second from when it asked, not from the answer', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const first = authenticate(cache, 'a');
    await nextTurn();
    now = 900;
    resolve(principal);
    await first;
    now = 1000;
    await authenticate(cache, 'a');
    expect(lookups).toEqual(['a', 'a']);
  });

  it('keeps keys apart, and forgets the one that was looked up longest ago when there are too many', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    for (let nth = 0; nth <= 1000; nth += 1) await authenticate(cache, `key ${String(nth)}`);
    await authenticate(cache, 'key 1');
    expect(lookups).toHaveLength(1001);
    await authenticate(cache, 'key 0');
    expect(lookups).toHaveLength(1002);
  });

  it('lets a flood of guesses neither delay a key that was accepted before, nor displace it', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await authenticate(cache, 'mine');
    now = 5000;
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const guesses = Array.from({ length: 3000 }, (_, nth) => authenticate(cache, `guess ${String(nth)}`));
    const told = Promise.allSettled(guesses);
    await nextTurn();
    expect(lookups).toHaveLength(401);
    answer = () => Promise.resolve(principal);
    expect(await authenticate(cache, 'mine')).toBe(principal);
    expect(lookups.slice(401)).toEqual(['mine']);
    answer = () => Promise.resolve(null);
    resolve(null);
    const refused = (await told).map((one) =>
      one.status === 'rejected' ? (one.reason as ApiError).status : one.value,
    );
    expect(refused).toEqual([...Array<null>(1000).fill(null), ...Array<number>(2000).fill(503)]);
    expect(lookups).toHaveLength(1002);
    expect(batches).toEqual([1, ...Array<number>(5).fill(200)]);
  });

  it('answers a new key after two statements at most, however many guesses wait in front of it', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    answer = () => Promise.resolve(null);
    const guesses = Array.from({ length: 300 }, (_, nth) => authenticate(cache, `guess ${String(nth)}`));
    const mine = authenticate(cache, 'mine');
    await mine;
    expect(batches).toEqual([200, 101]);
    await Promise.all(guesses);
  });

  it('does not look up what nobody waits for any more, and gives its place to others', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    const [left, shared, alsoShared] = ['left', 'shared', 'shared'].map((key) => cache.ask(key));
    for (const one of [left, shared]) one?.leave();
    const many = Array.from({ length: 999 }, (_, nth) => authenticate(cache, `guess ${String(nth)}`));
    await expect(left?.answer).rejects.toThrow('closed');
    expect(await Promise.all([alsoShared?.answer, ...many])).toEqual(Array(1000).fill(principal));
    expect(lookups).not.toContain('left');
    expect(lookups).toContain('shared');
  });

  it('treats a key that is refused by now as a stranger', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    await authenticate(cache, 'mine');
    now = 5000;
    answer = () => Promise.resolve(null);
    await authenticate(cache, 'mine');
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const asked = ['guess 0', 'guess 1'].map((key) => authenticate(cache, key));
    await nextTurn();
    asked.push(...['guess 2', 'mine'].map((key) => authenticate(cache, key)));
    await nextTurn();
    expect(lookups).toEqual(['mine', 'mine', 'guess 0', 'guess 1', 'guess 2', 'mine']);
    expect(batches.slice(-2)).toEqual([2, 2]);
    // A look-up left open fails at its deadline, in the middle of another test file.
    resolve(null);
    await Promise.all(asked);
  });

  it('goes on with the next stranger when a look-up fails', async () => {
    const cache = new PrincipalCache(store, AMPLE_MS, () => now);
    answer = () => Promise.reject(new Error('away'));
    const results: PromiseSettledResult<unknown>[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      results.push(...(await Promise.allSettled([authenticate(cache, key)])));
    }
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(lookups).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('ends a look-up at its deadline for all who share it, and looks anew for the next', async () => {
    const cache = new PrincipalCache(store, DEADLINE_MS, () => now);
    answer = () => new Promise(() => undefined);
    const first = authenticate(cache, 'a');
    await sleep(DEADLINE_MS / 2);
    const sharing = authenticate(cache, 'a');
    let isOver = false;
    sharing.catch(() => (isOver = true));
    await expect(first).rejects.toThrow(DatabaseAwayError);
    await nextTurn();
    expect(isOver).toBe(true);
    await expect(sharing).rejects.toThrow(DatabaseAwayError);
    answer = () => Promise.resolve(principal);
    await expect(authenticate(cache, 'a')).resolves.toBe(principal);
    expect(lookups).toEqual(['a', 'a']);
  });

  it('ends also those that wait for their turn, and does not look them up any more', async () => {
    const cache = new PrincipalCache(store, DEADLINE_MS, () => now);
    const { promise, resolve } = Promise.withResolvers<Principal | null>();
    answer = () => promise;
    const all: Promise<Principal | null>[] = [];
    for (const key of ['a', 'b', 'c', 'd']) {
      all.push(authenticate(cache, key));
      await nextTurn();
    }
    await Promise.all(all.map((one) => expect(one).rejects.toThrow(DatabaseAwayError)));
    resolve(null);
    await sleep(20);
    expect(lookups).toEqual(['a', 'b']);
    answer = () => Promise.resolve(principal);
    await expect(authenticate(cache, 'e')).resolves.toBe(principal);
  });
});

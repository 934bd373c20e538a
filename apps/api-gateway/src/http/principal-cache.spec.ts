import type { PartnerId } from '@dialtone/domain';
import type { Principal } from '@dialtone/persistence';
import { PrincipalCache } from './principal-cache';

const principal: Principal = { partnerId: 'p' as PartnerId, apiKeyId: 'k', scopes: [] };

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
    const cache = new PrincipalCache(store, () => now);
    await cache.authenticate('a');
    now = 999;
    await cache.authenticate('a');
    expect(lookups).toEqual(['a']);
    now = 1000;
    answer = () => Promise.resolve(null);
    expect(await cache.authenticate('a')).toBeNull();
  });

  it('forgets a refused key and a failed lookup at once', async () => {
    const cache = new PrincipalCache(store, () => now);
    answer = () => Promise.resolve(null);
    expect(await cache.authenticate('a')).toBeNull();
    answer = () => Promise.reject(new Error('away'));
    await expect(cache.authenticate('a')).rejects.toThrow('away');
    answer = () => Promise.resolve(principal);
    expect(await cache.authenticate('a')).toBe(principal);
  });

  it('keeps keys apart and does not grow without end', async () => {
    const cache = new PrincipalCache(store, () => now);
    for (let nth = 0; nth <= 1000; nth += 1) await cache.authenticate(`key ${String(nth)}`);
    await cache.authenticate('key 0');
    expect(lookups).toHaveLength(1002);
  });
});

import { usePostgres } from '@dialtone/persistence/testing';
import type { PartnerId } from '@dialtone/domain';

const postgres = usePostgres();
const BASE = { baseUrl: 'https://voicelink.example/api', username: 'reseller' };
let partnerId: PartnerId;
beforeEach(async () => {
  partnerId = (await postgres.stores.partners.create('Acme')).id;
});
const begin = (more: object = {}): Promise<number | null> =>
  postgres.stores.loginAttempts.begin({ partnerId, ...BASE, ...more });
const pass = (by: string): Promise<unknown> =>
  postgres.query(
    `update login_attempts set last_at = last_at - interval '${by}', blocked_until = blocked_until - interval '${by}'`,
  );

describe('failed carrier logins', () => {
  it('are free at first, and then wait twice as long each time, up to an hour', async () => {
    for (let nth = 0; nth < 3; nth += 1) expect(await begin()).toBeNull();
    for (const seconds of [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]) {
      expect(await begin()).toBeNull();
      const left = (await begin()) ?? 0;
      expect(Math.ceil(left / 1000)).toBeLessThanOrEqual(seconds);
      expect(left / 1000).toBeGreaterThan(seconds - 5);
      await pass('1 hour');
    }
  });

  it('are counted before they are tried: of many at once a few are', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => begin()));
    expect(all.filter((left) => left === null)).toHaveLength(4);
  });

  it.each(['RESELLER', ' reseller '])('are counted under another spelling, %j, of the user name', async (username) => {
    for (let nth = 0; nth < 4; nth += 1) await begin();
    expect(await begin({ username })).toBeGreaterThan(0);
  });

  it('are counted for a partner over all user names, and not for another partner', async () => {
    const all: (number | null)[] = [];
    for (let nth = 0; nth < 25; nth += 1) all.push(await begin({ username: `user ${String(nth)}` }));
    expect(all.filter((left) => left === null)).toHaveLength(21);
    const other = (await postgres.stores.partners.create('Other')).id;
    expect(await begin({ partnerId: other })).toBeNull();
  });

  it('that told nothing do not count, and forgive none that did', async () => {
    const askInVain = async (): Promise<number | null> => {
      const waitMs = await begin();
      if (waitMs === null) await postgres.stores.loginAttempts.saidNothing({ partnerId, ...BASE });
      return waitMs;
    };
    for (let nth = 0; nth < 30; nth += 1) expect(await askInVain()).toBeNull();
    for (let nth = 0; nth < 4; nth += 1) await begin();
    await pass('1 hour');
    expect(await askInVain()).toBeNull();
    expect(await begin()).toBeGreaterThan(0);
  });

  it('are forgotten by a good login of that user name, and after a day', async () => {
    for (let nth = 0; nth < 3; nth += 1) await begin();
    await begin();
    await postgres.stores.loginAttempts.succeeded({ partnerId, ...BASE });
    for (let nth = 0; nth < 4; nth += 1) expect(await begin()).toBeNull();
    expect(await begin()).toBeGreaterThan(0);
    await pass('25 hours');
    for (let nth = 0; nth < 4; nth += 1) expect(await begin()).toBeNull();
  });
});

import type { PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import type { Verification } from './connection-store';

const tenant = useTenant();
const { postgres, given, connect, addNumber, declare, dueKeys } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

const HOUR_MS = 3_600_000;
const BASE_URL = 'https://voicelink.example/api';
const VERIFIED = { kind: 'verified' } as const;
const LONG_MS = 60_000;

describe('connections', () => {
  it('are of carriers that there are', async () => {
    await expect(query(`update connections set provider = 'smoke' where id = $1`, [await connect()])).rejects.toThrow(
      'connections_provider',
    );
  });

  it('have one default number at most', async () => {
    const id = await connect();
    for (const key of [aDidKey(), aDidKey()]) await addNumber(id, given(key));
    await expect(query(`update phone_numbers set is_default = true`)).rejects.toThrow('phone_numbers_default');
  });

  it('record what was found out about their credentials, and what failed for the old ones is tried again', async () => {
    const id = await connect();
    const key = aDidKey();
    await declare(id, key);
    const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, LONG_MS);
    if (claimed === undefined) throw new Error('Nothing was due.');
    await postgres.stores.bindingQueue.complete(
      claimed,
      { kind: 'retry', error: 'HTTP 401', retryAfterMs: null },
      HOUR_MS,
    );
    await query(`update connections set sweep_due_at = now() + interval '1 hour'`);
    expect(await dueKeys()).toEqual([]);
    const access = { baseUrl: BASE_URL, credentials: { username: 'reseller', password: 'new' }, defaultNumber: null };
    const configure = (verification: { kind: 'verified' } | { kind: 'unknown'; message: string }) =>
      postgres.stores.connections.configureDefault({
        partnerId,
        provider: 'voicelink',
        name: 'x',
        access: { ...access, verification },
      });
    await configure({ kind: 'unknown', message: 'HTTP 503' });
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({
      name: 'voicelink',
      lastVerifiedAt: null,
      lastErrorMessage: 'HTTP 503',
    });
    expect(await dueKeys()).toEqual([key]);
    expect((await postgres.stores.sweepQueue.claimSweep('sweeper', LONG_MS))?.connection.id).toBe(id);
    await configure(VERIFIED);
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({
      lastVerifiedAt: expect.any(Date) as Date,
      lastErrorMessage: null,
    });
    expect((await postgres.stores.connections.access(id))?.credentials.password).toBe('new');
  });

  it('are told nothing about new credentials by a sweep that was under way with the old ones', async () => {
    const id = await connect();
    const old = await postgres.stores.sweepQueue.claimSweep('old', LONG_MS);
    if (old === null) throw new Error('A new connection is swept at once.');
    const configure = (password: string, verification: Verification, baseUrl = BASE_URL) => {
      const access = { baseUrl, credentials: { username: 'reseller', password }, defaultNumber: null, verification };
      return postgres.stores.connections.configureDefault({ partnerId, provider: 'voicelink', name: 'x', access });
    };
    await configure('new', VERIFIED);
    const warnings = [{ section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 401' }] as const;
    await postgres.stores.sweepQueue.completeSweep(
      old,
      { warnings, error: 'HTTP 401', credentialsRefused: true },
      HOUR_MS,
    );
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({
      lastVerifiedAt: expect.any(Date) as Date,
      lastErrorMessage: null,
    });
    expect((await postgres.events()).map(({ type }) => type)).not.toContain('dialtone.warning.raised.v1');
    const next = await postgres.stores.sweepQueue.claimSweep('new', LONG_MS);
    expect(next?.connection.id).toBe(id);
    await configure('new', { kind: 'unknown', message: 'HTTP 503' }, `${BASE_URL}/uat`);
    if (next !== null) await postgres.stores.sweepQueue.completeSweep(next, { warnings: [], error: null }, HOUR_MS);
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({
      lastVerifiedAt: null,
      lastErrorMessage: 'HTTP 503',
    });
  });

  it('are told what a sweep found that was under way when the same credentials were set again', async () => {
    const id = await connect();
    const claimed = await postgres.stores.sweepQueue.claimSweep('sweeper', LONG_MS);
    if (claimed === null) throw new Error('A new connection is swept at once.');
    const credentials = { username: 'reseller', password: 'secret' };
    const access = { baseUrl: BASE_URL, credentials, defaultNumber: null, verification: VERIFIED };
    await postgres.stores.connections.configureDefault({ partnerId, provider: 'voicelink', name: 'x', access });
    await postgres.stores.sweepQueue.completeSweep(claimed, { warnings: [], error: 'HTTP 502' }, HOUR_MS);
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({ lastErrorMessage: 'HTTP 502' });
    expect((await postgres.stores.sweepQueue.claimSweep('sweeper', LONG_MS))?.connection.id).toBe(id);
  });
});

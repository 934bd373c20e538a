import type { DidKey, PartnerId } from '@dialtone/domain';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';

const postgres = usePostgres();
let partnerId: PartnerId;
beforeEach(async () => {
  partnerId = (await postgres.stores.partners.create('Acme')).id;
});

const CREDENTIALS = { username: 'reseller@acme.example', password: 'correct horse' };
const connect = (name: string) =>
  postgres.stores.connections.create({
    partnerId,
    name,
    baseUrl: 'https://voicelink.example',
    credentials: CREDENTIALS,
  });

describe('partners and agents', () => {
  it('finds a partner by its name, of which there is one', async () => {
    expect(await postgres.stores.partners.findByName('Acme')).toEqual({ id: partnerId, name: 'Acme' });
    expect(await postgres.stores.partners.findByName(' ACME')).toEqual({ id: partnerId, name: 'Acme' });
    expect(await postgres.stores.partners.findByName('Acme Inc')).toBeNull();
    await expect(postgres.stores.partners.create('Acme')).rejects.toThrow(/partners_name/);
    await expect(postgres.stores.partners.create('acme')).rejects.toThrow(/partners_name_key/);
  });
});

describe('API keys', () => {
  it('authenticates a key that was issued, and stores no part of its secret', async () => {
    const { apiKey, apiKeyId } = await postgres.stores.apiKeys.issue(partnerId, 'production');
    expect(apiKey).toMatch(/^rg_live_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(await postgres.stores.apiKeys.authenticate(apiKey)).toEqual({ partnerId, apiKeyId, scopes: ['*'] });
    const rows = JSON.stringify(await postgres.query('select k.*, encode(hmac, $1) from api_keys k', ['escape']));
    expect(rows).toContain(apiKeyId);
    expect(rows).not.toContain(apiKey.slice(-20));
  });

  it('refuses a key with another secret, and text that is no key', async () => {
    const { apiKey, apiKeyId } = await postgres.stores.apiKeys.issue(partnerId, 'production');
    const other = await postgres.stores.apiKeys.issue(partnerId, 'other');
    const mixed = `rg_live_${apiKeyId}_${other.apiKey.slice(-43)}`;
    for (const wrong of [
      mixed,
      apiKey.slice(0, -1),
      `${apiKey}x`,
      apiKey.toUpperCase(),
      '',
      `rg_live_${'0'.repeat(16)}_${'A'.repeat(43)}`,
    ]) {
      expect(await postgres.stores.apiKeys.authenticate(wrong)).toBeNull();
    }
  });

  it('authenticates many keys at once, each for itself and in their order', async () => {
    const { apiKeys } = postgres.stores;
    const [first, second] = [await apiKeys.issue(partnerId, 'first'), await apiKeys.issue(partnerId, 'second')];
    const mixed = `rg_live_${first.apiKeyId}_${second.apiKey.slice(-43)}`;
    const found = await apiKeys.authenticateAll([second.apiKey, 'no key', mixed, first.apiKey, second.apiKey]);
    expect(found.map((principal) => principal?.apiKeyId ?? null)).toEqual([
      second.apiKeyId,
      null,
      null,
      first.apiKeyId,
      second.apiKeyId,
    ]);
    expect(await apiKeys.authenticateAll([])).toEqual([]);
    const rows = await postgres.query('select last_used_at from api_keys');
    expect(rows).toEqual([1, 2].map(() => ({ last_used_at: expect.any(Date) as Date })));
  });

  it('refuses a revoked or expired key, and those of a partner that is gone', async () => {
    const { apiKey, apiKeyId } = await postgres.stores.apiKeys.issue(partnerId, 'production');
    const other = (await postgres.stores.partners.create('Other')).id;
    expect(await postgres.stores.apiKeys.revoke(other, apiKeyId)).toBe(false);
    expect(await postgres.stores.apiKeys.revoke(partnerId, apiKeyId)).toBe(true);
    expect(await postgres.stores.apiKeys.revoke(partnerId, apiKeyId)).toBe(false);
    expect(await postgres.stores.apiKeys.authenticate(apiKey)).toBeNull();
    await postgres.query(`update api_keys set revoked_at = null, expires_at = now() - interval '1 second'`);
    expect(await postgres.stores.apiKeys.authenticate(apiKey)).toBeNull();
    await postgres.query(`update api_keys set expires_at = now() + interval '1 hour'`);
    expect(await postgres.stores.apiKeys.authenticate(apiKey)).not.toBeNull();
    await postgres.query(`update partners set deleted_at = now() where id = $1`, [partnerId]);
    expect(await postgres.stores.apiKeys.authenticate(apiKey)).toBeNull();
  });

  it('notes the use of a key, but does not write on every request', async () => {
    const { apiKey } = await postgres.stores.apiKeys.issue(partnerId, 'production');
    const lastUse = (): Promise<unknown> => postgres.query(`select last_used_at, xmin::text from api_keys`);
    await postgres.stores.apiKeys.authenticate(apiKey);
    const first = await lastUse();
    expect(first).toMatchObject([{ last_used_at: expect.any(Date) as Date }]);
    await postgres.stores.apiKeys.authenticate(apiKey);
    expect(await lastUse()).toEqual(first);
    await postgres.query(`update api_keys set last_used_at = now() - interval '6 minutes'`);
    await postgres.stores.apiKeys.authenticate(apiKey);
    expect(await lastUse()).not.toEqual(first);
  });
});

describe('connections', () => {
  it('seals the credentials to their row and opens them for the adapter', async () => {
    const north = await connect('North');
    const south = await connect('South');
    const baseUrl = 'https://voicelink.example';
    expect(await postgres.stores.connections.access(north.id)).toEqual({ baseUrl, credentials: CREDENTIALS });
    await postgres.query(
      `update connections set credentials = (select credentials from connections where id = $1) where id = $2`,
      [north.id, south.id],
    );
    await expect(postgres.stores.connections.access(south.id)).rejects.toMatchObject({
      name: 'CredentialsUnreadableError',
      message: expect.stringContaining(south.id) as string,
      cause: { message: 'Sealed for another place.' },
    });
  });

  it('hides the access of those of other partners', async () => {
    const { id } = await connect('North');
    const other = (await postgres.stores.partners.create('Other')).id;
    const access = { baseUrl: 'https://elsewhere.example', credentials: { username: 'other', password: 'other' } };
    expect(await postgres.stores.connections.replaceAccess(other, id, access)).toBe(false);
    const verified = { ...access, defaultNumber: null, verification: { kind: 'verified' } } as const;
    const own = { partnerId: other, provider: 'voicelink', name: 'Own', access: verified } as const;
    expect(await postgres.stores.connections.configureDefault(own)).toMatchObject({ created: true });
    expect(await postgres.stores.connections.access(id)).toEqual({
      baseUrl: 'https://voicelink.example',
      credentials: CREDENTIALS,
    });
  });

  it('opens none that is disconnected', async () => {
    const { id } = await connect('North');
    await postgres.given.disconnect(id);
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({ status: 'DISCONNECTED' });
    expect(await postgres.stores.connections.active(partnerId)).toEqual([]);
    expect(await postgres.stores.connections.access(id)).toBeNull();
  });

  it('shows what the last sweep said', async () => {
    const { id } = await connect('North');
    const claimed = await postgres.stores.sweepQueue.claimSweep('sweeper', 60_000);
    if (claimed === null) throw new Error('No sweep was due.');
    await postgres.stores.sweepQueue.completeSweep(claimed, { warnings: [], error: 'HTTP 502' }, 0);
    const failed = await postgres.stores.connections.find(partnerId, id);
    expect(failed).toMatchObject({
      lastErrorMessage: 'HTTP 502',
      lastVerifiedAt: null,
      lastSweptAt: expect.any(Date) as Date,
    });
    const again = await postgres.stores.sweepQueue.claimSweep('sweeper', 60_000);
    if (again === null) throw new Error('No sweep was due.');
    await postgres.stores.sweepQueue.completeSweep(again, { warnings: [], error: null }, 0);
    const fine = await postgres.stores.connections.find(partnerId, id);
    expect(fine).toMatchObject({ lastErrorMessage: null, lastVerifiedAt: expect.any(Date) as Date });
  });
});

describe('readiness', () => {
  const seen = async (
    connectionId: Awaited<ReturnType<typeof connect>>['id'],
    keys: readonly DidKey[],
    issues: readonly 'NO_BOT'[],
  ) => {
    const updates = keys.map((key) => updateOf(key, { issues, at: OBSERVED_AT }));
    await postgres.stores.keyStates.apply(connectionId, updates, { makeDue: false });
  };

  it('takes an unchanged verdict to be as young as the last sweep that confirmed it, but not a stale one', async () => {
    const { id } = await connect('North');
    const [fresh, stale] = [aDidKey(), aDidKey()];
    await seen(id, [fresh, stale], []);
    const sweep = async (error: string | null): Promise<void> => {
      const claimed = await postgres.stores.sweepQueue.claimSweep('sweeper', 60_000);
      if (claimed !== null) await postgres.stores.sweepQueue.completeSweep(claimed, { warnings: [], error }, 0);
    };
    const observedAt = async (key: DidKey): Promise<number | undefined> => {
      const { items } = await postgres.stores.readiness.list({ partnerId, limit: 10 });
      return items.find((item) => item.key === key)?.observedAt?.getTime();
    };
    await sweep('HTTP 502');
    expect(await observedAt(fresh)).toBe(OBSERVED_AT);
    const update = updateOf(stale, { incomplete: true, at: OBSERVED_AT + 1 });
    await postgres.stores.keyStates.apply(id, [update], { makeDue: false });
    const before = await postgres.stores.clock.time();
    await sweep(null);
    expect(await observedAt(fresh)).toBeGreaterThanOrEqual(before - 1);
    expect(await observedAt(stale)).toBe(OBSERVED_AT);
  });
});

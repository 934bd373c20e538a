import { randomBytes } from 'node:crypto';
import type { DidKey, PartnerId } from '@dialtone/domain';
import { createStores, QUOTAS, type Stores } from '@dialtone/persistence';
import { adminConfig, pepperedDigest, secretSealer, type AdminConfig } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { adminProgram } from './program';

const LOGIN = { username: 'reseller', password: 'secret' };

interface IssuedKey {
  readonly api_key: string;
  readonly api_key_id: string;
  readonly expires_at: string | null;
}

describe('the commands about tenants', () => {
  let database: TestDatabase;
  let config: AdminConfig;
  let stores: Stores;
  beforeAll(async () => {
    database = await createTestDatabase();
    config = adminConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    });
    stores = createStores(await database.connectAsApp(2), {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
  });
  afterAll(() => database.drop());

  /** What the command printed: one JSON document. */
  const run = async <T>(...args: readonly string[]): Promise<T> => {
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    try {
      await adminProgram(() => config, {}).parseAsync(['node', 'admin', ...args]);
    } finally {
      write.mockRestore();
    }
    return JSON.parse(printed.join('')) as T;
  };

  it('create and list partners', async () => {
    const beta = await run<{ id: string }>('partner', 'create', 'Beta');
    const acme = await run<{ id: string }>('partner', 'create', 'Acme');
    expect(await run('partner', 'list')).toEqual([
      { id: acme.id, name: 'Acme' },
      { id: beta.id, name: 'Beta' },
    ]);
    await expect(run('partner', 'create', 'Acme')).rejects.toThrow('There is a partner named "Acme" already.');
  });

  it('issue a key that may do everything and does not expire', async () => {
    const partner = await run<{ id: string }>('partner', 'create', 'Everything');
    const issued = await run<IssuedKey>('key', 'issue', 'Everything');
    expect(issued.expires_at).toBeNull();
    expect(await stores.apiKeys.authenticate(issued.api_key)).toEqual({
      partnerId: partner.id,
      apiKeyId: issued.api_key_id,
      scopes: ['*'],
    });
  });

  it('issue a key with scopes and an expiry, list it without its secret, and revoke it', async () => {
    await run('partner', 'create', 'Limited');
    const options = ['--label', 'dialler', '--scopes', 'calls:write,bindings:read', '--expires', '12h'];
    const issued = await run<IssuedKey>('key', 'issue', 'Limited', ...options);
    expect((await stores.apiKeys.authenticate(issued.api_key))?.scopes).toEqual(['calls:write', 'bindings:read']);
    const ahead = Date.parse(String(issued.expires_at)) - Date.now();
    expect(ahead).toBeGreaterThan(11.9 * 3_600_000);
    expect(ahead).toBeLessThanOrEqual(12 * 3_600_000);
    const listed = {
      api_key_id: issued.api_key_id,
      label: 'dialler',
      scopes: ['calls:write', 'bindings:read'],
      created_at: expect.any(String) as string,
      expires_at: issued.expires_at,
      revoked_at: null,
      last_used_at: expect.any(String) as string,
    };
    expect(await run('key', 'list', 'Limited')).toEqual([listed]);
    expect(await run('revoke-key', 'Limited', issued.api_key_id)).toEqual({
      api_key_id: issued.api_key_id,
      revoked: true,
    });
    expect(await stores.apiKeys.authenticate(issued.api_key)).toBeNull();
    expect(await run('key', 'list', 'Limited')).toEqual([{ ...listed, revoked_at: expect.any(String) as string }]);
    await expect(run('revoke-key', 'Limited', issued.api_key_id)).rejects.toThrow('could be revoked');
  });

  it('create no partner whose name shows nothing or looks like another one, and find one however it is written', async () => {
    for (const name of ['', '  ', '\u200b', 'Ac\tme', 'x'.repeat(101)]) {
      await expect(run('partner', 'create', name)).rejects.toThrow('1 to 100 printable characters');
    }
    expect(await run('partner', 'create', ' Globex  ')).toMatchObject({ name: 'Globex' });
    await expect(run('partner', 'create', 'globex')).rejects.toThrow('There is a partner named "Globex" already.');
    expect(await run('key', 'list', 'GLOBEX')).toEqual([]);
  });

  it('remove a partner with everything that it has, once it is said twice, and nothing of another one', async () => {
    const [leaving, staying] = [
      await run<{ id: PartnerId }>('partner', 'create', 'Leaving'),
      await run<{ id: PartnerId }>('partner', 'create', 'Staying'),
    ];
    const keys = [await run<IssuedKey>('key', 'issue', 'Leaving'), await run<IssuedKey>('key', 'issue', 'Leaving')];
    const other = await run<IssuedKey>('key', 'issue', 'Staying');
    const connect = ({ id }: { readonly id: PartnerId }) =>
      stores.connections.create({ partnerId: id, name: 'VoiceLink', baseUrl: 'https://x.example', credentials: LOGIN });
    const connection = await connect(leaving);
    await connect(staying);

    const notYet = run('partner', 'remove', 'Leaving');
    await expect(notYet).rejects.toThrow(
      'API keys: 2, connections with all that is declared on them: 1): give it --yes',
    );
    expect(await stores.partners.remove(leaving.id)).toBe(false);
    expect(await stores.apiKeys.authenticate(keys[0]?.api_key ?? '')).not.toBeNull();

    const removed = { partner_id: leaving.id, removed: true, revoked_keys: 2, disconnected: 1 };
    expect(await run('partner', 'remove', 'leaving', '--yes')).toEqual(removed);
    for (const { api_key } of keys) expect(await stores.apiKeys.authenticate(api_key)).toBeNull();
    expect((await stores.connections.view(leaving.id, connection.id))?.connection.status).toBe('DISCONNECTED');
    await expect(run('partner', 'remove', 'Leaving', '--yes')).rejects.toThrow('There is no partner named "Leaving"');
    expect(await run('partner', 'create', 'Leaving')).toMatchObject({ name: 'Leaving' });

    expect(await stores.apiKeys.authenticate(other.api_key)).not.toBeNull();
    const left = await stores.connections.list({ partnerId: staying.id, status: 'ACTIVE', limit: 9 });
    expect(left.items).toHaveLength(1);
  });

  it('forget no partner that has a connection or a key left', async () => {
    const { id } = await run<{ id: PartnerId }>('partner', 'create', 'Busy');
    const connection = { partnerId: id, name: 'VoiceLink', baseUrl: 'https://x.example', credentials: LOGIN };
    const connected = await stores.connections.create(connection);
    expect(await stores.partners.remove(id)).toBe(false);
    await stores.connections.disconnect(id, connected.id);
    const { api_key_id } = await run<IssuedKey>('key', 'issue', 'Busy');
    expect(await stores.partners.remove(id)).toBe(false);
    await stores.apiKeys.revoke(id, api_key_id);
    expect([await stores.partners.remove(id), await stores.partners.remove(id)]).toEqual([true, false]);
  });

  it('acknowledge a hold by the id of the connection, with or without the name of its partner', async () => {
    const { id } = await run<{ id: PartnerId }>('partner', 'create', 'Held');
    await run('partner', 'create', 'Bystander');
    const connection = { partnerId: id, name: 'VoiceLink', baseUrl: 'https://x.example', credentials: LOGIN };
    const { id: held } = await stores.connections.create(connection);
    for (const words of [[held], ['Held', held]]) {
      await stores.voiceLinkConnections.holdWrites(held, 'too much broke');
      await expect(run('acknowledge-hold', 'Bystander', held)).rejects.toThrow('has no held connection');
      expect(await run('acknowledge-hold', ...words)).toEqual({ connection_id: held, held: false });
      await expect(run('acknowledge-hold', ...words)).rejects.toThrow(`no held connection ${held}`);
    }
    await expect(run('acknowledge-hold', 'Held')).rejects.toThrow('"Held" is not a connection id');
  });

  it('revoke a key that is pasted as a whole, without repeating its secret', async () => {
    await run('partner', 'create', 'Pasting');
    const { api_key, api_key_id } = await run<IssuedKey>('key', 'issue', 'Pasting');
    expect(await run('revoke-key', 'Pasting', api_key)).toEqual({ api_key_id, revoked: true });
    for (const given of [api_key, `${api_key}!`, 'rg_live_', 'nonsense']) {
      const failure: unknown = await run('revoke-key', 'Pasting', given).catch((error: unknown) => error);
      expect(String(failure)).toMatch(/could be revoked|16 hexadecimal digits/);
      expect(String(failure)).not.toContain(api_key.slice(25));
    }
  });

  it('issue nothing when an option is wrong, and touch no key of another partner', async () => {
    await run('partner', 'create', 'Careful');
    await expect(run('key', 'issue', 'Careful', '--scopes', 'calls:*')).rejects.toThrow('"calls:*" is not a scope');
    await expect(run('key', 'issue', 'Careful', '--expires', '2020-01-01')).rejects.toThrow('has passed');
    expect(await run('key', 'list', 'Careful')).toEqual([]);
    const { api_key_id } = await run<IssuedKey>('key', 'issue', 'Careful');
    await run('partner', 'create', 'Stranger');
    await expect(run('revoke-key', 'Stranger', api_key_id)).rejects.toThrow('could be revoked');
    await expect(run('key', 'list', 'Nobody')).rejects.toThrow('There is no partner named "Nobody"');
  });

  it('release the claim on the inbound calls of a number, in any spelling, once', async () => {
    const partner = await run<{ id: PartnerId }>('partner', 'create', 'Claimer');
    const place = { partnerId: partner.id, provider: 'vobiz', name: 'x', baseUrl: null } as const;
    const { id: connectionId } = await stores.connections.create({ ...place, credentials: LOGIN });
    const key = '918011223344' as DidKey;
    const release = () => run('release-claim', '+91 (0)80 1122 3344');
    await expect(release()).rejects.toThrow('No connection takes inbound calls of +918011223344.');
    await stores.inventory.sync({ partnerId: partner.id, connectionId, numbers: [{ key, phoneNumber: `+${key}` }] });
    expect(await release()).toMatchObject({
      phone_number: '+918011223344',
      partner_id: partner.id,
      connection_id: connectionId,
      released: true,
    });
    await expect(release()).rejects.toThrow('No connection takes');
    await expect(run('release-claim', 'x')).rejects.toThrow('is not a phone number');
  });

  it('show and change where the calls of a partner may go, and how many a day', async () => {
    await run('partner', 'create', 'Caller');
    expect(await run('partner', 'calls', 'Caller')).toEqual({ countries: [], premium: false, calls_per_day: null });
    const set = (...options: readonly string[]) => run('partner', 'calls', 'Caller', ...options);
    const changed = { countries: ['AE', '881'], premium: true, calls_per_day: 50 };
    expect(await set('--countries', 'ae, 881', '--premium', 'on', '--per-day', '50')).toEqual(changed);
    expect(await set('--per-day', 'default')).toEqual({ ...changed, calls_per_day: null });
    expect(await set('--countries', '')).toMatchObject({ countries: [], premium: true });
    await expect(set('--countries', 'India')).rejects.toThrow('"INDIA" is no country');
    await expect(set('--premium', 'yes')).rejects.toThrow('on or off');
    await expect(set('--per-day', '-1')).rejects.toThrow('--per-day');
  });

  it('show and change mode, maintenance windows and pauses of a partner, and keep the history', async () => {
    const { id } = await run<{ id: PartnerId }>('partner', 'create', 'Steered');
    const steer = (...options: readonly string[]) => run('partner', 'steer', 'Steered', ...options);
    expect(await steer()).toEqual({ mode: 'enforce', windows: [], pauses: [] });
    const nightly = { kind: 'deny', cron: '0 22 * * MON-FRI', duration_seconds: 21_600, time_zone: 'Europe/Berlin' };
    const monthly = { kind: 'allow', cron: '30 1 1 * *', duration_seconds: 3_600, time_zone: 'UTC' };
    const windows = ['--window', 'deny 0 22 * * MON-FRI 6h Europe/Berlin', '--window', 'allow 30 1 1 * * 1h UTC'];
    expect(await steer(...windows)).toMatchObject({ mode: 'enforce', windows: [nightly, monthly] });
    expect(await steer('--mode', 'create-only')).toMatchObject({ mode: 'create-only', windows: [nightly, monthly] });
    expect(await steer('--window', 'allow 30 1 1 * * 1h UTC')).toMatchObject({ windows: [monthly] });
    expect(await steer('--no-window', '--mode', 'enforce')).toMatchObject({ mode: 'enforce', windows: [] });

    const until = new Date(Date.now() + 3_600_000).toISOString();
    const paused = await run<{ pauses: { pause_id: string }[] }>(
      ...['partner', 'steer', 'Steered', '--pause-until', until, '--reason', 'Moving'],
    );
    expect(paused.pauses).toMatchObject([{ reason: 'Moving', actor: 'admin', until, connection_id: null }]);
    const [{ pause_id: pauseId } = { pause_id: '' }] = paused.pauses;
    expect(await steer('--resume', pauseId)).toMatchObject({ pauses: [] });
    await expect(steer('--resume', pauseId)).rejects.toThrow('has no pause');
    const entries = await stores.history.read({ partnerId: id, limit: 20 });
    expect(entries.map(({ kind }) => kind)).toEqual([
      ...['pause_ended', 'pause_begun'],
      ...Array.from({ length: 4 }, () => 'steering_changed'),
    ]);
  });

  it('change nothing of a partner when one of the options is wrong', async () => {
    await run('partner', 'create', 'Badly steered');
    const steer = (...options: readonly string[]) => run('partner', 'steer', 'Badly steered', ...options);
    const wrong = [
      ['--mode', 'observe', '--window', 'deny 0 25 * * * 6h UTC'],
      ['--window', 'deny 0 22 * * * 6h UTC', '--mode', 'off'],
      ['--mode', 'observe', '--pause-until', 'tomorrow', '--reason', 'x'],
      ['--mode', 'observe', '--pause-until', '2999-01-01T00:00:00Z', '--reason', 'x'],
      ['--mode', 'observe', '--pause-until', new Date(Date.now() + 60_000).toISOString()],
      ['--mode', 'observe', '--resume', 'nothing'],
    ];
    for (const options of wrong) await expect(steer(...options)).rejects.toThrow();
    expect(await steer()).toEqual({ mode: 'enforce', windows: [], pauses: [] });
  });

  it('show what a partner may have and has, by the names of its refusals, and change what is given', async () => {
    const { id } = await run<{ id: PartnerId }>('partner', 'create', 'Limited by quotas');
    await stores.agents.create(id, 'One');
    const set = (...options: readonly string[]) =>
      run<{ quota: string }[]>('partner', 'quotas', 'Limited by quotas', ...options);
    const asConfigured = QUOTAS.map((quota) => ({ quota, at_most: null, used: quota === 'agents' ? 1 : 0 }));
    const calls = { quota: 'calls_per_day', at_most: null };
    expect(await set()).toEqual([...asConfigured, calls]);
    const changed = await set('--set', 'agents=1', '--set', 'bindings=0');
    expect(changed).toContainEqual({ quota: 'agents', at_most: 1, used: 1 });
    expect(changed).toContainEqual({ quota: 'bindings', at_most: 0, used: 0 });
    await expect(stores.agents.create(id, 'Two', undefined, 100)).rejects.toMatchObject({ quota: 'agents', atMost: 1 });
    await set('--set', 'agents=default');
    expect(await stores.agents.create(id, 'Two', undefined, 100)).not.toBe('name_taken');
    for (const wrong of ['agents', 'agents=-1', 'agents=many', 'agent=1', 'calls_per_day=1']) {
      await expect(set('--set', wrong)).rejects.toThrow(`"${wrong}" sets no quota`);
    }
  });
});

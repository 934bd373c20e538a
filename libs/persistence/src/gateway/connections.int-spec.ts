import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import type { Verification } from './connection-store';
import type { GivenNumber } from './phone-number-inventory';

const tenant = useTenant();
const { postgres, given, connect, anotherPartner, declare, dueKeys } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

const HOUR_MS = 3_600_000;
const BASE_URL = 'https://voicelink.example/api';
const ACCESS = { baseUrl: null, credentials: { auth_id: 'a', auth_token: 't' }, defaultNumber: null };
const VERIFIED = { kind: 'verified' } as const;
const LONG_MS = 60_000;

describe('connections', () => {
  it('are of carriers that there are', async () => {
    await expect(query(`update connections set provider = 'smoke' where id = $1`, [await connect()])).rejects.toThrow(
      'connections_provider',
    );
  });

  it('have a default per provider, handed on to the oldest active one', async () => {
    const [first, second, third] = [await connect('plivo'), await connect('plivo'), await connect('plivo')];
    const other = await connect('vobiz');
    const defaults = async (): Promise<readonly ConnectionId[]> =>
      (await postgres.stores.connections.list({ partnerId, status: 'ACTIVE' }))
        .filter(({ connection }) => connection.isDefault)
        .map(({ connection }) => connection.id);
    expect(await defaults()).toEqual([first, other]);
    await postgres.stores.connections.disconnect(partnerId, second);
    expect(await defaults()).toEqual([first, other]);
    await postgres.stores.connections.disconnect(partnerId, first);
    expect((await defaults()).toSorted()).toEqual([third, other].toSorted());
    await postgres.stores.connections.disconnect(partnerId, third);
    expect(await defaults()).toEqual([other]);
    const next = await connect('plivo');
    expect((await postgres.stores.connections.find(partnerId, next))?.isDefault).toBe(true);
    const gone = await postgres.stores.connections.list({ partnerId, provider: 'plivo', status: 'DISCONNECTED' });
    expect(gone.map(({ connection }) => connection.id)).toEqual([first, second, third]);
  });

  it('keep exactly one default when all but one are disconnected at the same time', async () => {
    const ids = [await connect(), await connect(), await connect(), await connect()];
    await Promise.all(ids.slice(0, 3).map((id) => postgres.stores.connections.disconnect(partnerId, id)));
    expect(await postgres.stores.connections.active(partnerId)).toMatchObject([{ id: ids[3], isDefault: true }]);
  });

  it('are as many as a partner may have, also when several are made at the same time', async () => {
    const other = await anotherPartner();
    const create = (owner: typeof partnerId, provider: 'plivo' | 'vobiz' = 'plivo') =>
      postgres.stores.connections.create({
        partnerId: owner,
        provider,
        name: 'x',
        baseUrl: null,
        credentials: {},
        atMost: 3,
      });
    const before = await postgres.stores.connections.list({ partnerId: other, status: 'ACTIVE' });
    expect(before).toEqual([]);
    const made = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((nth) => create(other, nth % 2 === 0 ? 'plivo' : 'vobiz')),
    );
    const refused = made.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toEqual(Array(2).fill(expect.objectContaining({ name: 'TooManyConnectionsError', atMost: 3 })));
    const [first] = await postgres.stores.connections.list({ partnerId: other, status: 'ACTIVE' });
    if (first === undefined) throw new Error('three were made');
    await postgres.stores.connections.disconnect(other, first.connection.id);
    expect(await create(other)).toMatchObject({ status: 'ACTIVE' });
    await expect(create(other)).rejects.toThrow('3 active connections');
  });

  it('are configured once, also when it is done twice at the same time', async () => {
    const configure = (password: string) =>
      postgres.stores.connections.configureDefault({
        partnerId,
        provider: 'voicelink',
        name: 'VoiceLink',
        access: {
          baseUrl: BASE_URL,
          credentials: { username: 'reseller', password },
          defaultNumber: given('918011223344' as DidKey),
          verification: VERIFIED,
        },
      });
    const results = await Promise.all([configure('one'), configure('two'), configure('three')]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    const [view, ...more] = await postgres.stores.connections.list({ partnerId, status: 'ACTIVE' });
    expect(more).toEqual([]);
    expect(view?.phoneNumbers).toMatchObject([
      { phoneNumber: '+918011223344', isDefault: true, inboundEnabled: false },
    ]);
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

  it('change their default number, and keep the row of the old one', async () => {
    const [old, next] = [given(), given()];
    const { id } = await postgres.stores.connections.create({
      partnerId,
      provider: 'plivo',
      name: 'x',
      ...ACCESS,
      defaultNumber: old,
    });
    const configure = (defaultNumber: GivenNumber | null) =>
      postgres.stores.connections.configureDefault({
        partnerId,
        provider: 'plivo',
        name: 'x',
        access: { ...ACCESS, defaultNumber, verification: VERIFIED },
      });
    const shown = async () =>
      (await postgres.stores.connections.view(partnerId, id))?.phoneNumbers.map(
        ({ phoneNumber, isDefault }) => `${phoneNumber} ${String(isDefault)}`,
      );
    await configure(next);
    expect(await shown()).toEqual([`${next.phoneNumber} true`, `${old.phoneNumber} false`]);
    await configure(null);
    expect(await shown()).toEqual([`${next.phoneNumber} true`, `${old.phoneNumber} false`]);
    await expect(query(`update phone_numbers set is_default = true`)).rejects.toThrow('phone_numbers_default');
  });

  it('take an inactive number as their default for outbound calls, whoever answers its calls by now', async () => {
    const number = given();
    const { id } = await postgres.stores.connections.create({
      partnerId,
      provider: 'plivo',
      name: 'x',
      ...ACCESS,
      defaultNumber: number,
    });
    await postgres.stores.inventory.sync({ partnerId, connectionId: id, numbers: [number] });
    const [row] = (await postgres.stores.inventory.list({ partnerId, limit: 1, offset: 0 })).items;
    if (row === undefined) throw new Error('The number is not listed.');
    await postgres.stores.inventory.update(partnerId, row.id, { status: 'INACTIVE' });
    const elsewhere = await connect('vobiz');
    expect(
      await postgres.stores.inventory.sync({ partnerId, connectionId: elsewhere, numbers: [number] }),
    ).toMatchObject({
      kind: 'synced',
    });
    const access = { ...ACCESS, defaultNumber: number, verification: VERIFIED };
    await postgres.stores.connections.configureDefault({ partnerId, provider: 'plivo', name: 'x', access });
    expect(await postgres.stores.inventory.find(partnerId, row.id)).toMatchObject({
      status: 'ACTIVE',
      inboundEnabled: false,
    });
  });

  it('are shown with a thousand of their numbers at most, the default one first, and say that there are more', async () => {
    const [large, small] = [await connect('vobiz'), await connect('vobiz')];
    const fill = (id: ConnectionId, count: number) =>
      query(
        `insert into phone_numbers (partner_id, connection_id, key, is_default)
         select $1, $2, (918000000000 + n)::text, n = $3 from generate_series(1, $3) n`,
        [partnerId, id, count],
      );
    await fill(large, 1001);
    await fill(small, 1000);
    const [cut, whole, ...others] = await postgres.stores.connections.list({ partnerId, status: 'ACTIVE' });
    expect([cut?.connection.id, cut?.phoneNumbers.length, cut?.hasMoreNumbers]).toEqual([large, 1000, true]);
    expect(cut?.phoneNumbers.slice(0, 2).map(({ key }) => key)).toEqual(['918000001001', '918000000001']);
    expect([whole?.connection.id, whole?.phoneNumbers.length, whole?.hasMoreNumbers]).toEqual([small, 1000, false]);
    expect(others).toEqual([]);
  });

  it('show a number as its partner wrote it', async () => {
    const national = { key: '918047112233' as DidKey, phoneNumber: '08047112233' };
    const { id } = await postgres.stores.connections.create({
      partnerId,
      provider: 'mcube',
      name: 'x',
      baseUrl: null,
      credentials: { jwt_token: 't' },
      defaultNumber: national,
    });
    expect((await postgres.stores.connections.view(partnerId, id))?.phoneNumbers).toMatchObject([national]);
  });
});

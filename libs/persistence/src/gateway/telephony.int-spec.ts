import { setTimeout as delay } from 'node:timers/promises';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { clientBotsResource, didResource, requestResource, sweepResource, type Lease } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, anAgentId, aSpec, expectSoundEvents } from '@dialtone/testing';
import type { GivenNumber, PhoneNumberRow, TelephonyProvider, Verification } from '../api-types-telephony';
import { PhoneNumberStore } from '../engine/phone-numbers.store';
import { UnknownConnectionError } from './bindings.store';

const postgres = usePostgres();
let partnerId: PartnerId;
beforeEach(async () => {
  partnerId = (await postgres.stores.partners.create('Acme')).id;
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

const LONG_MS = 60_000;
const HOUR_MS = 3_600_000;
const BASE_URL = 'https://voicelink.example/api';
const ACCESS = { baseUrl: null, credentials: { auth_id: 'a', auth_token: 't' }, defaultNumber: null };
const VERIFIED = { kind: 'verified' } as const;

const { query } = postgres;

const given = (key: DidKey = aDidKey()): GivenNumber => ({ key, phoneNumber: `+${key}` });

const connect = async (provider: TelephonyProvider = 'voicelink', owner = partnerId): Promise<ConnectionId> => {
  const credentials = { username: 'reseller', password: 'secret' };
  return (
    await postgres.stores.connections.create({
      partnerId: owner,
      provider,
      name: provider,
      baseUrl: BASE_URL,
      credentials,
    })
  ).id;
};

const anotherPartner = async (): Promise<PartnerId> => (await postgres.stores.partners.create('Other')).id;

/** One number on one connection, known to the inventory. */
const addNumber = async (connectionId: ConnectionId, number = given(), owner = partnerId): Promise<PhoneNumberRow> => {
  await query(`insert into phone_numbers (partner_id, connection_id, key) values ($1, $2, $3)`, [
    owner,
    connectionId,
    number.key,
  ]);
  const [row] = (
    await postgres.stores.inventory.list({ partnerId: owner, connectionId, key: number.key, limit: 1, offset: 0 })
  ).items;
  if (row === undefined) throw new Error('The number is not listed.');
  return row;
};

const declare = async (connectionId: ConnectionId, key: DidKey, agentId?: AgentId) =>
  postgres.stores.bindings.declare({
    partnerId,
    connectionId,
    key,
    spec: aSpec({ agentId: agentId ?? (await postgres.given.agent(partnerId)) }),
    actor: 'key-1',
    precondition: { kind: 'none' },
  });

/** Looked at once, and not due for an hour. */
const settleAll = async (): Promise<void> => {
  for (const claimed of await postgres.stores.bindingQueue.claim('worker', 100, LONG_MS)) {
    await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, HOUR_MS);
  }
};

const dueKeys = async (): Promise<readonly string[]> =>
  (await postgres.stores.bindingQueue.claim('looker', 100, 1)).map(({ binding }) => binding.key).toSorted();

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

describe('disconnecting', () => {
  it('ends the access, the sweeps and every lease of work that is under way', async () => {
    const [id, bystander] = [await connect(), await connect()];
    const key = aDidKey();
    const held: Lease[] = [];
    const untouched: Lease[] = [];
    const hold = async (into: Lease[], resource: string): Promise<void> => {
      const lease = await postgres.stores.leases.acquire(resource, 'worker', LONG_MS);
      if (lease !== null) into.push(lease);
    };
    const resourcesOf = (one: ConnectionId) => [
      sweepResource(one),
      didResource(one, key),
      clientBotsResource(one, 7),
      requestResource(one, 'client:7'),
    ];
    for (const resource of resourcesOf(id)) await hold(held, resource);
    for (const resource of resourcesOf(bystander)) await hold(untouched, resource);
    expect([held.length, untouched.length]).toEqual([4, 4]);
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    const intent = {
      connectionId: id,
      key,
      bindingId: null,
      actor: 'reconciler',
      requestId: null,
      step: 'ensure_bot',
      target: 'bot-create:7',
      generation: 1,
      body: {},
    } as const;
    expect(await postgres.stores.journal.begin(intent, held)).toBeNull();
    for (const lease of held) expect(await postgres.stores.leases.renew(lease, LONG_MS)).toBe(false);
    for (const lease of untouched) expect(await postgres.stores.leases.renew(lease, LONG_MS)).toBe(true);
    expect(await postgres.stores.connections.access(id)).toBeNull();
    expect(await postgres.stores.voiceLinkConnections.find(id)).toBeNull();
    const swept: unknown[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      swept.push((await postgres.stores.sweepQueue.claimSweep('sweeper', LONG_MS))?.connection.id);
    }
    expect(swept).not.toContain(id);
  });

  it('stalls its bindings with a message and an event each, and nobody claims them', async () => {
    const [id, bystander] = [await connect(), await connect()];
    const keys = [aDidKey(), aDidKey(), aDidKey()].toSorted();
    for (const key of keys) await declare(id, key);
    await settleAll();
    const spared = aDidKey();
    await declare(bystander, spared);
    const before = (await postgres.events()).length;
    await postgres.stores.connections.disconnect(partnerId, id);
    for (const key of keys) {
      const view = await postgres.stores.bindings.find(partnerId, key);
      expect(view?.status).toMatchObject({
        outcome: 'stalled',
        message: expect.stringContaining('disconnected') as string,
      });
    }
    const events = (await postgres.events()).slice(before);
    expect(events.map(({ type, key }) => [type, key])).toEqual(keys.map((key) => ['dialtone.binding.status.v1', key]));
    expect(events[0]).toMatchObject({ data: { outcome: 'stalled', generation: 1, observed_generation: 1 } });
    for (const key of keys) await postgres.stores.bindings.trigger(partnerId, key);
    expect(await dueKeys()).toEqual([spared]);
    expect((await postgres.stores.stats.counts({ cursors: [], maxConnections: 1 })).bindingsDue).toBe(1);
    // Its declarations can be withdrawn, and made on a connection that works.
    const [key] = keys;
    if (key === undefined) throw new Error('There are three keys.');
    expect(await declare(bystander, key)).toMatchObject({ kind: 'connection_conflict' });
    expect(await postgres.stores.bindings.remove({ partnerId, key, actor: 'a', precondition: { kind: 'none' } })).toBe(
      'removed',
    );
    expect(await declare(bystander, key)).toMatchObject({ kind: 'created' });
  });

  it('keeps the work that was claimed before from writing its outcome', async () => {
    const id = await connect();
    const key = aDidKey();
    await declare(id, key);
    const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, LONG_MS);
    if (claimed === undefined) throw new Error('Nothing was due.');
    await postgres.stores.connections.disconnect(partnerId, id);
    await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, HOUR_MS);
    expect((await postgres.stores.bindings.find(partnerId, key))?.status.outcome).toBe('stalled');
  });

  it('gives its numbers free for other connections, and keeps their rows', async () => {
    const other = await anotherPartner();
    const [id, heir] = [await connect('vobiz'), await connect('plivo', other)];
    const number = given();
    await postgres.stores.inventory.sync({ partnerId, connectionId: id, numbers: [number] });
    const take = () => postgres.stores.inventory.sync({ partnerId: other, connectionId: heir, numbers: [number] });
    expect(await take()).toEqual({ kind: 'inbound_taken', key: number.key });
    await postgres.stores.connections.disconnect(partnerId, id);
    expect(await take()).toMatchObject({ kind: 'synced', created: 1 });
    const [row] = (await postgres.stores.inventory.list({ partnerId, limit: 10, offset: 0 })).items;
    expect(row).toMatchObject({ status: 'INACTIVE', inboundEnabled: false });
    if (row === undefined) throw new Error('The row is gone.');
    for (const change of [{ status: 'ACTIVE' }, { inboundEnabled: true }] as const) {
      expect(await postgres.stores.inventory.update(partnerId, row.id, change)).toEqual({ kind: 'disconnected' });
    }
    expect(await postgres.stores.inventory.update(partnerId, row.id, { friendlyName: 'old' })).toMatchObject({
      kind: 'updated',
    });
    expect(await postgres.stores.inventory.sync({ partnerId, connectionId: id, numbers: [number] })).toEqual({
      kind: 'disconnected',
    });
  });

  it('writes nothing when it is repeated, and nothing of another partner', async () => {
    const id = await connect();
    await declare(id, aDidKey());
    expect(await postgres.stores.connections.disconnect(await anotherPartner(), id)).toBe(false);
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    const events = (await postgres.events()).length;
    const versions = () => query(`select ctid::text, xmin::text from connections`);
    const before = await versions();
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    expect([await versions(), (await postgres.events()).length]).toEqual([before, events]);
    expect(await postgres.stores.connections.rename(partnerId, id, 'late')).toBe(false);
  });

  it('leaves no declaration behind that was made in the same moment', async () => {
    const agentId = await postgres.given.agent(partnerId);
    for (let round = 0; round < 10; round += 1) {
      const id = await connect();
      const keys = [aDidKey(), aDidKey(), aDidKey()];
      const declaring = keys.map((key) =>
        declare(id, key, agentId).catch((error: unknown) => {
          expect(error).toBeInstanceOf(UnknownConnectionError);
        }),
      );
      await Promise.all([...declaring, postgres.stores.connections.disconnect(partnerId, id)]);
      const left = await query(`select 1 from bindings where connection_id = $1 and outcome <> 'stalled'`, [id]);
      expect(left).toEqual([]);
    }
  });

  it('leaves no number active that is imported in the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connectionId = await connect();
      const keys = Array.from({ length: 50 }, () => aDidKey());
      const place = { partnerId, connectionId };
      const [one] = keys as [DidKey];
      const importing = [
        postgres.stores.phoneNumbers.importAll({ ...place, keys }),
        postgres.stores.phoneNumbers.import({ ...place, key: one, friendlyName: 'x' }),
      ];
      await delay(round);
      await Promise.all([...importing, postgres.stores.connections.disconnect(partnerId, connectionId)]);
      expect(await postgres.stores.phoneNumbers.importAll({ ...place, keys: [aDidKey()] })).toEqual([]);
      const active = `select 1 from phone_numbers where connection_id = $1 and (status = 'ACTIVE' or inbound_enabled)`;
      expect(await query(active, [connectionId])).toEqual([]);
    }
  });

  it('waits for an import that is under way, and deactivates what it brings', async () => {
    const [connectionId, key] = [await connect(), aDidKey()];
    const importing = postgres.dataSource.createQueryRunner();
    await importing.startTransaction();
    await new PhoneNumberStore(importing).importAll({ partnerId, connectionId, keys: [key] });
    const disconnecting = postgres.stores.connections.disconnect(partnerId, connectionId);
    expect(await Promise.race([disconnecting, delay(100, 'waits')])).toBe('waits');
    await importing.commitTransaction();
    await importing.release();
    await disconnecting;
    expect(await postgres.stores.phoneNumbers.rows(connectionId)).toMatchObject([
      { key, status: 'INACTIVE', inboundEnabled: false },
    ]);
  });

  it('passes triggers, claims, verdicts and changes of numbers without a deadlock', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await connect();
      const numbers = [given(), given(), given(), given()];
      await postgres.stores.inventory.sync({ partnerId, connectionId: id, numbers }).catch(() => undefined);
      const agentId = await postgres.given.agent(partnerId);
      for (const { key } of numbers) await declare(id, key, agentId);
      const { items } = await postgres.stores.inventory.list({ partnerId, connectionId: id, limit: 100, offset: 0 });
      await Promise.all([
        ...items.map((row, nth) =>
          postgres.stores.inventory.update(partnerId, row.id, { agentId: nth % 2 === 0 ? agentId : null }),
        ),
        ...numbers.map(({ key }) => postgres.stores.bindings.trigger(partnerId, key)),
        settleAll(),
        postgres.stores.connections.disconnect(partnerId, id),
        postgres.stores.agents.remove(partnerId, agentId),
        postgres.stores.connections.acknowledgeHold(partnerId, id, 'a'),
      ]);
      expect((await postgres.stores.connections.find(partnerId, id))?.status).toBe('DISCONNECTED');
    }
  });
});

describe('the inventory', () => {
  it('lists with filters, newest first, and says how many there are', async () => {
    const [plivo, vobiz] = [await connect('plivo'), await connect('vobiz')];
    const rows = [await addNumber(plivo), await addNumber(vobiz), await addNumber(vobiz)];
    const other = await anotherPartner();
    await addNumber(await connect('sip', other), given(), other);
    const agentId = await postgres.given.agent(partnerId);
    const [first, second, third] = rows;
    if (first === undefined || second === undefined || third === undefined) throw new Error('There are three.');
    await postgres.stores.inventory.update(partnerId, first.id, { agentId, inboundEnabled: true });
    await postgres.stores.inventory.update(partnerId, second.id, { status: 'INACTIVE' });
    const idsOf = async (filter: object): Promise<readonly [readonly string[], number]> => {
      const { items, total } = await postgres.stores.inventory.list({ partnerId, limit: 10, offset: 0, ...filter });
      return [items.map(({ id }) => id), total];
    };
    expect(await idsOf({})).toEqual([[third.id, second.id, first.id], 3]);
    expect(await idsOf({ limit: 1, offset: 1 })).toEqual([[second.id], 3]);
    expect(await idsOf({ offset: 5 })).toEqual([[], 3]);
    expect(await idsOf({ provider: 'vobiz' })).toEqual([[third.id, second.id], 2]);
    expect(await idsOf({ connectionId: plivo })).toEqual([[first.id], 1]);
    expect(await idsOf({ status: 'INACTIVE' })).toEqual([[second.id], 1]);
    expect(await idsOf({ agentId })).toEqual([[first.id], 1]);
    expect(await idsOf({ assigned: false })).toEqual([[third.id, second.id], 2]);
    expect(await idsOf({ inboundEnabled: true })).toEqual([[first.id], 1]);
    expect(await idsOf({ key: third.key })).toEqual([[third.id], 1]);
  });

  it('makes the binding of a number due when its agent changes, and only then', async () => {
    const id = await connect();
    const row = await addNumber(id);
    const [agentId, other] = [await postgres.given.agent(partnerId), await postgres.given.agent(partnerId)];
    await declare(id, row.key, agentId);
    const changes = [
      [{ agentId }, true],
      [{ agentId }, false],
      [{ friendlyName: 'Support line' }, false],
      [{ status: 'INACTIVE' }, false],
      [{ agentId: other, friendlyName: null }, true],
      [{ agentId: null }, true],
      [{ agentId: null }, false],
    ] as const;
    for (const [change, due] of changes) {
      await settleAll();
      await postgres.stores.inventory.update(partnerId, row.id, change);
      expect([change, await dueKeys()]).toEqual([change, due ? [row.key] : []]);
      await postgres.wait(5);
    }
  });

  it('writes nothing when the same is said again', async () => {
    const row = await addNumber(await connect());
    const change = { friendlyName: 'x', inboundEnabled: true };
    await postgres.stores.inventory.update(partnerId, row.id, change);
    const versions = () => query(`select ctid::text, xmin::text from phone_numbers`);
    const before = await versions();
    expect(await postgres.stores.inventory.update(partnerId, row.id, change)).toMatchObject({ kind: 'updated' });
    expect(await versions()).toEqual(before);
  });

  it('refuses agents and numbers of other partners like missing ones', async () => {
    const other = await anotherPartner();
    const row = await addNumber(await connect());
    const foreign = await postgres.given.agent(other);
    for (const agentId of [foreign, anAgentId()]) {
      expect(await postgres.stores.inventory.update(partnerId, row.id, { agentId })).toEqual({
        kind: 'agent_not_found',
      });
    }
    expect(await postgres.stores.inventory.update(other, row.id, { friendlyName: 'x' })).toEqual({ kind: 'not_found' });
    expect(await postgres.stores.inventory.find(other, row.id)).toBeNull();
  });

  it('assigns no agent that is being deleted', async () => {
    const row = await addNumber(await connect());
    const agentId = await postgres.given.agent(partnerId);
    const removing = postgres.dataSource.createQueryRunner();
    await removing.startTransaction();
    await removing.query(`update agents set deleted_at = now() where id = $1`, [agentId]);
    const assigned = postgres.stores.inventory.update(partnerId, row.id, { agentId });
    expect(await Promise.race([assigned, delay(100, 'waits')])).toBe('waits');
    await removing.commitTransaction();
    await removing.release();
    expect(await assigned).toEqual({ kind: 'agent_not_found' });
  });

  it('lets one of several win that enable the same number for inbound calls at once, across partners', async () => {
    for (let round = 0; round < 5; round += 1) {
      const number = given();
      const owners = await Promise.all(
        [1, 2, 3, 4].map(
          async (nth) => (await postgres.stores.partners.create(`Owner ${String(round)}.${String(nth)}`)).id,
        ),
      );
      const rows = await Promise.all(
        owners.map(async (owner) => ({ owner, row: await addNumber(await connect('vobiz', owner), number, owner) })),
      );
      const results = await Promise.all(
        rows.map(({ owner, row }) => postgres.stores.inventory.update(owner, row.id, { inboundEnabled: true })),
      );
      expect(results.map(({ kind }) => kind).toSorted()).toEqual([
        'inbound_taken',
        'inbound_taken',
        'inbound_taken',
        'updated',
      ]);
      // For outbound calls a number may be active on all of them.
      expect(
        await query(`select 1 from phone_numbers where key = $1 and status = 'ACTIVE'`, [number.key]),
      ).toHaveLength(4);
    }
  });

  it('takes a number over once its owner lets go of it', async () => {
    const [mine, theirs] = [await addNumber(await connect('vobiz')), await addNumber(await connect('plivo'))];
    await query(`update phone_numbers set key = $1`, [mine.key]);
    const set = (row: PhoneNumberRow, inboundEnabled: boolean) =>
      postgres.stores.inventory.update(partnerId, row.id, { inboundEnabled });
    expect((await set(mine, true)).kind).toBe('updated');
    expect((await set(theirs, true)).kind).toBe('inbound_taken');
    await postgres.stores.inventory.update(partnerId, mine.id, { status: 'INACTIVE' });
    expect((await set(theirs, true)).kind).toBe('updated');
    expect(await postgres.stores.inventory.update(partnerId, mine.id, { status: 'ACTIVE' })).toEqual({
      kind: 'inbound_taken',
    });
  });

  it('syncs all or nothing', async () => {
    const [vobiz, plivo] = [await connect('vobiz'), await connect('plivo')];
    const [free, taken] = [given(), given()];
    await postgres.stores.inventory.sync({ partnerId, connectionId: plivo, numbers: [taken] });
    expect(await postgres.stores.inventory.sync({ partnerId, connectionId: vobiz, numbers: [free, taken] })).toEqual({
      kind: 'inbound_taken',
      key: taken.key,
    });
    expect((await postgres.stores.inventory.list({ partnerId, connectionId: vobiz, limit: 9, offset: 0 })).total).toBe(
      0,
    );
  });

  it('syncs overlapping lists from several sides without a deadlock; each number ends up on one connection', async () => {
    const connections = [await connect('vobiz'), await connect('plivo')];
    const numbers = Array.from({ length: 30 }, () => given());
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.all(
        connections.map((connectionId, nth) =>
          postgres.stores.inventory.sync({
            partnerId,
            connectionId,
            numbers: nth === 0 ? numbers : numbers.toReversed(),
          }),
        ),
      );
      expect(results.map(({ kind }) => kind).toSorted()).toEqual(['inbound_taken', 'synced']);
      await query(`delete from phone_numbers`);
    }
  });

  it('enables a known number and leaves what its partner decided', async () => {
    const id = await connect('vobiz');
    const agentId = await postgres.given.agent(partnerId);
    const row = await addNumber(id);
    await postgres.stores.inventory.update(partnerId, row.id, { agentId, friendlyName: 'Mine', status: 'INACTIVE' });
    const synced = await postgres.stores.inventory.sync({
      partnerId,
      connectionId: id,
      numbers: [given(row.key), given()],
    });
    expect(synced).toMatchObject({ kind: 'synced', created: 1 });
    expect(await postgres.stores.inventory.find(partnerId, row.id)).toMatchObject({
      agent: { id: agentId },
      friendlyName: 'Mine',
      status: 'INACTIVE',
      inboundEnabled: true,
    });
  });
});

describe('agents', () => {
  const PROFILE = {
    prompt: 'Be kind.',
    voiceId: 'v',
    language: 'en-IN',
    agentType: 'inbound',
    projectId: 'p',
  } as const;

  it('keep what is said about them, and are listed newest first without prompts', async () => {
    const sales = await postgres.stores.agents.create(partnerId, 'Sales', PROFILE);
    const support = await postgres.stores.agents.create(partnerId, 'Support');
    if (sales === 'name_taken' || support === 'name_taken') throw new Error('The partner is new.');
    expect(await postgres.stores.agents.details(partnerId, sales.id)).toMatchObject({ name: 'Sales', ...PROFILE });
    expect(await postgres.stores.agents.details(partnerId, support.id)).toMatchObject({
      prompt: null,
      agentType: null,
    });
    const page = await postgres.stores.agents.page({ partnerId, limit: 10, offset: 0 });
    expect(page).toMatchObject({ items: [{ id: support.id }, { ...PROFILE, id: sales.id, prompt: null }], total: 2 });
    expect(await postgres.stores.agents.page({ partnerId, limit: 1, offset: 1 })).toMatchObject({
      items: [{ id: sales.id }],
      total: 2,
    });
    expect(await postgres.stores.agents.details(await anotherPartner(), sales.id)).toBeNull();
  });

  it('that are deleted leave their numbers without one and their bindings due, and free their name', async () => {
    const id = await connect();
    const [row, other] = [await addNumber(id), await addNumber(id)];
    const [gone, stays] = [
      await postgres.given.agent(partnerId, 'Gone'),
      await postgres.given.agent(partnerId, 'Stays'),
    ];
    await declare(id, row.key, gone);
    await declare(id, other.key, stays);
    await postgres.stores.inventory.update(partnerId, row.id, { agentId: gone });
    await postgres.stores.inventory.update(partnerId, other.id, { agentId: stays });
    await settleAll();
    expect(await postgres.stores.agents.remove(await anotherPartner(), gone)).toBe(false);
    expect(await postgres.stores.agents.remove(partnerId, gone)).toBe(true);
    expect(await postgres.stores.agents.remove(partnerId, gone)).toBe(false);
    expect(await dueKeys()).toEqual([row.key]);
    expect(await postgres.stores.inventory.find(partnerId, row.id)).toMatchObject({ agent: null });
    expect(await postgres.stores.inventory.find(partnerId, other.id)).toMatchObject({ agent: { name: 'Stays' } });
    expect(await postgres.stores.agents.details(partnerId, gone)).toBeNull();
    expect((await postgres.stores.agents.page({ partnerId, limit: 10, offset: 0 })).total).toBe(1);
    expect(await postgres.stores.agents.create(partnerId, 'Gone')).not.toBe('name_taken');
  });
});

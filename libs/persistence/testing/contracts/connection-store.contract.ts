import type { ConnectionId, DidKey } from '@dialtone/domain';
import {
  type GivenNumber,
  InvalidCursorError,
  MAX_SHOWN_NUMBERS,
  numbersShown,
  type TelephonyProvider,
} from '../../src';
import type { MakeGatewayHarness } from './gateway-harness';
import { given, type TelephonyWorld, useTelephony } from './telephony-world';

const BASE_URL = 'https://voicelink.example/api';
const ACCESS = { baseUrl: null, credentials: { auth_id: 'a', auth_token: 't' } };
const VERIFIED = { kind: 'verified' } as const;

/** The contract of ConnectionStore as far as partners see it; every form of it passes the same tests. */
export const describeConnectionStore = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a store of connections`, () => {
    const world = useTelephony(make);
    describeDefaults(world);
    describeLimits(world);
    describeNumbers(world);
    describeDisconnecting(world);
  });
};

const describeDefaults = (world: TelephonyWorld): void => {
  const { connect } = world;
  const defaults = async (): Promise<readonly ConnectionId[]> =>
    (await world.stores.connections.list({ partnerId: world.partnerId, status: 'ACTIVE', limit: 100 })).items
      .filter(({ connection }) => connection.isDefault)
      .map(({ connection }) => connection.id);

  it('makes the first one the default, also when two are made at the same time', async () => {
    const made = await Promise.all([connect(), connect(), connect()]);
    const [only, ...more] = await defaults();
    expect(more).toEqual([]);
    const active = await world.stores.connections.active(world.partnerId);
    expect(active.map(({ id }) => id).toSorted()).toEqual(made.toSorted());
    expect(active[0]).toMatchObject({ id: only, isDefault: true, provider: 'voicelink', status: 'ACTIVE' });
    expect(active[0]).toMatchObject({ writesHeld: null, lastSweptAt: null });
  });

  it('lists the active ones of a provider with the default one first, then by name', async () => {
    const { connections } = world.stores;
    const ids = new Map<string, ConnectionId>();
    for (const name of ['North', 'South', 'East']) {
      const row = await connections.create({ partnerId: world.partnerId, provider: 'plivo', name, ...ACCESS });
      ids.set(name, row.id);
    }
    await connect('vobiz');
    const names = async (): Promise<readonly string[]> =>
      (await connections.active(world.partnerId, 'plivo')).map((row) => row.name);
    expect(await names()).toEqual(['North', 'East', 'South']);
    await connections.disconnect(world.partnerId, ids.get('North') ?? ('' as ConnectionId));
    expect(await names()).toEqual(['South', 'East']);
    expect(await connections.active(world.partnerId)).toEqual([]);
  });

  it('have a default per provider, handed on to the oldest active one', async () => {
    const { connections } = world.stores;
    const { partnerId } = world;
    const [first, second, third] = [await connect('plivo'), await connect('plivo'), await connect('plivo')];
    const other = await connect('vobiz');
    expect(await defaults()).toEqual([first, other]);
    await connections.disconnect(partnerId, second);
    expect(await defaults()).toEqual([first, other]);
    await connections.disconnect(partnerId, first);
    expect((await defaults()).toSorted()).toEqual([third, other].toSorted());
    await connections.disconnect(partnerId, third);
    expect(await defaults()).toEqual([other]);
    const next = await connect('plivo');
    expect((await connections.find(partnerId, next))?.isDefault).toBe(true);
    const { items: gone } = await connections.list({ partnerId, provider: 'plivo', status: 'DISCONNECTED', limit: 9 });
    expect(gone.map(({ connection }) => connection.id)).toEqual([first, second, third]);
  });

  it('keep exactly one default when all but one are disconnected at the same time', async () => {
    const ids = [await connect(), await connect(), await connect(), await connect()];
    await Promise.all(ids.slice(0, 3).map((id) => world.stores.connections.disconnect(world.partnerId, id)));
    expect(await world.stores.connections.active(world.partnerId)).toMatchObject([{ id: ids[3], isDefault: true }]);
  });
};

const describeLimits = (world: TelephonyWorld): void => {
  it('are as many as a partner may have, also when several are made at the same time', async () => {
    const { connections } = world.stores;
    const { partnerId } = world;
    const create = (provider: TelephonyProvider = 'plivo'): Promise<unknown> =>
      connections.create({ partnerId, provider, name: 'x', baseUrl: null, credentials: {}, atMost: 3 });
    const made = await Promise.allSettled([1, 2, 3, 4, 5].map((nth) => create(nth % 2 === 0 ? 'plivo' : 'vobiz')));
    const refused = made.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toEqual(Array(2).fill(expect.objectContaining({ quota: 'connections', atMost: 3 })));
    const [first] = (await connections.list({ partnerId, status: 'ACTIVE', limit: 1 })).items;
    if (first === undefined) throw new Error('three were made');
    await connections.disconnect(partnerId, first.connection.id);
    expect(await create()).toMatchObject({ status: 'ACTIVE' });
    await expect(create()).rejects.toMatchObject({ quota: 'connections', atMost: 3 });
  });

  it('bring no default number beyond the numbers that a partner may have', async () => {
    const { connections, inventory } = world.stores;
    const { partnerId } = world;
    const access = { ...ACCESS, verification: VERIFIED };
    const configure = (number: GivenNumber) =>
      connections.configureDefault({
        partnerId,
        provider: 'plivo',
        name: 'Plivo',
        access: { ...access, defaultNumber: number },
        numbersAtMost: 2,
      });
    const [one, two, three] = [given(), given(), given()];
    for (const number of [one, two, one]) await configure(number);
    const tooMany = { quota: 'phone_numbers', atMost: 2 };
    await expect(configure(three)).rejects.toMatchObject(tooMany);
    const another = { partnerId, name: 'x', ...access, defaultNumber: three, numbersAtMost: 2 };
    await expect(connections.create(another)).rejects.toMatchObject(tooMany);
    expect((await connections.list({ partnerId, status: 'ACTIVE', limit: 9 })).items.length).toBe(1);
    const { items } = await inventory.list({ partnerId, limit: 9, offset: 0 });
    expect(items.filter(({ isDefault }) => isDefault)).toMatchObject([{ key: one.key }]);
  });

  it('are configured once, also when it is done twice at the same time', async () => {
    const { connections } = world.stores;
    const { partnerId } = world;
    const configure = (password: string) =>
      connections.configureDefault({
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
    const [view, ...more] = (await connections.list({ partnerId, status: 'ACTIVE', limit: 9 })).items;
    expect(more).toEqual([]);
    expect(view?.phoneNumbers).toMatchObject([
      { phoneNumber: '+918011223344', isDefault: true, inboundEnabled: false },
    ]);
  });

  it('hides those of other partners, to read and to change', async () => {
    const { connections } = world.stores;
    const { partnerId } = world;
    const id = await world.connect();
    await world.given.holdWrites(id, 'very much broke');
    const before = await connections.find(partnerId, id);
    expect(before).toMatchObject({ name: 'voicelink', status: 'ACTIVE', writesHeld: 'very much broke' });
    const other = await world.given.partner();
    expect([await connections.find(other, id), await connections.view(other, id)]).toEqual([null, null]);
    expect(await connections.active(other)).toEqual([]);
    expect((await connections.list({ partnerId: other, status: 'ACTIVE', limit: 9 })).items).toEqual([]);
    expect(await connections.rename(other, id, 'Mine')).toBe(false);
    expect(await connections.acknowledgeHold(other, id, 'x')).toBe(false);
    expect(await connections.disconnect(other, id)).toBe(false);
    const access = { baseUrl: BASE_URL, credentials: { username: 'other', password: 'other' }, defaultNumber: null };
    const own = { partnerId: other, provider: 'voicelink', name: 'Own' } as const;
    const configured = await connections.configureDefault({ ...own, access: { ...access, verification: VERIFIED } });
    expect(configured).toMatchObject({ created: true });
    expect(await connections.find(partnerId, id)).toEqual(before);
    expect(await connections.acknowledgeHold(partnerId, id, 'x')).toBe(true);
  });
};

const describeNumbers = (world: TelephonyWorld): void => {
  const create = async (
    defaultNumber: GivenNumber | null,
    provider: TelephonyProvider = 'plivo',
  ): Promise<ConnectionId> =>
    (
      await world.stores.connections.create({
        partnerId: world.partnerId,
        provider,
        name: 'x',
        ...ACCESS,
        defaultNumber,
      })
    ).id;
  const configure = (defaultNumber: GivenNumber | null): Promise<unknown> =>
    world.stores.connections.configureDefault({
      partnerId: world.partnerId,
      provider: 'plivo',
      name: 'x',
      access: { ...ACCESS, defaultNumber, verification: VERIFIED },
    });

  it('change their default number, and keep the row of the old one', async () => {
    const [old, next] = [given(), given()];
    const id = await create(old);
    const shown = async (): Promise<unknown> =>
      (await world.stores.connections.view(world.partnerId, id))?.phoneNumbers.map(
        ({ phoneNumber, isDefault }) => `${phoneNumber} ${String(isDefault)}`,
      );
    await configure(next);
    expect(await shown()).toEqual([`${next.phoneNumber} true`, `${old.phoneNumber} false`]);
    await configure(null);
    expect(await shown()).toEqual([`${next.phoneNumber} true`, `${old.phoneNumber} false`]);
  });

  it('take an inactive number as their default for outbound calls, whoever answers its calls by now', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const number = given();
    const id = await create(number);
    await inventory.sync({ partnerId, connectionId: id, numbers: [number] });
    const [row] = (await inventory.list({ partnerId, limit: 1, offset: 0 })).items;
    if (row === undefined) throw new Error('The number is not listed.');
    await inventory.update(partnerId, row.id, { status: 'INACTIVE' });
    const elsewhere = await world.connect('vobiz');
    const taken = await inventory.sync({ partnerId, connectionId: elsewhere, numbers: [number] });
    expect(taken).toMatchObject({ kind: 'synced' });
    await configure(number);
    expect(await inventory.find(partnerId, row.id)).toMatchObject({ status: 'ACTIVE', inboundEnabled: false });
  });

  it('are shown with a thousand of their numbers at most, the default one first, and say that there are more', async () => {
    const fill = async (provider: TelephonyProvider, first: number, count: number): Promise<ConnectionId> => {
      const numbers = Array.from({ length: count }, (_, nth) => given(String(first + nth) as DidKey));
      const connectionId = await create(numbers.at(-1) ?? given(), provider);
      const filled = await world.stores.inventory.sync({ partnerId: world.partnerId, connectionId, numbers });
      expect(filled).toMatchObject({ kind: 'synced', created: count - 1 });
      return connectionId;
    };
    const large = await fill('vobiz', 918_000_000_001, MAX_SHOWN_NUMBERS + 1);
    const small = await fill('plivo', 918_000_100_001, MAX_SHOWN_NUMBERS);
    const page = { partnerId: world.partnerId, status: 'ACTIVE', limit: 9 } as const;
    const { items: views } = await world.stores.connections.list(page);
    const [cut, whole, ...others] = views;
    expect([cut?.connection.id, cut?.phoneNumbers.length, cut?.hasMoreNumbers]).toEqual([large, 1000, true]);
    expect(cut?.phoneNumbers.slice(0, 2).map(({ key }) => key)).toEqual(['918000001001', '918000000001']);
    expect([whole?.connection.id, whole?.phoneNumbers.length, whole?.hasMoreNumbers]).toEqual([small, 1000, false]);
    expect(others).toEqual([]);
  });

  it('are listed in pages, oldest first, each once and those of another partner not at all', async () => {
    const { connections } = world.stores;
    const { partnerId } = world;
    const ids: ConnectionId[] = [];
    for (const provider of ['vobiz', 'plivo', 'vobiz', 'vobiz', 'vobiz'] as const)
      ids.push(await create(null, provider));
    await world.connect('vobiz', await world.given.partner());
    const walk = async (limit: number, provider?: TelephonyProvider): Promise<readonly ConnectionId[][]> => {
      const pages: ConnectionId[][] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const which = { partnerId, status: 'ACTIVE', limit, ...(provider !== undefined && { provider }) } as const;
        const page = await connections.list({ ...which, ...(cursor !== undefined && { cursor }) });
        pages.push(page.items.map(({ connection }) => connection.id));
        cursor = page.nextCursor;
      }
      return pages;
    };
    expect(await walk(2)).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await walk(5)).toEqual([ids]);
    expect((await walk(3, 'vobiz')).map((page) => page.length)).toEqual([3, 1]);
    const wrong = { partnerId, status: 'ACTIVE', limit: 2, cursor: 'eyJhIjoxfQ' } as const;
    await expect(connections.list(wrong)).rejects.toThrow(InvalidCursorError);
  });

  it('show fewer of their numbers the more of them are on a page', () => {
    expect([1, 2, 4, 50, 100, 1000].map(numbersShown)).toEqual([1000, 1000, 500, 40, 20, 20]);
  });

  it('show a number as its partner wrote it', async () => {
    const national = { key: '918047112233' as DidKey, phoneNumber: '08047112233' };
    const id = await create(national, 'mcube');
    expect((await world.stores.connections.view(world.partnerId, id))?.phoneNumbers).toMatchObject([national]);
  });
};

const describeDisconnecting = (world: TelephonyWorld): void => {
  it('gives its numbers free for other connections, and keeps their rows', async () => {
    const { connections, inventory } = world.stores;
    const { partnerId } = world;
    const other = await world.given.partner();
    const [id, heir] = [await world.connect('vobiz'), await world.connect('plivo', other)];
    const number = given();
    await inventory.sync({ partnerId, connectionId: id, numbers: [number] });
    const take = (): Promise<unknown> => inventory.sync({ partnerId: other, connectionId: heir, numbers: [number] });
    expect(await take()).toEqual({ kind: 'inbound_taken', key: number.key });
    await connections.disconnect(partnerId, id);
    expect(await take()).toMatchObject({ kind: 'synced', created: 1 });
    const [row] = (await inventory.list({ partnerId, limit: 10, offset: 0 })).items;
    expect(row).toMatchObject({ status: 'INACTIVE', inboundEnabled: false });
    if (row === undefined) throw new Error('The row is gone.');
    for (const change of [{ status: 'ACTIVE' }, { inboundEnabled: true }] as const) {
      expect(await inventory.update(partnerId, row.id, change)).toEqual({ kind: 'disconnected' });
    }
    expect(await inventory.update(partnerId, row.id, { friendlyName: 'old' })).toMatchObject({ kind: 'updated' });
    expect(await inventory.sync({ partnerId, connectionId: id, numbers: [number] })).toEqual({ kind: 'disconnected' });
  });

  it('stalls its bindings, and no others', async () => {
    const { bindings, connections } = world.stores;
    const { partnerId } = world;
    const [id, bystander] = [await world.connect(), await world.connect()];
    const [stalled, spared] = [await world.declare(id), await world.declare(bystander)];
    expect(await connections.disconnect(partnerId, id)).toBe(true);
    expect((await bindings.find(partnerId, stalled))?.status).toMatchObject({
      outcome: 'stalled',
      message: expect.stringContaining('disconnected') as string,
    });
    expect((await bindings.find(partnerId, spared))?.status.outcome).toBe('pending');
    expect(await connections.rename(partnerId, id, 'late')).toBe(false);
  });
};

import type { ConnectionId } from '@dialtone/domain';
import { anAgentId } from '@dialtone/testing';
import type { GivenNumber, PhoneNumberRow } from '../../src';
import type { MakeGatewayHarness } from './gateway-harness';
import { describeInboundClaims } from './inbound-claims.contract';
import { given, type TelephonyWorld, useTelephony } from './telephony-world';

/** The contract of PhoneNumberInventory; every form of it passes the same tests. */
export const describeInventory = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as the inventory`, () => {
    const world = useTelephony(make);
    describeRows(world);
    describeInbound(world);
    describeSync(world);
    describeImport(world);
    describeInboundClaims(world);
  });
};

const describeRows = (world: TelephonyWorld): void => {
  const { connect, addNumber } = world;

  it('lists with filters, newest first, and says how many there are', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const [plivo, vobiz] = [await connect('plivo'), await connect('vobiz')];
    const [first, second, third] = [await addNumber(plivo), await addNumber(vobiz), await addNumber(vobiz)];
    const other = await world.given.partner();
    await addNumber(await connect('sip', other), { partnerId: other });
    const agentId = await world.agent();
    await inventory.update(partnerId, first.id, { agentId, inboundEnabled: true });
    await inventory.update(partnerId, second.id, { status: 'INACTIVE' });
    const idsOf = async (filter: object): Promise<readonly [readonly string[], number]> => {
      const { items, total } = await inventory.list({ partnerId, limit: 10, offset: 0, ...filter });
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
    const [agentId, other] = [await world.agent(), await world.agent()];
    await world.declare(id, row.key, agentId);
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
      if (await world.isDue(row.key)) await world.settle(row.key);
      await world.stores.inventory.update(world.partnerId, row.id, change);
      expect([change, await world.isDue(row.key)]).toEqual([change, due]);
    }
  });

  it('refuses agents and numbers of other partners like missing ones', async () => {
    const { inventory } = world.stores;
    const other = await world.given.partner();
    const row = await addNumber(await connect());
    const foreign = await world.agent(other);
    for (const agentId of [foreign, anAgentId()]) {
      expect(await inventory.update(world.partnerId, row.id, { agentId })).toEqual({ kind: 'agent_not_found' });
    }
    expect(await inventory.update(other, row.id, { friendlyName: 'x' })).toEqual({ kind: 'not_found' });
    expect(await inventory.find(other, row.id)).toBeNull();
  });
};

const describeInbound = (world: TelephonyWorld): void => {
  it('lets one of several win that enable the same number for inbound calls at once, across partners', async () => {
    const { inventory } = world.stores;
    for (let round = 0; round < 5; round += 1) {
      const number = given();
      const rows = await Promise.all(
        [1, 2, 3, 4].map(async () => {
          const owner = await world.given.partner();
          const place = { ...number, partnerId: owner };
          return { owner, row: await world.addNumber(await world.connect('vobiz', owner), place) };
        }),
      );
      const results = await Promise.all(
        rows.map(({ owner, row }) => inventory.update(owner, row.id, { inboundEnabled: true })),
      );
      const kinds = results.map(({ kind }) => kind).toSorted();
      expect(kinds).toEqual(['inbound_taken', 'inbound_taken', 'inbound_taken', 'updated']);
      // For outbound calls a number may be active on all of them.
      for (const { owner, row } of rows) {
        expect(await inventory.find(owner, row.id)).toMatchObject({ key: number.key, status: 'ACTIVE' });
      }
    }
  });

  it('takes a number over once its owner lets go of it', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const number = given();
    const mine = await world.addNumber(await world.connect('vobiz'), number);
    const theirs = await world.addNumber(await world.connect('plivo'), number);
    const set = (row: PhoneNumberRow, inboundEnabled: boolean) =>
      inventory.update(partnerId, row.id, { inboundEnabled });
    expect((await set(mine, true)).kind).toBe('updated');
    expect((await set(theirs, true)).kind).toBe('inbound_taken');
    await inventory.update(partnerId, mine.id, { status: 'INACTIVE' });
    expect((await set(theirs, true)).kind).toBe('updated');
    expect(await inventory.update(partnerId, mine.id, { status: 'ACTIVE' })).toEqual({ kind: 'inbound_taken' });
  });
};

const describeImport = (world: TelephonyWorld): void => {
  const listed = (number: GivenNumber, friendlyName: string | null = null) => ({ ...number, friendlyName });

  it('imports what a carrier lists, says what it does not list, and removes and changes nothing', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const connectionId = await world.connect('plivo');
    const [mine, gone, fresh] = [await world.addNumber(connectionId), await world.addNumber(connectionId), given()];
    await inventory.update(partnerId, mine.id, { friendlyName: 'Mine', status: 'INACTIVE' });
    const input = { partnerId, connectionId, numbers: [listed(mine, 'Theirs'), listed(fresh, 'Line 1')] };
    const imported = await inventory.importListed({ ...input, isComplete: true });
    const byKey = [
      { key: mine.key, friendlyName: 'Mine', status: 'INACTIVE', inboundEnabled: false },
      { key: fresh.key, friendlyName: 'Line 1', status: 'ACTIVE', inboundEnabled: false },
    ].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(imported).toMatchObject({ kind: 'imported', created: 1, rows: byKey, notListed: [{ key: gone.key }] });
    expect(imported).toMatchObject({ notListed: [{ unlistedSince: expect.any(Date) as Date }] });
    const again = await inventory.importListed({ ...input, isComplete: true });
    expect(again).toMatchObject({ notListed: imported.kind === 'imported' ? imported.notListed : [] });
    expect(await inventory.importListed({ ...input, isComplete: false })).toMatchObject({ created: 0, notListed: [] });
    const unlisted = async () => (await inventory.find(partnerId, gone.id))?.unlistedSince;
    expect(await unlisted()).toEqual(expect.any(Date));
    expect(await inventory.find(partnerId, mine.id)).toMatchObject({ unlistedSince: null });
    await inventory.importListed({ ...input, numbers: [listed(gone)], isComplete: false });
    expect(await unlisted()).toBeNull();
    expect((await inventory.list({ partnerId, connectionId, limit: 9, offset: 0 })).total).toBe(3);
  });

  it('imports a number that takes its inbound calls elsewhere, and leaves them there', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const [vobiz, plivo] = [await world.connect('vobiz'), await world.connect('plivo')];
    const number = given();
    await inventory.sync({ partnerId, connectionId: vobiz, numbers: [number] });
    const input = { partnerId, connectionId: plivo, numbers: [listed(number)], isComplete: true };
    expect(await inventory.importListed(input)).toMatchObject({ created: 1, rows: [{ inboundEnabled: false }] });
    expect(await inventory.list({ partnerId, inboundEnabled: true, limit: 9, offset: 0 })).toMatchObject({
      items: [{ connectionId: vobiz }],
      total: 1,
    });
  });

  it('imports no number beyond the limit, and none into a disconnected connection', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const connectionId = await world.connect('plivo');
    const input = { partnerId, connectionId, numbers: [listed(given()), listed(given())], isComplete: true };
    await expect(inventory.importListed({ ...input, atMost: 1 })).rejects.toMatchObject({ quota: 'phone_numbers' });
    await world.stores.connections.disconnect(partnerId, connectionId);
    expect(await inventory.importListed(input)).toEqual({ kind: 'disconnected' });
  });
};

const describeSync = (world: TelephonyWorld): void => {
  it('syncs what is free, says what is taken, and stores nothing of that', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const [vobiz, plivo] = [await world.connect('vobiz'), await world.connect('plivo')];
    const [free, taken] = [given(), given()];
    await inventory.sync({ partnerId, connectionId: plivo, numbers: [taken] });
    const synced = await inventory.sync({ partnerId, connectionId: vobiz, numbers: [taken, free] });
    expect(synced).toMatchObject({ kind: 'synced', created: 1, rows: [{ key: free.key }], taken: [taken.key] });
    const again = await inventory.sync({ partnerId, connectionId: vobiz, numbers: [taken] });
    expect(again).toEqual({ kind: 'inbound_taken', key: taken.key });
    expect((await inventory.list({ partnerId, connectionId: vobiz, limit: 9, offset: 0 })).total).toBe(1);
  });

  it('adds no number beyond the limit of the partner, over all of its connections, and enables known ones all the same', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const [vobiz, plivo] = [await world.connect('vobiz'), await world.connect('plivo')];
    const [one, two, three] = [given(), given(), given()];
    const sync = (connectionId: ConnectionId, ...numbers: GivenNumber[]) =>
      inventory.sync({ partnerId, connectionId, numbers, atMost: 2 });
    const tooMany = { quota: 'phone_numbers', atMost: 2 };
    await expect(sync(vobiz, one, two, three)).rejects.toMatchObject(tooMany);
    expect((await sync(vobiz, one)).kind).toBe('synced');
    expect((await sync(plivo, two)).kind).toBe('synced');
    await expect(sync(plivo, three)).rejects.toMatchObject(tooMany);
    expect((await sync(vobiz, one)).kind).toBe('synced');
    const other = await world.given.partner();
    const theirs = { partnerId: other, connectionId: await world.connect('vobiz', other), numbers: [three], atMost: 2 };
    expect((await inventory.sync(theirs)).kind).toBe('synced');
  });

  it('enables a known number and leaves what its partner decided', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const connectionId = await world.connect('vobiz');
    const agentId = await world.agent();
    const row = await world.addNumber(connectionId);
    await inventory.update(partnerId, row.id, { agentId, friendlyName: 'Mine', status: 'INACTIVE' });
    const synced = await inventory.sync({ partnerId, connectionId, numbers: [given(row.key), given()] });
    expect(synced).toMatchObject({ kind: 'synced', created: 1 });
    expect(await inventory.find(partnerId, row.id)).toMatchObject({
      agent: { id: agentId },
      friendlyName: 'Mine',
      status: 'INACTIVE',
      inboundEnabled: true,
    });
  });

  it('enables an inactive number that another connection answers, and answers with the rows by key', async () => {
    const { inventory } = world.stores;
    const { partnerId } = world;
    const [old, heir] = [await world.connect('vobiz'), await world.connect('plivo')];
    const [one, two] = [given(), given()].toSorted((a, b) => (a.key < b.key ? -1 : 1)) as [
      ReturnType<typeof given>,
      ReturnType<typeof given>,
    ];
    const row = await world.addNumber(old, { ...one, status: 'INACTIVE' });
    await inventory.sync({ partnerId, connectionId: heir, numbers: [one] });
    const synced = await inventory.sync({ partnerId, connectionId: old, numbers: [two, one] });
    expect(synced).toMatchObject({
      kind: 'synced',
      created: 1,
      rows: [
        { id: row.id, status: 'INACTIVE', inboundEnabled: true },
        { key: two.key, status: 'ACTIVE', inboundEnabled: true },
      ],
    });
  });
};

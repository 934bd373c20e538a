import { setTimeout as delay } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { anAgentId } from '@dialtone/testing';
import type { PhoneNumberRow } from './phone-number-inventory';

const tenant = useTenant();
const { postgres, given, connect, anotherPartner, addNumber, declare, settleAll, dueKeys } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
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

import type { DidKey } from '@dialtone/domain';
import { aDidKey, anAgentId } from '../../builders/ids';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { freshHarness, present } from './fixtures';

/** The contract of the engine's PhoneNumbers; every form of it passes the same tests. */
export const describePhoneNumbers = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as PhoneNumbers`, () => {
    const harness = freshHarness(make);
    describeImport(harness);
    describeDisconnected(harness);
    describeImportOfMany(harness);
    describeAssignment(harness);
  });
};

const imported = async ({ stores, given }: StoreHarness) => {
  const connection = await given.connection();
  const place = { partnerId: connection.partnerId, connectionId: connection.id, key: aDidKey() };
  return { ...place, row: present(await stores.phoneNumbers.import({ ...place, friendlyName: place.key })) };
};

const describeImport = (harness: () => StoreHarness): void => {
  it('imports a number once and leaves an existing row as it is', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    expect(row).toEqual({ id: expect.any(String) as string, key: place.key, agentId: null, agentName: null });
    const agentId = await given.agent(place.partnerId, 'Support Agent');
    await stores.phoneNumbers.assignAgent({ ...place, agentId });
    const again = await stores.phoneNumbers.import({ ...place, friendlyName: 'another' });
    expect(again).toEqual({ ...row, agentId, agentName: 'Support Agent' });
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toEqual(again);
  });

  it('imports it once when two do it at the same time', async () => {
    const { stores, given } = harness();
    const { id: connectionId, partnerId } = await given.connection();
    const input = { partnerId, connectionId, key: aDidKey(), friendlyName: 'x' };
    const both = await Promise.all([stores.phoneNumbers.import(input), stores.phoneNumbers.import(input)]);
    expect(both[0]).toEqual(both[1]);
  });

  it('keeps the rows of each connection apart, also of the same number', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    const { id: connectionId, partnerId } = await given.connection();
    const other = present(
      await stores.phoneNumbers.import({ partnerId, connectionId, key: place.key, friendlyName: 'x' }),
    );
    expect(other.id).not.toBe(row.id);
    expect(await stores.phoneNumbers.byConnection(connectionId)).toEqual(new Map([[place.key, other]]));
    expect(await stores.phoneNumbers.byConnection(place.connectionId)).toEqual(new Map([[place.key, row]]));
    expect([...(await stores.phoneNumbers.byConnection(place.connectionId, [place.key])).keys()]).toEqual([place.key]);
    expect((await stores.phoneNumbers.byConnection(place.connectionId, [])).size).toBe(0);
    expect(await stores.phoneNumbers.find(connectionId, aDidKey())).toBeNull();
  });
};

/** A row inserted after the disconnect would keep the number's inbound calls for good. */
const describeDisconnected = (harness: () => StoreHarness): void => {
  it('imports nothing on a connection that is disconnected, and still finds what is there', async () => {
    const { stores, given } = harness();
    const { row, key, ...place } = await imported(harness());
    await given.disconnect(place.connectionId);
    const [one, other] = [aDidKey(), aDidKey()];
    expect(await stores.phoneNumbers.import({ ...place, key: one, friendlyName: one })).toBeNull();
    expect(await stores.phoneNumbers.importAll({ ...place, keys: [one, other, key], proven: [] })).toEqual([]);
    expect(await stores.phoneNumbers.import({ ...place, key, friendlyName: 'another' })).toEqual(row);
    expect(await stores.phoneNumbers.byConnection(place.connectionId)).toEqual(new Map([[key, row]]));
  });
};

const describeImportOfMany = (harness: () => StoreHarness): void => {
  it('imports what is missing of many numbers, says which, and leaves existing rows as they are', async () => {
    const { stores, given } = harness();
    const { row, key, ...place } = await imported(harness());
    const agentId = await given.agent(place.partnerId, 'Sales Agent');
    await stores.phoneNumbers.assignAgent({ ...place, key, agentId });
    const before = await stores.phoneNumbers.rows(place.connectionId);
    const added = [aDidKey(), aDidKey()].sort();
    expect(await stores.phoneNumbers.importAll({ ...place, keys: [...added, key], proven: [] })).toEqual(added);
    expect(await stores.phoneNumbers.rows(place.connectionId, [key])).toEqual(before);
    expect(before).toMatchObject([{ id: row.id, agentId, agentName: 'Sales Agent' }]);
    expect(await stores.phoneNumbers.importAll({ ...place, keys: [...added, key], proven: [] })).toEqual([]);
    expect([...(await stores.phoneNumbers.byConnection(place.connectionId)).keys()].sort()).toEqual(
      [...added, key].sort(),
    );
  });

  it('shows whole rows, ordered by key: named by the key, active, answered unless another connection answers', async () => {
    const { stores, given } = harness();
    const place = async () => {
      const { id: connectionId, partnerId } = await given.connection();
      return { connectionId, partnerId };
    };
    const [first, second] = [await place(), await place()];
    const [key, other] = [aDidKey(), aDidKey()].sort() as [DidKey, DidKey];
    await stores.phoneNumbers.importAll({ ...first, keys: [other], proven: [] });
    await stores.phoneNumbers.importAll({ ...second, keys: [other, key], proven: [] });
    const rowOf = (named: DidKey, inboundEnabled: boolean) => ({
      id: expect.any(String) as string,
      key: named,
      agentId: null,
      agentName: null,
      friendlyName: named,
      status: 'ACTIVE',
      isDefault: false,
      inboundEnabled,
      createdAt: expect.any(Number) as number,
      updatedAt: expect.any(Number) as number,
    });
    expect(await stores.phoneNumbers.rows(second.connectionId)).toEqual([rowOf(key, true), rowOf(other, false)]);
    expect(await stores.phoneNumbers.rows(first.connectionId, [other, key])).toEqual([rowOf(other, true)]);
  });

  it('imports each number once when many do it at the same time', async () => {
    const { stores, given } = harness();
    const { id: connectionId, partnerId } = await given.connection();
    const keys = Array.from({ length: 20 }, () => aDidKey());
    const both = await Promise.all(
      [keys, keys.toReversed()].map((given) =>
        stores.phoneNumbers.importAll({ partnerId, connectionId, keys: given, proven: [] }),
      ),
    );
    expect(both.flat().sort()).toEqual(keys.toSorted());
  });
};

const describeAssignment = (harness: () => StoreHarness): void => {
  it('assigns an agent, and the same one again', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    const agentId = await given.agent(place.partnerId, 'Sales Agent');
    for (let nth = 0; nth < 2; nth += 1) {
      expect(await stores.phoneNumbers.assignAgent({ ...place, agentId })).toBe(true);
    }
    const assigned = { ...row, agentId, agentName: 'Sales Agent' };
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toEqual(assigned);
  });

  it('takes an agent from a row that has it, and from no other', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    const [agentId, other] = [await given.agent(place.partnerId, 'One'), await given.agent(place.partnerId, 'Two')];
    await stores.phoneNumbers.assignAgent({ ...place, agentId });
    await stores.phoneNumbers.unassignAgent({ ...place, agentId: other });
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toMatchObject({ agentId });
    for (let nth = 0; nth < 2; nth += 1) await stores.phoneNumbers.unassignAgent({ ...place, agentId });
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toEqual(row);
  });

  it('refuses an agent that is missing, deleted or of another partner, and a number that is not here', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    const deleted = await given.agent(place.partnerId, 'Gone');
    await given.deleteAgent(deleted);
    const foreign = await given.agent((await given.connection()).partnerId, 'Foreign');
    for (const agentId of [anAgentId(), deleted, foreign]) {
      expect(await stores.phoneNumbers.assignAgent({ ...place, agentId })).toBe(false);
    }
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toEqual(row);
    const agentId = await given.agent(place.partnerId, 'Sales Agent');
    expect(await stores.phoneNumbers.assignAgent({ ...place, key: aDidKey(), agentId })).toBe(false);
  });

  it('counts an agent that was deleted later as none', async () => {
    const { stores, given } = harness();
    const { row, ...place } = await imported(harness());
    const agentId = await given.agent(place.partnerId);
    await stores.phoneNumbers.assignAgent({ ...place, agentId });
    await given.deleteAgent(agentId);
    expect(await stores.phoneNumbers.find(place.connectionId, place.key)).toEqual(row);
  });
};

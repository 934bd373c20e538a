import { setTimeout as delay } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';

const tenant = useTenant();
const { postgres, given, connect, addNumber } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

describe('the inventory', () => {
  it('writes nothing when the same is said again', async () => {
    const row = await addNumber(await connect());
    const change = { friendlyName: 'x', inboundEnabled: true };
    await postgres.stores.inventory.update(partnerId, row.id, change);
    const versions = () => query(`select ctid::text, xmin::text from phone_numbers`);
    const before = await versions();
    expect(await postgres.stores.inventory.update(partnerId, row.id, change)).toMatchObject({ kind: 'updated' });
    expect(await versions()).toEqual(before);
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
});

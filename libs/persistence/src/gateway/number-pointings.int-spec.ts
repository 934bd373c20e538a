import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import type { DuePointing } from './number-pointings';

const tenant = useTenant();
const { postgres, connect } = tenant;
const { query } = postgres;
const BEFORE = { voice_url: 'https://ivr.example.com/canary-url' };

/** A number that was asked for, with its turn. */
const asked = async (): Promise<DuePointing> => {
  const { inventory, agents, pointings } = postgres.stores;
  const { partnerId } = tenant;
  const connectionId = await connect('twilio');
  const key = aDidKey();
  const synced = await inventory.sync({ partnerId, connectionId, numbers: [{ key, phoneNumber: `+${key}` }] });
  const agent = await agents.create(partnerId, `Agent ${key}`);
  const number = synced.kind === 'synced' ? synced.rows[0] : undefined;
  if (number === undefined || agent === 'name_taken') throw new Error('They are not made.');
  await inventory.update(partnerId, number.id, { agentId: agent.id });
  const due = await pointings.take();
  if (due === null) throw new Error('It is not due.');
  return due;
};

/** Lets what waits be due now. */
const elapse = () => query(`update number_pointings set due_at = now() where due_at is not null`);

const dueInSeconds = async (): Promise<number | null> => {
  const [row] = await query<{ s: number | null }>(
    `select round(extract(epoch from due_at - updated_at))::int as s from number_pointings`,
  );
  return row?.s ?? null;
};

describe('a number that its carrier could not be told about', () => {
  it('is tried more and more rarely, up to an hour, and not before its carrier says so', async () => {
    const { pointings } = postgres.stores;
    let due: DuePointing | null = await asked();
    const waits: (number | null)[] = [];
    for (let turn = 0; turn < 10 && due !== null; turn += 1) {
      await pointings.note(due, { kind: 'pending', message: 'away', retryAfterMs: turn === 1 ? 90_000 : null });
      waits.push(await dueInSeconds());
      await elapse();
      due = await pointings.take();
    }
    expect(waits).toEqual([10, 90, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600]);
  });

  it('that needs help is tried every six hours, for ten days', async () => {
    const { pointings } = postgres.stores;
    let due: DuePointing | null = await asked();
    const waits: (number | null)[] = [];
    for (let turn = 0; turn < 50 && due !== null; turn += 1) {
      await pointings.note(due, { kind: 'failed', message: 'pay' });
      waits.push(await dueInSeconds());
      await elapse();
      due = await pointings.take();
    }
    expect([waits.length, new Set(waits.slice(0, -1)), waits.at(-1)]).toEqual([41, new Set([21_600]), null]);
  });

  it('whose process has died is taken by another one two minutes later', async () => {
    const { id } = await asked();
    expect(await postgres.stores.pointings.take()).toBeNull();
    await query(`update number_pointings set held_until = held_until - interval '2 minutes'`);
    expect(await postgres.stores.pointings.take()).toMatchObject({ id });
  });
});

describe('where the calls of a number went before', () => {
  const told = async (): Promise<DuePointing> => {
    const due = await asked();
    await postgres.stores.pointings.note(due, { kind: 'told', before: BEFORE, shown: 'https://ivr.example.com/…' });
    return due;
  };

  it('is sealed for its own row, and is kept by a change of keys', async () => {
    const { connections, pointings } = postgres.stores;
    const { id } = await told();
    const place = { aad: `number_pointings|${id}|pointers` };
    const [row] = await query<{ sealed: Buffer }>(`select pointers as sealed from number_pointings`);
    expect(JSON.parse(row?.sealed.toString() ?? '')).toMatchObject(place);
    expect(await connections.resealCredentials()).toMatchObject({ failed: [] });
    await elapse();
    expect(await pointings.take()).toMatchObject({ before: BEFORE, isUnreadable: false });
  });

  it('is said to be unreadable when no key opens it, by a change of keys as well', async () => {
    const { connections, pointings } = postgres.stores;
    const { connectionId } = await told();
    await query(`update number_pointings set pointers = 'x'`);
    await elapse();
    expect(await pointings.take()).toMatchObject({ before: null, ours: [], isUnreadable: true });
    expect(await connections.resealCredentials()).toMatchObject({ failed: [connectionId] });
  });

  it('is destroyed with the credentials of its connection, and its number says what to do', async () => {
    const { connections, inventory, pointings } = postgres.stores;
    const { id, connectionId } = await told();
    await connections.disconnect(tenant.partnerId, connectionId);
    await pointings.dropUnwanted();
    await query(`update connections set disconnected_at = now() - interval '25 hours' where id = $1`, [connectionId]);
    expect(await connections.forgetCredentials({ olderThanMs: 24 * 3_600_000, limit: 9 })).toBe(1);
    expect(await query(`select pointers, due_at from number_pointings`)).toEqual([{ pointers: null, due_at: null }]);
    expect((await inventory.find(tenant.partnerId, id))?.pointing).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('Set in the panel') as string,
    });
  });
});

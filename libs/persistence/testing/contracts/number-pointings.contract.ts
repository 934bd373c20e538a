import type { ConnectionId } from '@dialtone/domain';
import type { DuePointing, PhoneNumberRow, PointingResult, TelephonyProvider } from '../../src';
import type { MakeGatewayHarness } from './gateway-harness';
import { type TelephonyWorld, useTelephony } from './telephony-world';

const BEFORE = { voice_url: 'https://ivr.example.com/t/canary-token', trunk_sid: null };
const OURS = { voice_url: 'https://api.example.com/callbacks/1', trunk_sid: null };
const TOLD: PointingResult = { kind: 'told', before: BEFORE, shown: 'https://ivr.example.com/t/…' };
const AWAY: PointingResult = { kind: 'pending', message: 'away', retryAfterMs: null };

/** What the tests do with a number. */
const actsOf = (world: TelephonyWorld) => {
  const shownOf = async (row: Pick<PhoneNumberRow, 'id'>) =>
    (await world.stores.inventory.find(world.partnerId, row.id))?.pointing ?? null;
  const takeNow = async ({ id }: Pick<PhoneNumberRow, 'id'>): Promise<DuePointing> => {
    const taken = await world.stores.pointings.take(id);
    if (taken === null) throw new Error('It is not due.');
    return taken;
  };
  /** An active number that takes inbound calls, with an agent: its pointing was asked for. */
  const asked = async (provider: TelephonyProvider = 'twilio') => {
    const connectionId = await world.connect(provider);
    const { id } = await world.addNumber(connectionId);
    const agentId = await world.agent();
    await world.stores.inventory.update(world.partnerId, id, { inboundEnabled: true });
    await world.stores.inventory.update(world.partnerId, id, { agentId });
    return { id, connectionId, agentId };
  };
  return { shownOf, takeNow, asked };
};

/** The contract of NumberPointings; every form of it passes the same tests. */
export const describeNumberPointings = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as the pointings of numbers`, () => {
    const world = useTelephony(make);
    describeAsking(world);
    describeTurns(world);
    describeUnwanted(world);
  });
};

const describeAsking = (world: TelephonyWorld): void => {
  const { shownOf, takeNow, asked } = actsOf(world);

  it('asks when an agent is assigned to a number that takes inbound calls, and not before', async () => {
    const { inventory, pointings } = world.stores;
    const { id } = await world.addNumber(await world.connect('plivo'));
    const agentId = await world.agent();
    for (const change of [{ agentId }, { agentId: null }, { inboundEnabled: true }, { friendlyName: 'x' }]) {
      await inventory.update(world.partnerId, id, change);
      expect([change, await shownOf({ id }), await pointings.take()]).toEqual([change, null, null]);
    }
    await inventory.update(world.partnerId, id, { agentId });
    expect(await shownOf({ id })).toMatchObject({ state: 'pending', previous: null, error: null });
    expect(await takeNow({ id })).toMatchObject({ id, provider: 'plivo', wish: 'point', before: null, ours: [] });
  });

  it.each<TelephonyProvider>(['exotel', 'tata_smartflo', 'mcube', 'sip', 'voicelink'])(
    'asks nothing of %s, whose API does not say it',
    async (provider) => {
      expect(await shownOf(await asked(provider))).toBeNull();
      expect(await world.stores.pointings.take()).toBeNull();
    },
  );

  it('looks again at what is pointed when it is asked for once more, and shows it as pointed meanwhile', async () => {
    const { pointings, inventory } = world.stores;
    const number = await asked();
    const due = await takeNow(number);
    await pointings.note(due, TOLD);
    expect(await pointings.take(number.id)).toBeNull();
    await inventory.update(world.partnerId, number.id, { agentId: number.agentId });
    await pointings.note(await takeNow(number), { kind: 'pointed' });
    expect(await shownOf(number)).toMatchObject({ state: 'pointed', previous: 'https://ivr.example.com/t/…' });
    expect(await pointings.take(number.id)).toBeNull();
    await inventory.update(world.partnerId, number.id, { inboundEnabled: true });
    expect(await shownOf(number)).toMatchObject({ state: 'pointed' });
    expect(await takeNow(number)).toMatchObject({ wish: 'point', before: BEFORE });
  });
};

const describeTurns = (world: TelephonyWorld): void => {
  const { shownOf, takeNow, asked } = actsOf(world);

  it('gives a number to one process at a time, and back at once when it leaves it', async () => {
    const { pointings } = world.stores;
    const number = await asked();
    const taken = await Promise.all([1, 2, 3].map(() => pointings.take()));
    const due = taken.filter((one) => one !== null);
    expect(due).toHaveLength(1);
    if (due[0] !== undefined) await pointings.leave(due[0]);
    expect(await takeNow(number)).toMatchObject({ id: number.id });
  });

  it('keeps what was there and what was begun, and forgets both once it is given back', async () => {
    const { pointings, inventory } = world.stores;
    const number = await asked();
    await pointings.note(await takeNow(number), TOLD);
    await inventory.update(world.partnerId, number.id, { agentId: number.agentId });
    const due = await takeNow(number);
    expect(await pointings.begin(due, OURS)).toBe(true);
    await pointings.note(due, { kind: 'pointed' });
    await inventory.update(world.partnerId, number.id, { agentId: null });
    expect(await pointings.dropUnwanted()).toBe(1);
    const back = await takeNow(number);
    expect(back).toMatchObject({ wish: 'give_back', before: BEFORE, ours: [OURS], isUnreadable: false });
    await pointings.note(back, { kind: 'released', message: null });
    expect(await shownOf(number)).toMatchObject({ state: 'released', error: null });
    await inventory.update(world.partnerId, number.id, { agentId: number.agentId });
    expect(await takeNow(number)).toMatchObject({ wish: 'point', before: null, ours: [] });
  });

  it.each<[string, PointingResult, object]>([
    ['could not be told now', AWAY, { state: 'pending', error: 'away' }],
    ['needs help', { kind: 'failed', message: 'pay' }, { state: 'failed', error: 'pay' }],
  ])('waits with a number that %s, and says why', async (_, result, shown) => {
    const number = await asked();
    expect(await world.stores.pointings.note(await takeNow(number), result)).toBe(true);
    expect(await shownOf(number)).toMatchObject(shown);
    expect(await world.stores.pointings.take(number.id)).toBeNull();
  });

  it('lets a turn neither begin nor note anything after something else was asked for', async () => {
    const { pointings, inventory } = world.stores;
    const number = await asked();
    const due = await takeNow(number);
    await inventory.update(world.partnerId, number.id, { status: 'ACTIVE' });
    expect(await pointings.begin(due, OURS)).toBe(false);
    expect(await pointings.take(number.id)).toBeNull();
    expect(await pointings.note(due, TOLD)).toBe(false);
    expect(await takeNow(number)).toMatchObject({ before: null, ours: [] });
  });

  it('has one token for each connection', async () => {
    const { pointings } = world.stores;
    const [one, other] = [await world.connect('plivo'), await world.connect('plivo')];
    expect(pointings.tokenOf(one)).toMatch(/^[\w-]{43}$/);
    expect(pointings.tokenOf(one)).toBe(pointings.tokenOf(one));
    expect(pointings.tokenOf(one)).not.toBe(pointings.tokenOf(other));
  });
};

const describeUnwanted = (world: TelephonyWorld): void => {
  const { shownOf, takeNow, asked } = actsOf(world);
  type Asked = Awaited<ReturnType<typeof asked>>;
  const change = (of: object) => async (number: Asked) => {
    await world.stores.inventory.update(world.partnerId, number.id, of);
  };
  const disconnect = async ({ connectionId }: { readonly connectionId: ConnectionId }) => {
    await world.stores.connections.disconnect(world.partnerId, connectionId);
  };

  it.each<[string, (number: Asked) => Promise<unknown>]>([
    ['its agent is taken off', change({ agentId: null })],
    ['it takes no inbound calls any more', change({ inboundEnabled: false })],
    ['it is not active any more', change({ status: 'INACTIVE' })],
    ['its agent is deleted', ({ agentId }) => world.stores.agents.remove(world.partnerId, agentId)],
    ['its connection is disconnected', disconnect],
  ])('gives a number back when %s', async (_, act) => {
    const number = await asked();
    await world.stores.pointings.note(await takeNow(number), { kind: 'pointed' });
    expect(await world.stores.pointings.dropUnwanted()).toBe(0);
    await act(number);
    expect(await world.stores.pointings.dropUnwanted()).toBe(1);
    expect(await shownOf(number)).toMatchObject({ state: 'pending' });
    expect(await world.stores.pointings.take()).toMatchObject({ id: number.id, wish: 'give_back' });
    expect(await world.stores.pointings.dropUnwanted()).toBe(0);
  });
};

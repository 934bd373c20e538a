import type { AgentId, ConnectionId, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';

const tenant = useTenant();
const { postgres, given, connect, addNumber, anotherPartner } = tenant;
const LIMITS = { homeCallingCode: '91', perDay: 3 };
let partnerId: PartnerId;
let connectionId: ConnectionId;
let agentId: AgentId;
beforeEach(async () => {
  ({ partnerId } = tenant);
  connectionId = await connect();
  agentId = await postgres.given.agent(partnerId);
  const row = await addNumber(connectionId, given());
  await postgres.stores.inventory.update(partnerId, row.id, { agentId });
});

const call = (toNumber = '+919876543210', perDay = LIMITS.perDay) =>
  postgres.stores.calls.record({
    partnerId,
    connectionId,
    agentId,
    toNumber,
    apiKeyId: 'k',
    limits: { ...LIMITS, perDay },
  });
const told = async (): Promise<readonly unknown[]> =>
  (await postgres.events()).flatMap((event) => (event.type === 'dialtone.calls.limited.v1' ? [event.data.reason] : []));
const pass = (by: string): Promise<unknown> =>
  postgres.query(
    `update call_usage set day_started_at = day_started_at - interval '${by}', day_told_at = day_told_at - interval '${by}',
            destination_told_at = destination_told_at - interval '${by}'`,
  );

describe('the calls of a partner', () => {
  it('are so many a day, however many are asked for at once, and one event says so', async () => {
    const kinds = (await Promise.all(Array.from({ length: 12 }, () => call()))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'recorded')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'too_many_calls')).toHaveLength(9);
    expect(await postgres.query('select 1 from calls')).toHaveLength(3);
    expect(await told()).toEqual(['calls_per_day']);
    const refused = await call();
    expect(refused).toMatchObject({ atMost: 3 });
    if (refused.kind !== 'too_many_calls') throw new Error(refused.kind);
    expect(refused.resetMs).toBeGreaterThan(23 * 3_600_000);
    await pass('25 hours');
    expect((await call()).kind).toBe('recorded');
  });

  it('are counted for each partner alone, and as many as its policy says', async () => {
    await postgres.stores.callPolicies.set(await anotherPartner(), { callsPerDay: 1 });
    await postgres.stores.callPolicies.set(partnerId, { callsPerDay: 4 });
    const kinds: string[] = [];
    for (let nth = 0; nth < 5; nth += 1) kinds.push((await call()).kind);
    expect(kinds).toEqual(['recorded', 'recorded', 'recorded', 'recorded', 'too_many_calls']);
    await postgres.stores.callPolicies.set(partnerId, { callsPerDay: 0 });
    expect((await call()).kind).toBe('recorded');
  });

  it('are so many at once of a partner and of a connection, however many are asked for at once', async () => {
    const limits = { ...LIMITS, perDay: 0, atOnce: { connection: 2, partner: 3 } };
    const from = (connection: ConnectionId) =>
      postgres.stores.calls.record({
        ...{ partnerId, agentId, connectionId: connection, toNumber: '+919876543210', apiKeyId: 'k', limits },
      });
    const together = await Promise.all(Array.from({ length: 8 }, () => from(connectionId)));
    expect(together.filter(({ kind }) => kind === 'recorded')).toHaveLength(2);
    expect(together.find(({ kind }) => kind !== 'recorded')).toEqual({
      ...{ kind: 'too_many_at_once', of: 'connection', atMost: 2 },
    });
    const second = await connect();
    const row = await addNumber(second, given());
    await postgres.stores.inventory.update(partnerId, row.id, { agentId });
    expect((await from(second)).kind).toBe('recorded');
    expect(await from(second)).toEqual({ kind: 'too_many_at_once', of: 'partner', atMost: 3 });
    // One of which nothing was heard for so long that it counts no more, and one that is over.
    await postgres.query(`update calls set active_until = now() where connection_id = '${second}'`);
    expect((await from(second)).kind).toBe('recorded');
    await postgres.query(`update calls set status = 'completed' where connection_id = '${connectionId}'`);
    expect((await from(connectionId)).kind).toBe('recorded');
  });

  it('go abroad, to premium numbers and to satellites only where the policy allows it; refused ones are not counted', async () => {
    for (const [to, why] of [
      ['+12125550123', 'country'],
      ['+881612345678', 'network'],
      ['+12125550123', 'country'],
    ] as const) {
      expect(await call(to)).toEqual({ kind: 'destination_refused', why });
    }
    expect(await postgres.query('select 1 from calls')).toEqual([]);
    expect(await told()).toEqual(['destination_country']);
    await pass('2 hours');
    await call('+881612345678');
    expect(await told()).toEqual(['destination_country', 'destination_network']);
    const allowed = { countries: ['US', '881'], premium: true };
    expect(await postgres.stores.callPolicies.set(partnerId, allowed)).toEqual({ ...allowed, callsPerDay: null });
    for (const to of ['+12125550123', '+881612345678', '+19005551234']) expect((await call(to)).kind).toBe('recorded');
  });

  it('have no limit where none is given', async () => {
    for (let nth = 0; nth < 5; nth += 1) expect((await call('+919876543210', 0)).kind).toBe('recorded');
  });
});

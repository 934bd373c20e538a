import { GatewayOnSimulator, type Tenant } from './gateway-on-simulator';

const CONNECTIONS = '/api/v2/telephony/connections';

interface Listed {
  readonly id: string;
  readonly advisories?: readonly { readonly code: string; readonly message: string; readonly since: string }[];
}

let world: GatewayOnSimulator;
let tenant: Tenant;
/** The only number of the account, which nothing is done for. */
let number: string;
beforeAll(async () => {
  world = await GatewayOnSimulator.start();
  tenant = await world.addTenant('Acme');
  const { simulator } = world.simulator;
  simulator.reset({ dids: 1 });
  number = [...simulator.world.dids.values()][0]?.number ?? '';
});
afterAll(() => world.close());

const connectAgain = async (apiKey = tenant.apiKey): Promise<string> => {
  await world.forgetRequests();
  const { url, credentials } = world.simulator;
  const body = { provider: 'voicelink', name: 'Again', base_url: url, ...credentials };
  const answer = await world.ask('POST', CONNECTIONS, { apiKey, body });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return (answer.json.data['connection'] as Listed).id;
};
const listed = async (apiKey = tenant.apiKey): Promise<readonly Listed[]> =>
  (await world.ask('GET', CONNECTIONS, { apiKey })).json.data['connections'] as readonly Listed[];
const drift = async (): Promise<readonly { readonly connection_id: string; readonly key: string }[]> =>
  (await world.ask('GET', '/api/v2/voicelink/drift', { apiKey: tenant.apiKey })).json.data['drift'] as never;

describe('a partner that connects one VoiceLink account twice', () => {
  it('is told so on both connections, has each number judged once, and is told when it is over', async () => {
    expect((await listed())[0]).not.toHaveProperty('advisories');
    const second = await connectAgain();
    for (const { id, advisories } of await listed()) {
      const other = id === second ? tenant.connectionId : second;
      expect(advisories).toMatchObject([{ code: 'ACCOUNT_SHARED', message: expect.stringContaining(other) as string }]);
    }
    await world.sweep();
    expect((await drift()).map(({ connection_id, key }) => [connection_id, key])).toEqual([
      [tenant.connectionId, number],
    ]);
    const body = { connection_id: second, agent_id: tenant.agentId, mode: 'observe' };
    await world.ask('PUT', `/api/v2/voicelink/bindings/${number}`, { apiKey: tenant.apiKey, body });
    for (const id of [tenant.connectionId, second]) await world.stores.trigger.trigger({ connectionId: id, key: null });
    await world.sweep();
    expect((await drift()).map(({ connection_id }) => connection_id)).toEqual([second]);
    await world.ask('DELETE', `${CONNECTIONS}/${second}`, { apiKey: tenant.apiKey });
    expect(await listed()).toHaveLength(1);
    expect((await listed())[0]).not.toHaveProperty('advisories');
  });

  it('is not told of another partner on the account', async () => {
    const stranger = await world.addTenant('Other');
    await world.sweep();
    for (const apiKey of [stranger.apiKey, tenant.apiKey]) {
      for (const connection of await listed(apiKey)) expect(connection).not.toHaveProperty('advisories');
    }
  });

  it('asks VoiceLink once whose account it is', async () => {
    const asked = (): number => world.simulator.simulator.calls.get('auth.user') ?? 0;
    const before = asked();
    await connectAgain();
    await world.sweep();
    expect(asked()).toBe(before + 1);
  });
});

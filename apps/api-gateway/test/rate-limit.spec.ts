import { TestGateway } from './gateway';
import { KEY } from './observations';

const BINDINGS = '/api/v2/voicelink/bindings';

describe('the limit of requests per API key', () => {
  let gateway: TestGateway;
  let processClock = 0;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    const start = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => start + processClock);
  });
  beforeEach(() => {
    gateway.reset();
    gateway.world.requestsPerMinute.general = 3;
    gateway.world.requestWindows.asked = 0;
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await gateway.close();
  });

  const pass = (ms: number): void => {
    processClock += ms;
    gateway.world.requestWindows.now += ms;
  };
  const askTimes = async (times: number, apiKey = gateway.tenant.apiKey): Promise<number[]> => {
    const statuses: number[] = [];
    for (let nth = 0; nth < times; nth += 1) statuses.push((await gateway.ask('GET', BINDINGS, { apiKey })).status);
    return statuses;
  };

  it('says on every answer how much is left', async () => {
    const first = await gateway.ask('GET', BINDINGS);
    pass(20_500);
    const second = await gateway.ask('GET', `${BINDINGS}/${KEY}`);
    const headersOf = ({ headers }: typeof first) =>
      ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) => headers[name]);
    expect([first.status, headersOf(first)]).toEqual([200, ['3', '2', '60', undefined]]);
    expect([second.status, headersOf(second)]).toEqual([404, ['3', '1', '40', undefined]]);
  });

  it('refuses what is too much, says how long to wait, and lets the next minute through', async () => {
    expect(await askTimes(3)).toEqual([200, 200, 200]);
    pass(43_000);
    const refused = await gateway.ask('GET', BINDINGS);
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'retry-after': '17',
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
      'ratelimit-reset': '17',
    });
    expect(refused.json.error).toEqual({
      code: 'RATE_LIMITED',
      message: 'This API key may send 3 requests a minute, and has: wait 17 seconds.',
    });
    pass(16_999);
    expect(await askTimes(1)).toEqual([429]);
    pass(1);
    expect(await askTimes(4)).toEqual([200, 200, 200, 429]);
  });

  it('asks the database no more once a key has used its minute up', async () => {
    expect(await askTimes(8)).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
    expect(gateway.world.requestWindows.asked).toBe(4);
  });

  it('is one for each key', async () => {
    await askTimes(4);
    expect(await askTimes(3, gateway.world.addTenant().apiKey)).toEqual([200, 200, 200]);
  });

  it('comes before everything else that can be wrong with a request, and counts it', async () => {
    const { apiKey } = gateway.world.addTenant(['calls:write']);
    expect(await askTimes(4, apiKey)).toEqual([403, 403, 403, 429]);
    await askTimes(3);
    const wrong = await gateway.ask('PUT', `${BINDINGS}/${KEY}`, { body: { agent_id: 7 } });
    expect(wrong.status).toBe(429);
  });

  it('counts requests whose body cannot be read', async () => {
    const wrong = [
      { payload: '{' },
      { payload: 'x'.repeat(70_000) },
      { payload: 'x', headers: { 'content-type': 'text/plain' } },
    ];
    const statuses: number[] = [];
    for (const ask of [...wrong, ...wrong]) {
      const answer = await gateway.ask('PUT', `${BINDINGS}/${KEY}`, ask);
      statuses.push(answer.status);
      expect(answer.headers['ratelimit-limit']).toBe('3');
    }
    expect(statuses).toEqual([400, 413, 415, 429, 429, 429]);
  });

  it('counts neither public routes nor what comes without a valid key', async () => {
    await gateway.ask('GET', '/health/live');
    await gateway.ask('GET', '/openapi.json');
    await gateway.ask('GET', BINDINGS, { apiKey: null });
    await gateway.ask('GET', BINDINGS, { apiKey: 'rg_live_0123456789abcdef_unknown' });
    expect(gateway.world.requestWindows.asked).toBe(0);
  });

  it('counts calls of all keys of a partner together, which more keys do not get round', async () => {
    gateway.world.requestsPerMinute.calls = 3;
    gateway.world.callsPerPartnerMinute = 4;
    const second = gateway.world.addKey(gateway.tenant.partnerId);
    const stranger = gateway.world.addTenant().apiKey;
    const call = async (apiKey: string) => {
      const { status, json } = await gateway.ask('POST', '/api/v2/calls/start', { body: {}, apiKey });
      return [status, status === 429 ? json.error.message.slice(0, 12) : ''];
    };
    const answers: unknown[] = [];
    for (const key of [gateway.tenant.apiKey, second, second, gateway.tenant.apiKey, second, stranger]) {
      answers.push(await call(key));
    }
    expect(answers).toEqual([
      [400, ''],
      [400, ''],
      [400, ''],
      [400, ''],
      [429, 'This partner'],
      [400, ''],
    ]);
  });

  it('is told of when calls use it up, once for each key and once for the partner, and not by other requests', async () => {
    gateway.world.requestsPerMinute.calls = 2;
    gateway.world.callsPerPartnerMinute = 3;
    const { apiKey, partnerId } = gateway.tenant;
    const second = gateway.world.addKey(partnerId);
    await askTimes(5);
    for (const key of [apiKey, apiKey, apiKey, apiKey, second, second, second])
      await gateway.ask('POST', '/api/v2/calls/start', { body: {}, apiKey: key });
    expect(gateway.world.requestWindows.told.map(({ partnerId: of, limit, reason }) => [of, limit, reason])).toEqual([
      [partnerId, 2, 'key_calls_per_minute'],
      [partnerId, 3, 'partner_calls_per_minute'],
      [partnerId, 2, 'key_calls_per_minute'],
    ]);
  });

  it('is off at 0, and then costs nothing', async () => {
    gateway.world.requestsPerMinute.general = 0;
    const answer = await gateway.ask('GET', BINDINGS);
    expect([answer.status, answer.headers['ratelimit-limit'], gateway.world.requestWindows.asked]).toEqual([
      200,
      undefined,
      0,
    ]);
  });
});

import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';
import { ReferenceClient } from './reference-client';

type Row = Readonly<Record<string, unknown>>;
interface DidView {
  readonly did: { readonly id: number; readonly number: string };
}

let running: RunningSimulator;
let client: ReferenceClient;

beforeEach(async () => {
  running = await startSimulator({ seed: 3, dids: 100 });
  client = new ReferenceClient(running.url);
  await client.login(running.credentials.username, running.credentials.password);
});

afterEach(() => running.stop());

const admin = async (method: string, path: string, body?: Row): Promise<{ status: number; body: Row }> => {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${running.adminUrl}${path}`, { method, ...json });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Row };
};

const aDid = async (query: string): Promise<DidView['did']> => {
  const { body } = await admin('GET', `/dids?limit=1&${query}`);
  const [found] = body['rows'] as DidView[];
  if (found === undefined) throw new Error(`no DID for ${query}`);
  return found.did;
};

/** Rejects when no answer came. */
const createBot = (timeoutMs = 300): Promise<Response> =>
  fetch(`${running.url}/v1/websocket-bot/create`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ bot_name: 'timeout', websocket_url: 'wss://x.example', client_id: 701, status: 1 }),
    signal: AbortSignal.timeout(timeoutMs),
  });

const bots = async (): Promise<number> => Number((await admin('GET', '/bots')).body['total']);
const effects = async (): Promise<unknown[]> =>
  ((await admin('GET', '/journal')).body['entries'] as Row[]).map((entry) => [
    entry['endpoint'],
    entry['http_status'],
    entry['effect'],
  ]);

describe('the admin API', () => {
  it('empties the account, and makes records with the ids that it is told', async () => {
    await admin('DELETE', '/records');
    expect((await admin('GET', '/state')).body['counts']).toMatchObject({ clients: 0, dids: 0, bots: 0, routings: 0 });
    const made = [
      await admin('POST', '/clients', { id: 415 }),
      await admin('POST', '/dids', { did_id: 812, did_number: '918011223344', client_id: 415 }),
      await admin('POST', '/bots', { id: 93, client_id: 415 }),
      await admin('POST', '/routing', { id: 120, did_id: 812, outbound_websocket_bot_id: 93 }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect((await admin('GET', '/dids/812')).body).toMatchObject({
      did: { id: 812, number: '918011223344' },
      client: { id: 415 },
      bots: [{ id: 93 }],
      routing: { id: 120, didId: 812, outboundBotId: 93 },
    });
    const next = [
      await admin('POST', '/clients', {}),
      await admin('POST', '/clients', { id: 7 }),
      await admin('POST', '/clients', {}),
    ];
    expect(next.map(({ body }) => body['id'])).toEqual([416, 7, 417]);
    expect(((await admin('GET', '/clients')).body['rows'] as Row[]).map((row) => row['id'])).toEqual([
      7, 415, 416, 417,
    ]);
    const taken = [
      await admin('POST', '/clients', { id: 415 }),
      await admin('POST', '/dids', { did_id: 812, did_number: '918011223345' }),
      await admin('POST', '/bots', { id: 93 }),
      await admin('POST', '/bots', { id: 0 }),
    ];
    expect(taken.map(({ status }) => status)).toEqual([409, 409, 409, 400]);
  });

  it('changes the account behind everyone’s back', async () => {
    const did = await aDid('routed=true&expired=false&mapped=true');
    const at = `/dids/${did.number}`;
    expect((await admin('POST', `${at}/break-routing`, { to: 'only_answer' })).body['routing']).toMatchObject({
      forOutboundCall: 4,
    });
    expect(
      (await admin('POST', `${at}/edit-inbound`, { for_inbound_call: 2, inbound_sip_trunk_id: 31 })).body['routing'],
    ).toMatchObject({ inboundTrunkId: 31 });
    expect((await admin('POST', `${at}/unmap`)).body['did']).toMatchObject({ clientId: null });
    expect((await admin('POST', `${at}/expire`)).body['did']).toMatchObject({ isExpired: true });
    expect((await admin('POST', `${at}/delete-routing`)).body['routing']).toBeNull();
    expect((await admin('POST', `${at}/delete-routing`)).status).toBe(409);
    expect((await admin('DELETE', `/dids/${String(did.id)}`)).status).toBe(204);
    expect((await admin('GET', at)).status).toBe(404);
  });

  it('adds records, and refuses nonsense by name', async () => {
    const added = (await admin('POST', '/clients', { username: 'x' })).body;
    const bot = (await admin('POST', '/bots', { client_id: added['id'], bot_name: 'b' })).body;
    const newDid = await admin('POST', '/dids', { did_number: '919999900001', client_id: added['id'] });
    const { did } = newDid.body as unknown as DidView;
    const routing = await admin('POST', '/routing', { did_id: did.id, outbound_websocket_bot_id: bot['id'] });
    expect(routing).toMatchObject({
      status: 201,
      body: { didId: did.id, forOutboundCall: 3, outboundBotId: bot['id'] },
    });
    expect((await admin('POST', `/dids/${String(did.id)}/deactivate-bot`)).body['bots']).toEqual([
      expect.objectContaining({ status: 0 }),
    ]);
    expect((await admin('POST', `/bots/${String(bot['id'])}/activate`)).body).toMatchObject({ status: 1 });
    expect((await admin('POST', '/dids', { did_number: '919999900001' })).status).toBe(409);
    expect((await admin('POST', '/dids', { did_number: 'abc' })).status).toBe(400);
    expect((await admin('POST', `/dids/${String(did.id)}/break-routing`, { to: 'pieces' })).status).toBe(400);
    expect((await admin('PATCH', '/options', { bot_names: 'maybe' })).status).toBe(400);
  });

  it('makes the bot list lie about one bot', async () => {
    await admin('POST', '/bots/51/misreport');
    const [row] = (await client.all('/v1/websocket-bot/list', 100)).filter((bot) => bot['id'] === 51);
    expect(row?.['status']).toBe(0);
    expect(running.simulator.world.bots.get(51)?.status).toBe(1);
  });

  it('resets to the seed', async () => {
    const before = (await admin('GET', '/state')).body;
    await createBot();
    await admin('POST', '/faults', { endpoint: '*', kind: 'status' });
    const after = (await admin('DELETE', '/state')).body;
    expect(after['counts']).toEqual(before['counts']);
    expect(after).toMatchObject({ faults: 0, journal: 0 });
    expect((await admin('DELETE', '/state?dids=7&seed=2')).body).toMatchObject({
      seed: 2,
      dids: 7,
      counts: { dids: 7 },
    });
  });

  it('revokes every token', async () => {
    await admin('DELETE', '/tokens');
    expect((await client.get('/v1/auth/user')).status).toBe(401);
  });

  it('answers other machines only when it was opened', async () => {
    const open = await startSimulator({ host: '0.0.0.0', openAdmin: true });
    expect((await fetch(`http://127.0.0.1:${String(open.port)}/__admin/state`)).status).toBe(200);
    await open.stop();
  });
});

describe('faults on real connections', () => {
  it('a time-out before the effect leaves the caller without an answer and the account as it was', async () => {
    const before = await bots();
    await admin('POST', '/faults', { endpoint: 'bots.create', kind: 'timeout_before' });
    await expect(createBot()).rejects.toThrow();
    expect(await bots()).toBe(before);
    expect(await effects()).toEqual([['bots.create', null, false]]);
  });

  it('a time-out after the effect leaves the caller without an answer, and a bot', async () => {
    const before = await bots();
    await admin('POST', '/faults', { endpoint: 'bots.create', kind: 'timeout_after', times: 1 });
    await expect(createBot()).rejects.toThrow();
    expect(await bots()).toBe(before + 1);
    expect(await effects()).toEqual([['bots.create', null, true]]);
    expect((await createBot()).status).toBe(201);
  });

  it('a late effect happens after the connection was cut', async () => {
    const before = await bots();
    await admin('POST', '/faults', { endpoint: 'bots.create', kind: 'late_effect', ms: 400, hold_ms: 0 });
    await expect(createBot()).rejects.toThrow('fetch failed');
    expect(await bots()).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await bots()).toBe(before + 1);
    expect(await effects()).toEqual([['bots.create', null, true]]);
  });

  it('HTML, Retry-After and a revoked token arrive as such', async () => {
    const list = (): Promise<Response> =>
      fetch(`${running.url}/v1/websocket-bot/list`, { headers: { authorization: `Bearer ${client.bearer}` } });
    const fault = (await admin('POST', '/faults', { endpoint: 'bots.list', kind: 'html', status: 502 })).body;
    const html = await list();
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html; charset=UTF-8']);
    expect((await admin('DELETE', `/faults/${String(fault['id'])}`)).status).toBe(204);
    await admin('POST', '/faults', { endpoint: 'bots.list', kind: 'rate_limit', retry_after: 2, times: 1 });
    const limited = await list();
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2']);
    await admin('POST', '/faults', { endpoint: 'bots.list', kind: 'token_revoked' });
    expect((await list()).status).toBe(401);
    await client.login(running.credentials.username, running.credentials.password);
    expect((await list()).status).toBe(200);
  });

  it('a shifted page loses rows that the total still counts', async () => {
    await admin('POST', '/faults', { endpoint: 'dids.purchased', kind: 'shifted_page', rows: 2 });
    const rows = await client.all('/v1/reseller/did/purchased', 50);
    expect(rows).toHaveLength(98);
  });

  it('stopping cuts connections that are held', async () => {
    await admin('POST', '/faults', { endpoint: 'bots.create', kind: 'timeout_before' });
    const held = createBot(10_000).then(
      () => 'answered',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    await running.stop();
    await expect(held).resolves.toBe('cut');
    // Its client would wait twice as long.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';
import { ReferenceClient, type Answer } from './reference-client';

type Row = Readonly<Record<string, unknown>>;

const DIDS = 60;
const digits = (value: unknown): string => String(value).replace(/\D/g, '');
const idIn = (answer: Answer, name = 'id'): number => Number((answer.body['data'] as Row)[name]);

let running: RunningSimulator;
let client: ReferenceClient;

beforeEach(async () => {
  running = await startSimulator({ seed: 11, dids: DIDS, username: 'reseller', password: 'pass word' });
  client = new ReferenceClient(running.url);
  await client.login('reseller', 'pass word');
});

afterEach(() => running.stop());

const CLIENT = {
  first_name: 'Nila',
  last_name: 'Traders',
  username: 'nila.new',
  email: 'ops@nila.example',
  password: 'a password',
  channel_count: 3,
};

const newClient = async (overrides: Row = {}): Promise<number> =>
  idIn(await client.post('/v1/reseller/client/create', { ...CLIENT, ...overrides }), 'client_id');

const newBot = (clientId: number, status = 1): Promise<Answer> =>
  client.post('/v1/websocket-bot/create', {
    bot_name: 'main',
    websocket_url: 'wss://voice.example/ws',
    client_id: clientId,
    status,
  });

/** A DID that no client has and that has not expired. */
const availableDid = async (): Promise<Row> => {
  const rows = await client.whole('/v1/reseller/client/available-dids');
  const found = rows.find((row) => row['user_status'] === 1);
  if (found === undefined) throw new Error('no available DID');
  return found;
};

const mapDid = (clientId: number, didId: unknown, more: Row = {}): Promise<Answer> =>
  client.post('/v1/reseller/client/map-did', { client_id: clientId, did_id: didId, call_recording: 0, ...more });

const toBot = (didId: unknown, botId: number): Row => ({
  did_id: didId,
  for_inbound_call: 1,
  for_outbound_call: 3,
  outbound_websocket_bot_id: botId,
  status: 1,
});

const routingOf = async (didId: unknown): Promise<Row | undefined> => {
  const rows = await client.whole('/v1/call-routing/list');
  return rows.find((row) => row['did_id'] === didId);
};

/** A mapped DID with a bot, routed to it. */
const ready = async (): Promise<{ clientId: number; did: Row; botId: number; routingId: number }> => {
  const clientId = await newClient();
  const did = await availableDid();
  await mapDid(clientId, did['did_id']);
  const botId = idIn(await newBot(clientId));
  const routingId = idIn(await client.post('/v1/call-routing/create', toBot(did['did_id'], botId)));
  return { clientId, did, botId, routingId };
};

const listed = async (path: string, id: number): Promise<Row | undefined> =>
  (await client.all(path, 50)).find((row) => row['id'] === id);

describe('a client written from the upstream notes', () => {
  it('logs in and gets a Sanctum token twice', async () => {
    const answer = await client.login('reseller', 'pass word');
    const data = answer.body['data'] as Row;
    expect(answer.status).toBe(200);
    expect(answer.body['status']).toBe(true);
    expect(data['token_type']).toBe('Bearer');
    expect(data['access_token']).toMatch(/^\d+\|.{30,}$/);
    expect((data['user'] as Row)['plain_api_token']).toBe(data['access_token']);
  });

  it('makes an available DID ready: client, mapping, bot, routing, and then a call', async () => {
    const created = await client.post('/v1/reseller/client/create', CLIENT);
    expect(created.status).toBe(201);
    const clientId = idIn(created, 'client_id');
    expect(await listed('/v1/reseller/clients', clientId)).toMatchObject({ username: 'nila.new', channel_count: 3 });

    const did = await availableDid();
    expect(Object.keys(did)).not.toContain('id');
    expect(await mapDid(clientId, did['did_id'])).toMatchObject({ status: 200, body: { status: true } });
    const left = await client.whole('/v1/reseller/client/available-dids');
    expect(left.map((row) => row['did_id'])).not.toContain(did['did_id']);
    expect(await listed('/v1/reseller/did/purchased', Number(did['did_id']))).toMatchObject({
      client_id: clientId,
      is_expired: false,
    });

    const bot = await newBot(clientId);
    expect(bot).toEqual({
      status: 201,
      body: { status: true, message: expect.any(String) as unknown, data: { id: idIn(bot) } },
    });
    expect(await listed('/v1/websocket-bot/list', idIn(bot))).toMatchObject({
      bot_name: 'main',
      status: 1,
      client_id: clientId,
    });

    const routing = await client.post('/v1/call-routing/create', toBot(did['did_id'], idIn(bot)));
    expect(routing.status).toBe(201);
    const want = {
      id: idIn(routing),
      for_inbound_call: 1,
      for_outbound_call: 3,
      outbound_websocket_bot_id: idIn(bot),
      inbound_websocket_bot_id: null,
      status: 1,
    };
    expect(await routingOf(did['did_id'])).toMatchObject(want);

    const lead = await client.post('/v1/add_lead', {
      did_number: digits(did['did_number']),
      customer_number: '9800000001',
    });
    expect(lead).toMatchObject({
      status: 200,
      body: { status: true, data: { bot_id: idIn(bot), client_id: clientId } },
    });
  });

  it('finds a mapped DID nested in its client, with the number as a JSON number', async () => {
    const { clientId, did } = await ready();
    const row = await listed('/v1/reseller/clients', clientId);
    expect(row?.['dids']).toEqual([
      expect.objectContaining({ did_id: did['did_id'], did_number: Number(digits(did['did_number'])), user_status: 2 }),
    ]);
  });

  it('replaces a bot: what it does not send again is gone', async () => {
    const { botId, clientId } = await ready();
    const update = `/v1/websocket-bot/update/${String(botId)}`;
    const answer = await client.post(update, { bot_name: 'renamed', status: 0 });
    expect(answer).toMatchObject({ status: 200, body: { data: { id: botId } } });
    const row = await listed('/v1/websocket-bot/list', botId);
    expect(row).toMatchObject({ bot_name: 'renamed', status: 0, websocket_url: null, client_id: clientId });
  });

  it('replaces a routing record: the half that it does not send again loses its handler', async () => {
    const { did, botId, routingId } = await ready();
    const update = `/v1/call-routing/update/${String(routingId)}`;
    const both = {
      for_inbound_call: 3,
      inbound_websocket_bot_id: botId,
      for_outbound_call: 3,
      outbound_websocket_bot_id: botId,
      status: 1,
    };
    expect(await client.post(update, both)).toMatchObject({ status: 200, body: { data: { id: routingId } } });
    expect(await routingOf(did['did_id'])).toMatchObject({
      inbound_websocket_bot_id: botId,
      outbound_websocket_bot_id: botId,
    });
    await client.post(update, {
      for_inbound_call: 3,
      for_outbound_call: 3,
      outbound_websocket_bot_id: botId,
      status: 1,
    });
    expect(await routingOf(did['did_id'])).toMatchObject({
      inbound_websocket_bot_id: null,
      outbound_websocket_bot_id: botId,
    });
  });

  it('updates and deletes a client, which frees its DID', async () => {
    const { clientId, did } = await ready();
    const four = { first_name: 'New', last_name: 'Name', is_active: 0, channel_count: 4 };
    expect((await client.post(`/v1/reseller/client/update/${String(clientId)}`, four)).status).toBe(200);
    expect(await listed('/v1/reseller/clients', clientId)).toMatchObject({
      first_name: 'New',
      status: 0,
      channel_count: 4,
      username: 'nila.new',
    });
    expect((await client.delete(`/v1/reseller/client/delete/${String(clientId)}`)).status).toBe(200);
    expect(await listed('/v1/reseller/clients', clientId)).toBeUndefined();
    const free = await client.whole('/v1/reseller/client/available-dids');
    expect(free.map((row) => row['did_id'])).toContain(did['did_id']);
  });

  it('reads who it is', async () => {
    expect(await client.get('/v1/auth/user')).toMatchObject({ status: 200, body: { data: { username: 'reseller' } } });
    expect(await client.get('/v1/reseller/profile')).toMatchObject({
      status: 200,
      body: { data: { username: 'reseller' } },
    });
  });
});

describe('paging', () => {
  it.each([
    ['/v1/reseller/did/purchased', DIDS],
    ['/v1/reseller/clients', null],
    ['/v1/reseller/client/available-dids', null],
    ['/v1/websocket-bot/list', null],
    ['/v1/call-routing/list', null],
    ['/v1/sip-trunk/list', null],
  ])('%s comes to its end, each row once, whatever the page size', async (path, count) => {
    // Three bounds the paginated lists; the lists that come whole are longer than that, and say so by being longer.
    const small = await client.all(path, 3);
    const large = await client.all(path, 1000);
    const ids = small.map((row) => row['id'] ?? row['did_id']);
    expect(small.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(small).toEqual(large);
    expect(small.length).toBe(count ?? small.length);
  });

  it('a page past the end is empty, and more than 1000 per page is cut to 1000', async () => {
    const past = await client.get('/v1/websocket-bot/list?page=99&per_page=10');
    expect((past.body['data'] as Row)['data']).toEqual([]);
    const huge = await client.get('/v1/websocket-bot/list?per_page=5000');
    expect((huge.body['data'] as Row)['per_page']).toBe(1000);
  });

  it('lists are narrowed by client, status and search', async () => {
    const { clientId, did, botId } = await ready();
    const number = digits(did['did_number']);
    const ids = async (path: string): Promise<unknown[]> =>
      (await client.all(path, 50)).map((row) => row['did_id'] ?? row['id']);
    const ofClient = `client_id=${String(clientId)}`;
    expect(await ids(`/v1/reseller/did/purchased?${ofClient}`)).toEqual([did['did_id']]);
    expect(await ids(`/v1/reseller/did/purchased?search=${number}`)).toEqual([did['did_id']]);
    expect(await ids(`/v1/websocket-bot/list?${ofClient}&status=1&search=MAIN`)).toEqual([botId]);
    expect(await ids(`/v1/websocket-bot/list?${ofClient}&status=0`)).toEqual([]);
    expect(await ids(`/v1/call-routing/list?${ofClient}`)).toEqual([did['did_id']]);
    expect(await ids('/v1/reseller/clients?search=NILA.new')).toEqual([clientId]);
    expect(await ids(`/v1/sip-trunk/list?${ofClient}`)).toEqual([]);
  });
});

describe('refusals', () => {
  it('nothing without a token, with a wrong one, or after logout', async () => {
    const good = client.bearer;
    const anonymous = new ReferenceClient(running.url);
    const want = { status: 401, body: { message: 'Unauthenticated.' } };
    expect(await anonymous.get('/v1/websocket-bot/list')).toEqual(want);
    expect(await anonymous.post('/v1/websocket-bot/create')).toEqual(want);
    client.useToken('1|wrong');
    expect(await client.get('/v1/reseller/clients')).toEqual(want);
    client.useToken(good);
    expect((await client.post('/v1/auth/logout')).status).toBe(200);
    expect(await client.get('/v1/reseller/clients')).toEqual(want);
  });

  it('a wrong password, and a client account', async () => {
    await newClient();
    const stranger = new ReferenceClient(running.url);
    expect((await stranger.login('reseller', 'wrong')).status).toBe(401);
    expect((await stranger.login('nila.new', 'a password')).status).toBe(401);
    expect((await stranger.login('', '')).status).toBe(422);
  });

  const fields = (answer: Answer): string[] => Object.keys(answer.body['errors'] as Row);

  it('a client that lacks fields, repeats a username, or asks for more channels than there are', async () => {
    const create = '/v1/reseller/client/create';
    const empty = await client.post(create);
    expect(empty.status).toBe(422);
    expect(fields(empty).sort()).toEqual(Object.keys(CLIENT).sort());
    await newClient();
    const twice = await client.post(create, { ...CLIENT, username: ' NILA.new' });
    expect([twice.status, fields(twice)]).toEqual([422, ['username']]);
    const greedy = await client.post(create, { ...CLIENT, username: 'other', channel_count: 100_000 });
    expect(greedy).toEqual({ status: 422, body: { status: false, message: 'No channels available.' } });
  });

  it('mapping with another user_status, without call_recording, to nobody, or over another client', async () => {
    const { did } = await ready();
    const other = await newClient({ username: 'other' });
    const free = await availableDid();
    expect(fields(await mapDid(other, free['did_id'], { user_status: 1 }))).toEqual(['user_status']);
    expect(fields(await mapDid(other, free['did_id'], { call_recording: null }))).toEqual(['call_recording']);
    expect(fields(await mapDid(99_999, free['did_id']))).toEqual(['client_id']);
    expect(fields(await mapDid(other, 99_999))).toEqual(['did_id']);
    expect(await mapDid(other, did['did_id'])).toMatchObject({ status: 422, body: { status: false } });
  });

  it('a bot update without bot_name and status', async () => {
    const { botId } = await ready();
    const answer = await client.post(`/v1/websocket-bot/update/${String(botId)}`, { websocket_url: 'wss://x.example' });
    expect([answer.status, fields(answer)]).toEqual([422, ['bot_name', 'status']]);
  });

  it('a second routing record, an inactive bot and a foreign bot', async () => {
    const { did, botId, clientId } = await ready();
    const create = '/v1/call-routing/create';
    expect((await client.post(create, toBot(did['did_id'], botId))).status).toBe(422);
    const second = await availableDid();
    await mapDid(clientId, second['did_id']);
    const inactive = idIn(await newBot(clientId, 0));
    const foreign = idIn(await newBot(await newClient({ username: 'other' })));
    for (const bad of [inactive, foreign]) {
      const answer = await client.post(create, toBot(second['did_id'], bad));
      expect(answer.status).toBe(422);
      expect(answer.body['message']).toMatch(/not valid, not active/);
    }
    expect(await routingOf(second['did_id'])).toBeUndefined();
  });

  it('a routing update that leaves out what it must send, or names an inactive bot', async () => {
    const { routingId, clientId } = await ready();
    const update = `/v1/call-routing/update/${String(routingId)}`;
    const partial = await client.post(update, { for_outbound_call: 4 });
    expect([partial.status, fields(partial)]).toEqual([422, ['for_inbound_call', 'status']]);
    const inactive = idIn(await newBot(clientId, 0));
    expect((await client.post(update, toBot(undefined, inactive))).status).toBe(422);
  });

  it('a call from a DID whose outbound half is not an active bot', async () => {
    const did = await availableDid();
    const lead = { did_number: digits(did['did_number']), customer_number: '9800000001' };
    expect(await client.post('/v1/add_lead', lead)).toMatchObject({ status: 422, body: { status: false } });
  });

  it('records and routes that do not exist look alike', async () => {
    const answers = [
      await client.post('/v1/websocket-bot/update/99999', { bot_name: 'x', status: 1 }),
      await client.post('/v1/call-routing/update/99999', toBot(undefined, 51)),
      await client.post('/v1/reseller/client/update/99999'),
      await client.delete('/v1/reseller/client/delete/99999'),
      await client.get('/v1/reseller/clients/701'),
      await client.post('/v1/reseller/purchase/did'),
    ];
    for (const answer of answers)
      expect(answer).toEqual({ status: 404, body: { message: expect.any(String) as unknown } });
  });
});

import { defaultBehaviour, parseBehaviour, type Behaviour } from './behaviour';
import { createBot, updateBot } from './bot-writes';
import { createClient, deleteClient, updateClient } from './client-writes';
import { mapDid } from './did-writes';
import { type Body } from './fields';
import { addLead } from './lead-writes';
import { createRouting, updateRouting } from './routing-writes';
import { type WriteResult } from './write-result';
import { World } from './world';

/**
 * One account, always the same ids: clients 701 and 702; bots 51 (active, of 701), 52 (inactive, of 701), 53 (active, of
 * 702); trunk 31 of 701; DIDs 1301 (of 701), 1302 (free), 1303 (of 702, routed as record 201), 1304 (free, expired).
 */
const account = (): World => {
  const world = new World();
  for (const username of ['first', 'Second']) {
    const names = { username, email: 'ops@shared.example', firstName: username, lastName: 'Client', phone: null };
    world.clients.add({ ...names, channelCount: 2, isActive: 1, walletBalance: '0.00' });
  }
  const bot = {
    name: 'main',
    websocketUrl: 'wss://a.example',
    webhookUrl: 'https://a.example',
    audioFormat: 'l16',
    noiseCancel: 1,
    misreported: false,
  } as const;
  world.bots.add({ ...bot, status: 1, clientId: 701 });
  world.bots.add({ ...bot, status: 0, clientId: 701 });
  world.bots.add({ ...bot, status: 1, clientId: 702 });
  world.trunks.add({
    name: 't',
    status: 1,
    clientId: 701,
    host: 'sip.example',
    port: 5060,
    username: 'u',
    password: 'p',
  });
  const did = {
    countryCode: '91',
    typeLabel: 'Mobile',
    userStatus: 1,
    userExpiryDate: null,
    callRecording: 0,
    description: null,
    clientAutoRenew: 0,
  } as const;
  const live = { ...did, expiryDate: '2041-01-31', isExpired: false };
  world.addDid({ ...live, number: '918000000017', clientId: 701, userStatus: 2 });
  world.addDid({ ...live, number: '918000000018', clientId: null });
  world.addDid({ ...live, number: '918000000019', clientId: 702, userStatus: 2 });
  world.addDid({ ...live, number: '918000000020', clientId: null, isExpired: true, userStatus: 3 });
  const halves = {
    forInboundCall: 1,
    inboundBotId: null,
    inboundTrunkId: null,
    forOutboundCall: 3,
    outboundBotId: 53,
    outboundTrunkId: null,
  };
  world.addRouting({ didId: 1303, status: 1, ...halves });
  world.channelPool = 10;
  return world;
};

const snapshot = (world: World): string =>
  JSON.stringify([world.clients.rows, world.dids, world.bots.rows, world.routings, world.trunks.rows, world.leads]);

type Write = (world: World, body: Body, behaviour: Behaviour) => WriteResult;

interface Case {
  readonly name: string;
  readonly write: Write;
  readonly body: Body;
  readonly options?: Partial<Behaviour>;
  /** The kind of answer; for `invalid` also the fields that are named. */
  readonly want: WriteResult['kind'] | readonly string[];
}

const client = {
  first_name: 'A',
  last_name: 'B',
  username: 'third',
  email: 'x@y.example',
  password: 'secret',
  channel_count: 1,
};
const clientUpdate = { first_name: 'A', last_name: 'B', is_active: 1, channel_count: 2 };
const map = { client_id: 702, did_id: 1302, call_recording: 0 };
const bot = { bot_name: 'new', websocket_url: 'wss://b.example/ws', client_id: 702, status: 1 };
const toBot = { did_id: 1301, for_inbound_call: 1, for_outbound_call: 3, outbound_websocket_bot_id: 51, status: 1 };
const toTrunk = { did_id: 1301, for_inbound_call: 2, inbound_sip_trunk_id: 31, for_outbound_call: 4, status: 1 };
const lead = { did_number: '918000000019', customer_number: '9800000001' };

const updateFirstClient: Write = (world, body, behaviour) => updateClient(world, 701, body, behaviour);
const updateFirstBot: Write = (world, body, behaviour) => updateBot(world, 51, body, behaviour);
const updateFirstRouting: Write = (world, body) => updateRouting(world, 201, body);
const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));

const CASES: readonly Case[] = [
  { name: 'a client is created', write: createClient, body: client, want: 'created' },
  ...Object.keys(client).map((field): Case => ({
    name: `a client needs ${field}`,
    write: createClient,
    body: without(client, field),
    want: [field],
  })),
  {
    name: 'a username is taken, whatever its case',
    write: createClient,
    body: { ...client, username: ' SECOND ' },
    want: ['username'],
  },
  {
    name: 'e-mail addresses repeat',
    write: createClient,
    body: { ...client, email: 'ops@shared.example' },
    want: 'created',
  },
  {
    name: 'e-mail addresses may be unique',
    write: createClient,
    body: { ...client, email: 'ops@shared.example' },
    options: { client_emails: 'unique' },
    want: ['email'],
  },
  { name: 'channels are exhausted', write: createClient, body: { ...client, channel_count: 7 }, want: 'refused' },
  { name: 'the last channels can be had', write: createClient, body: { ...client, channel_count: 6 }, want: 'created' },
  {
    name: 'a client has a channel at least',
    write: createClient,
    body: { ...client, channel_count: 0 },
    want: ['channel_count'],
  },
  { name: 'a client is updated', write: updateFirstClient, body: clientUpdate, want: 'done' },
  ...Object.keys(clientUpdate).map((field): Case => ({
    name: `a client update needs ${field}`,
    write: updateFirstClient,
    body: without(clientUpdate, field),
    want: [field],
  })),
  {
    name: 'a client update cannot draw more channels than there are',
    write: updateFirstClient,
    body: { ...clientUpdate, channel_count: 9 },
    want: 'refused',
  },
  {
    name: 'a client keeps its own username',
    write: updateFirstClient,
    body: { ...clientUpdate, username: 'first' },
    want: 'done',
  },
  {
    name: 'a client cannot take the username of another',
    write: updateFirstClient,
    body: { ...clientUpdate, username: 'second' },
    want: ['username'],
  },
  {
    name: 'an unknown client is missing',
    write: (world, body, behaviour) => updateClient(world, 9, body, behaviour),
    body: clientUpdate,
    want: 'missing',
  },

  { name: 'a free DID is mapped', write: mapDid, body: map, want: 'done' },
  { name: 'ids may be numeric strings', write: mapDid, body: { ...map, client_id: '702' }, want: 'done' },
  ...Object.keys(map).map((field): Case => ({
    name: `map-did needs ${field}`,
    write: mapDid,
    body: without(map, field),
    want: [field],
  })),
  { name: 'map-did knows its clients', write: mapDid, body: { ...map, client_id: 999 }, want: ['client_id'] },
  { name: 'map-did knows its DIDs', write: mapDid, body: { ...map, did_id: 999 }, want: ['did_id'] },
  { name: 'user_status is 2 or 4', write: mapDid, body: { ...map, user_status: 1 }, want: ['user_status'] },
  { name: 'user_status 4 is taken', write: mapDid, body: { ...map, user_status: 4 }, want: 'done' },
  { name: 'call_recording is 0 or 1', write: mapDid, body: { ...map, call_recording: 2 }, want: ['call_recording'] },
  { name: 'a DID of another client is left to it', write: mapDid, body: { ...map, did_id: 1301 }, want: 'refused' },
  {
    name: 'a DID of another client can be taken where that is allowed',
    write: mapDid,
    body: { ...map, did_id: 1301 },
    options: { map_did_of_other_client: 'allow' },
    want: 'done',
  },
  { name: 'mapping again for the same client updates', write: mapDid, body: { ...map, did_id: 1303 }, want: 'done' },
  {
    name: 'mapping again for the same client may be refused',
    write: mapDid,
    body: { ...map, did_id: 1303 },
    options: { map_did_of_same_client: 'refuse' },
    want: 'refused',
  },
  { name: 'an expired DID is not mapped', write: mapDid, body: { ...map, did_id: 1304 }, want: 'refused' },

  { name: 'a bot is created', write: createBot, body: bot, want: 'created' },
  ...['bot_name', 'websocket_url', 'client_id'].map((field): Case => ({
    name: `a bot needs ${field}`,
    write: createBot,
    body: without(bot, field),
    want: [field],
  })),
  {
    name: 'a bot speaks over wss only',
    write: createBot,
    body: { ...bot, websocket_url: 'ws://b.example' },
    want: ['websocket_url'],
  },
  {
    name: 'an unknown audio format is refused',
    write: createBot,
    body: { ...bot, audio_format: 'mp3' },
    want: ['audio_format'],
  },
  {
    name: 'a bot belongs to a client that exists',
    write: createBot,
    body: { ...bot, client_id: 999 },
    want: ['client_id'],
  },
  { name: 'bot names repeat', write: createBot, body: { ...bot, bot_name: 'main' }, want: 'created' },
  {
    name: 'bot names may be unique',
    write: createBot,
    body: { ...bot, bot_name: ' MAIN' },
    options: { bot_names: 'unique' },
    want: ['bot_name'],
  },
  { name: 'a bot is updated', write: updateFirstBot, body: { bot_name: 'b', status: 0 }, want: 'done' },
  { name: 'a bot update needs bot_name', write: updateFirstBot, body: { status: 1 }, want: ['bot_name'] },
  { name: 'a bot update needs status', write: updateFirstBot, body: { bot_name: 'b' }, want: ['status'] },
  {
    name: 'an unknown bot is missing',
    write: (world, body, behaviour) => updateBot(world, 9, body, behaviour),
    body: bot,
    want: 'missing',
  },

  { name: 'a routing record is created', write: createRouting, body: toBot, want: 'created' },
  {
    name: 'by number as well',
    write: createRouting,
    body: { ...without(toBot, 'did_id'), did_number: '+91 80000 00017' },
    want: 'created',
  },
  {
    name: 'by ten-digit number as well',
    write: createRouting,
    body: { ...without(toBot, 'did_id'), did_number: 8000000017 },
    want: 'created',
  },
  { name: 'with the trunk of its client', write: createRouting, body: toTrunk, want: 'created' },
  { name: 'a routing record needs a DID', write: createRouting, body: without(toBot, 'did_id'), want: ['did_number'] },
  {
    name: 'a routing record needs a DID that exists',
    write: createRouting,
    body: { ...toBot, did_id: 9 },
    want: ['did_id'],
  },
  {
    name: 'inbound has no mode 4',
    write: createRouting,
    body: { ...toBot, for_inbound_call: 4 },
    want: ['for_inbound_call'],
  },
  {
    name: 'outbound has no mode 1',
    write: createRouting,
    body: { ...toBot, for_outbound_call: 1 },
    want: ['for_outbound_call'],
  },
  {
    name: 'mode 3 needs a bot',
    write: createRouting,
    body: without(toBot, 'outbound_websocket_bot_id'),
    want: ['outbound_websocket_bot_id'],
  },
  {
    name: 'mode 2 needs a trunk',
    write: createRouting,
    body: without(toTrunk, 'inbound_sip_trunk_id'),
    want: ['inbound_sip_trunk_id'],
  },
  {
    name: 'a DID has one record',
    write: createRouting,
    body: { ...toBot, did_id: 1303, outbound_websocket_bot_id: 53 },
    want: 'refused',
  },
  {
    name: 'an inactive bot is refused',
    write: createRouting,
    body: { ...toBot, outbound_websocket_bot_id: 52 },
    want: 'refused',
  },
  {
    name: 'a foreign bot is refused',
    write: createRouting,
    body: { ...toBot, outbound_websocket_bot_id: 53 },
    want: 'refused',
  },
  {
    name: 'a bot that does not exist is refused',
    write: createRouting,
    body: { ...toBot, outbound_websocket_bot_id: 99 },
    want: 'refused',
  },
  { name: 'a foreign trunk is refused', write: createRouting, body: { ...toTrunk, did_id: 1303 }, want: 'refused' },
  { name: 'a free DID takes any active bot', write: createRouting, body: { ...toBot, did_id: 1302 }, want: 'created' },
  {
    name: 'a free DID may be refused',
    write: createRouting,
    body: { ...toBot, did_id: 1302 },
    options: { routing_of_unmapped_did: 'refuse' },
    want: 'refused',
  },
  {
    name: 'a routing record is updated',
    write: updateFirstRouting,
    body: { ...toBot, outbound_websocket_bot_id: 53 },
    want: 'done',
  },
  ...['for_inbound_call', 'for_outbound_call', 'status'].map((field): Case => ({
    name: `a routing update needs ${field}`,
    write: updateFirstRouting,
    body: without({ ...toBot, outbound_websocket_bot_id: 53 }, field),
    want: [field],
  })),
  { name: 'a routing update checks the bot too', write: updateFirstRouting, body: toBot, want: 'refused' },
  {
    name: 'an unknown routing record is missing',
    write: (world, body) => updateRouting(world, 9, body),
    body: toBot,
    want: 'missing',
  },

  { name: 'a lead is taken for a DID with an active outbound bot', write: addLead, body: lead, want: 'done' },
  {
    name: 'a lead needs a number of the account',
    write: addLead,
    body: { ...lead, did_number: '910000000000' },
    want: ['did_number'],
  },
  {
    name: 'a lead needs somebody to call',
    write: addLead,
    body: without(lead, 'customer_number'),
    want: ['customer_number'],
  },
  {
    name: 'a DID without routing takes no lead',
    write: addLead,
    body: { ...lead, did_number: '918000000017' },
    want: 'refused',
  },
  { name: 'an unknown client cannot be deleted', write: (world) => deleteClient(world, 9), body: {}, want: 'missing' },
];

describe('the rules of writing', () => {
  it.each(CASES)('$name', ({ write, body, options, want }) => {
    const world = account();
    const before = snapshot(world);
    const result = write(world, body, { ...defaultBehaviour(), ...options });
    const accepted = result.kind === 'created' || result.kind === 'done';
    expect(result.kind === 'invalid' ? Object.keys(result.errors) : result.kind).toEqual(want);
    // A refused call leaves no trace.
    expect(accepted || snapshot(world) === before).toBe(true);
  });

  it('a mapping stores what was sent and its defaults', () => {
    const world = account();
    mapDid(world, { ...map, call_recording: 1, user_expiry_date: '2030-05-01', description: 'd' }, defaultBehaviour());
    const stored = { clientId: 702, userStatus: 2, callRecording: 1, userExpiryDate: '2030-05-01', description: 'd' };
    expect(world.did(1302)).toMatchObject(stored);
  });

  it('a mapping may bring a routing record', () => {
    const world = account();
    mapDid(world, map, { ...defaultBehaviour(), routing_on_mapping: 'create' });
    expect(world.routingOf(1302)).toMatchObject({ forInboundCall: 1, forOutboundCall: 4, outboundBotId: null });
  });

  it('a bot update drops what was not sent, and keeps the client', () => {
    const world = account();
    updateBot(world, 51, { bot_name: 'b', status: 1 }, defaultBehaviour());
    const want = {
      id: 51,
      name: 'b',
      status: 1,
      websocketUrl: null,
      webhookUrl: null,
      audioFormat: 'alaw',
      noiseCancel: 0,
      clientId: 701,
      misreported: false,
    };
    expect(world.bots.get(51)).toEqual(want);
  });

  it('a routing update drops the handler of the half that was not sent, also when it was sent as null', () => {
    const world = account();
    createRouting(world, { ...toBot, for_inbound_call: 3, inbound_websocket_bot_id: 51 }, defaultBehaviour());
    updateRouting(world, 202, {
      for_inbound_call: 3,
      inbound_websocket_bot_id: null,
      for_outbound_call: 3,
      outbound_websocket_bot_id: 51,
      status: 1,
    });
    expect(world.routing(202)).toMatchObject({ didId: 1301, forInboundCall: 3, inboundBotId: null, outboundBotId: 51 });
  });

  it('deactivating the bot makes the DID refuse leads', () => {
    const world = account();
    updateBot(world, 53, { bot_name: 'main', status: 0, websocket_url: 'wss://a.example' }, defaultBehaviour());
    expect(addLead(world, lead).kind).toBe('refused');
  });

  it('a deleted client gives its DIDs and channels back and takes its bots along', () => {
    const world = account();
    deleteClient(world, 702);
    expect(world.did(1303)).toMatchObject({ clientId: null, userStatus: 1 });
    expect(world.bots.get(53)).toBeUndefined();
    expect(world.channelsUsed).toBe(2);
    expect(world.routingOf(1303)).toBeDefined();
  });
});

describe('options', () => {
  it.each([
    [{ bot_names: 'unique', default_per_page: 15 }, null],
    [{ bot_names: 'sometimes' }, ['bot_names']],
    [{ default_per_page: 0 }, ['default_per_page']],
    [{ nonsense: 1 }, ['nonsense']],
  ])('%j are checked', (body, wrong) => {
    const parsed = parseBehaviour(body);
    expect('errors' in parsed ? Object.keys(parsed.errors) : null).toEqual(wrong);
  });
});

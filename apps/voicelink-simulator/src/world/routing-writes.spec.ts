import { account, itFollows, without, type Case, type Write } from '../../test/account';
import { defaultBehaviour } from './behaviour';
import { createRouting, updateRouting } from './routing-writes';

const toBot = { did_id: 1301, for_inbound_call: 1, for_outbound_call: 3, outbound_websocket_bot_id: 51, status: 1 };
const toTrunk = { did_id: 1301, for_inbound_call: 2, inbound_sip_trunk_id: 31, for_outbound_call: 4, status: 1 };
const updateFirstRouting: Write = (world, body) => updateRouting(world, 201, body);

describe('the rules of writing', () => {
  itFollows([
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
    {
      name: 'a routing record needs a DID',
      write: createRouting,
      body: without(toBot, 'did_id'),
      want: ['did_number'],
    },
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
    {
      name: 'a free DID takes any active bot',
      write: createRouting,
      body: { ...toBot, did_id: 1302 },
      want: 'created',
    },
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
  ]);

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
});

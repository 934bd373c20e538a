import { account, itFollows, without, type Case } from '../../test/account';
import { defaultBehaviour } from './behaviour';
import { mapDid } from './did-writes';

const map = { client_id: 702, did_id: 1302, call_recording: 0 };

describe('the rules of writing', () => {
  itFollows([
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
  ]);

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
});

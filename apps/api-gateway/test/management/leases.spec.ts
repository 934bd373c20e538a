import { clientBotsResource, didResource, requestResource } from '@dialtone/engine';
import { KEY, readyObservation } from '../observations';
import { BOT_BODY, done, HANDLERS, MAP_BODY, usePassedOn } from './passed-on';
import { WRITES } from './requests';

describe('what VoiceLink answers', () => {
  const { gateway, post, calls, observeNumber } = usePassedOn();

  describe('leases', () => {
    it.each([
      ['dids/map', MAP_BODY],
      ['call-routing', { did_id: 812, ...HANDLERS }],
      ['call-routing', { did_number: `+${KEY}`, ...HANDLERS }],
      ['call-routing/120', HANDLERS],
    ])('%s holds the number, and gives it back', async (path, body) => {
      const resource = await observeNumber(true);
      let heldMeanwhile = false;
      gateway.world.voicelink.answer = () => {
        heldMeanwhile = gateway.world.tables.isHeld(resource);
        return done;
      };
      expect((await post(path, body)).json.success).toBe(true);
      expect([heldMeanwhile, gateway.world.tables.isHeld(resource)]).toEqual([true, false]);
    });

    it.each([
      ['bots', BOT_BODY],
      ['bots/93', { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 }],
    ])("%s holds the client's bots", async (path, body) => {
      const bot = { id: 93, name: 'b', websocketUrl: null, clientId: 415, active: true, raw: {} };
      gateway.world.voicelink.listings = {
        clients: { status: 'complete', rows: [] },
        bots: { status: 'complete', rows: [bot] },
      };
      expect((await post(path, body)).json.success).toBe(true);
      expect(gateway.world.leases.acquired).toEqual([clientBotsResource(gateway.tenant.connectionId, 415)]);
    });

    it('a number that was never observed is looked for in the lists, and held all the same', async () => {
      const { did, routing } = readyObservation(KEY, gateway.tenant.agentId);
      if (did === null || routing === null) throw new Error('not ready');
      gateway.world.voicelink.listings = {
        dids: { status: 'complete', rows: [did] },
        routing: { status: 'truncated', rows: [routing], message: 'cut off' },
      };
      for (const [path, body] of [
        ['dids/map', MAP_BODY],
        ['call-routing', { did_id: 812, ...HANDLERS }],
        ['call-routing/120', HANDLERS],
      ] as const) {
        expect((await post(path, body)).json.success).toBe(true);
      }
      const resource = didResource(gateway.tenant.connectionId, KEY);
      expect(gateway.world.leases.acquired).toEqual([resource, resource, resource]);
      expect(gateway.world.tables.writes.map(({ key }) => key)).toEqual([KEY, KEY, KEY]);
    });

    it('what nobody but callers can ask for is excluded among them', async () => {
      const { connectionId } = gateway.tenant;
      const { required } = WRITES.find(({ name }) => name === 'create client') ?? { required: {} };
      const complete = { first_name: 'N', last_name: 'T', is_active: 1, channel_count: 1 };
      for (const [path, body] of [
        ['dids/map', MAP_BODY],
        ['call-routing', { did_id: 812, ...HANDLERS }],
        ['call-routing/120', HANDLERS],
        ['clients', { ...required, username: ' Nila ' }],
        ['clients/415', complete],
      ] as const) {
        expect((await post(path, body)).json.success).toBe(true);
      }
      expect(gateway.world.leases.acquired).toEqual(
        ['did:812', 'did:812', 'routing:120', 'client-name:nila', 'client:415'].map((what) =>
          requestResource(connectionId, what),
        ),
      );
    });

    it('waits for a short while, and sends nothing while somebody else has it', async () => {
      const resource = await observeNumber(true);
      const other = await gateway.world.leases.acquire(resource, 'reconciler', 60_000);
      const busy = await post('dids/map', MAP_BODY);
      expect([busy.status, busy.json.error.code, calls()]).toEqual([409, 'RESOURCE_BUSY', 0]);
      expect(Number(busy.headers['retry-after'])).toBeGreaterThan(0);
      const waiting = post('dids/map', MAP_BODY);
      setTimeout(() => {
        if (other !== null) void gateway.world.leases.release(other);
      }, 150);
      expect((await waiting).status).toBe(200);
    });

    it('sends nothing when the lease was lost before', async () => {
      await observeNumber(true);
      jest.spyOn(gateway.world.tables, 'holds').mockReturnValue(false);
      const answer = await post('dids/map', MAP_BODY);
      jest.restoreAllMocks();
      expect([answer.status, answer.json.error.code, calls()]).toEqual([409, 'RESOURCE_BUSY', 0]);
      expect(gateway.world.tables.writes).toEqual([]);
    });

    it('gives back what it held when something goes wrong', async () => {
      const resource = await observeNumber(true);
      gateway.world.voicelink.answer = () => {
        throw new Error('a defect');
      };
      expect((await post('dids/map', MAP_BODY)).status).toBe(500);
      expect(gateway.world.tables.isHeld(resource)).toBe(false);
    });
  });
});

import { aRouting } from '@dialtone/testing';
import { HOLD_MS } from '../memory-world';
import { KEY } from '../observations';
import { BOT_BODY, done, HANDLERS, MAP_BODY, refused, unknown, usePassedOn } from './passed-on';

describe('what VoiceLink answers', () => {
  const { gateway, post, calls, observeNumber } = usePassedOn();

  describe('the journal', () => {
    const rows = () => gateway.world.tables.writes;
    const bot = {
      id: 93,
      name: 'b',
      websocketUrl: null,
      clientId: 415,
      active: true,
      raw: { bot_name: 'a', status: 0 },
    };
    const routing = aRouting({ key: KEY, id: 120, raw: { for_inbound_call: 2, status: 1 } });
    const client = {
      id: 415,
      username: 'nila',
      active: true,
      raw: { first_name: 'N', last_name: 'T', channel_count: 1 },
    };
    const listings = {
      clients: { status: 'complete', rows: [client] },
      bots: { status: 'complete', rows: [bot] },
      routing: { status: 'complete', rows: [routing] },
    } as const;
    const CLIENT_BODY = {
      first_name: 'N',
      last_name: 'T',
      username: 'Nila',
      email: 'o@n.example',
      password: 'canary-7f3a',
      channel_count: 1,
    };
    const BOT_UPDATE = { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 };
    const ROUTING = { did_id: 812, ...HANDLERS };

    it.each<{ path: string; body: object; target: string; key?: string; kept?: object; before?: object }>([
      {
        path: 'clients',
        body: CLIENT_BODY,
        target: 'client-create:nila',
        kept: { ...CLIENT_BODY, password: '[redacted]' },
      },
      {
        path: 'clients/415',
        body: { password: 'canary-7f3a' },
        target: 'client-update:415',
        kept: { first_name: 'N', last_name: 'T', channel_count: 1, is_active: 1, password: '[redacted]' },
        before: { first_name: 'N', last_name: 'T', channel_count: 1, is_active: 1 },
      },
      {
        ...{ path: 'dids/map', body: MAP_BODY, target: 'map:812', key: KEY },
        before: { client_id: 415, did_id: 812 },
      },
      { path: 'bots', body: { ...BOT_BODY, websocket_url: 'wss://b.example' }, target: 'bot-create:415' },
      {
        ...{ path: 'bots/93', body: BOT_UPDATE, target: 'bot-update:93' },
        before: { bot_name: 'a', status: 0 },
      },
      { path: 'call-routing', body: ROUTING, target: 'routing-create:812', key: KEY },
      { path: 'call-routing', body: { did_number: KEY, ...HANDLERS }, target: `routing-create:${KEY}`, key: KEY },
      {
        ...{ path: 'call-routing/120', body: HANDLERS, target: 'routing-update:120', key: KEY },
        before: { for_inbound_call: 2, status: 1 },
      },
    ])('has $path, aimed at $target, before it is sent, with who asked for it, and without secrets', async (given) => {
      const { path, body, target, key = null, kept = body, before = null } = given;
      await observeNumber(true);
      gateway.world.voicelink.listings = listings;
      gateway.world.voicelink.answer = () => {
        expect(rows().map(({ state }) => state)).toEqual(['pending']);
        return done;
      };
      const answer = await post(path, body, { 'x-request-id': 'request-7f3a' });
      expect(answer.json.success).toBe(true);
      const { connectionId, apiKey } = gateway.tenant;
      const actor = apiKey.slice(8, 24);
      expect(rows()).toMatchObject([
        {
          ...{ connectionId, actor, target, key, body: kept, step: 'request', requestId: 'request-7f3a' },
          ...{ state: 'done', answer: { http_status: 200 }, before },
        },
      ]);
      expect(JSON.stringify(rows())).not.toContain('canary');
    });

    it.each([
      ['refused', refused({ class: 'rejected', message: 'canary-7f3a is weak' }), 'failed'],
      ['not answered', unknown({ message: 'sent canary-7f3a' }), 'unknown'],
    ])('says why it was %s, without what VoiceLink quotes', async (_, outcome, state) => {
      gateway.world.voicelink.answer = () => outcome;
      await post('clients', CLIENT_BODY);
      expect(rows()).toMatchObject([{ state, answer: { message: expect.stringContaining('[redacted]') as string } }]);
      expect(JSON.stringify(rows())).not.toContain('canary');
    });

    it.each([
      ['clients', CLIENT_BODY],
      ['bots', BOT_BODY],
      ['call-routing', ROUTING],
    ])('keeps another of %s back while the first may still come, with the time that is left', async (path, body) => {
      gateway.world.voicelink.answer = () => unknown();
      await post(path, body);
      gateway.world.voicelink.answer = () => done;
      const busy = await post(path, body, { 'idempotency-key': 'once' });
      expect([busy.status, busy.json.error.code, calls()]).toEqual([409, 'RESOURCE_BUSY', 1]);
      const retryAfter = Number(busy.headers['retry-after']);
      expect(retryAfter).toBeGreaterThan(HOLD_MS / 1000);
      expect(retryAfter).toBeLessThanOrEqual(HOLD_MS / 1000 + 2);
      gateway.world.pass(retryAfter * 1000);
      expect((await post(path, body, { 'idempotency-key': 'once' })).status).toBe(201);
    });

    it.each([
      ['clients/415', { first_name: 'N', last_name: 'T', is_active: 1, channel_count: 1 }],
      ['bots/93', BOT_UPDATE],
      ['call-routing/120', HANDLERS],
      ['dids/map', MAP_BODY],
    ])('lets %s be repeated at once: that does no harm', async (path, body) => {
      gateway.world.voicelink.listings = listings;
      gateway.world.voicelink.answer = () => unknown();
      await post(path, body);
      gateway.world.voicelink.answer = () => done;
      expect((await post(path, body)).status).toBe(200);
    });

    it('that cannot be closed costs nobody an answer', async () => {
      jest.spyOn(gateway.world.journal, 'finish').mockRejectedValue(new Error('away'));
      const answer = await post('bots', BOT_BODY);
      jest.restoreAllMocks();
      expect(answer.status).toBe(201);
      expect(rows()).toMatchObject([{ state: 'pending' }]);
    });

    it('that is away keeps everything from being sent', async () => {
      jest.spyOn(gateway.world.journal, 'begin').mockRejectedValue(new Error('away'));
      const answer = await post('bots', BOT_BODY);
      jest.restoreAllMocks();
      expect([answer.status, calls()]).toEqual([500, 0]);
    });

    it('takes an update of a bot for what its status is now', async () => {
      gateway.world.voicelink.listings = listings;
      await post('bots/93', BOT_UPDATE);
      expect(gateway.world.unmarkedBots).toEqual([93]);
    });
  });
});

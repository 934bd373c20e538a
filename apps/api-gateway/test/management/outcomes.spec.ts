import { clientBotsResource, didResource, requestResource, type UpstreamFailure } from '@dialtone/engine';
import type { CallOutcome } from '@dialtone/voicelink';
import { TestGateway } from '../gateway';
import { HOLD_MS, KEY, readyObservation } from '../memory-world';
import { WRITES } from './requests';

const ROOT = '/api/v2/voicelink';
const failure = (changes: Partial<UpstreamFailure>): UpstreamFailure => ({
  class: 'unavailable',
  httpStatus: null,
  message: 'POST /v1/x: why',
  retryAfterMs: null,
  ...changes,
});
const refused = (changes: Partial<UpstreamFailure>, fields = {}): CallOutcome => ({
  kind: 'refused',
  failure: failure(changes),
  fields,
});
const unknown = (changes: Partial<UpstreamFailure> = {}): CallOutcome => ({
  kind: 'unknown',
  failure: failure({ message: 'POST /v1/x: time-out', timedOut: true, ...changes }),
  fields: {},
});
const done: CallOutcome = { kind: 'ok', httpStatus: 200, body: { status: true, message: 'Done.', data: { id: 7 } } };

const BOT_BODY = { bot_name: 'b', client_id: 415 };
const MAP_BODY = { client_id: 415, did_id: 812, call_recording: 0 };
const HANDLERS = { for_inbound_call: 1, for_outbound_call: 4, status: 1 };

/** What nobody knows whether it was done is told apart from what was refused, whatever the reason. */
const TABLE: readonly { name: string; outcome: CallOutcome; code: string; status: number; retryAfter?: string }[] = [
  { name: 'rejected', outcome: refused({ class: 'rejected' }), code: 'VOICELINK_VALIDATION', status: 422 },
  { name: 'unauthorized', outcome: refused({ class: 'unauthorized' }), code: 'VOICELINK_UNAUTHORIZED', status: 502 },
  { name: 'not found', outcome: refused({ class: 'not_found' }), code: 'VOICELINK_NOT_FOUND', status: 404 },
  { name: 'too many', outcome: refused({ class: 'rate_limited' }), code: 'VOICELINK_RATE_LIMITED', status: 429 },
  {
    name: 'too many, with a time',
    outcome: refused({ class: 'rate_limited', retryAfterMs: 6_200 }),
    code: 'VOICELINK_RATE_LIMITED',
    status: 429,
    retryAfter: '7',
  },
  { name: 'unavailable', outcome: refused({}), code: 'VOICELINK_UNAVAILABLE', status: 503 },
  {
    name: 'unavailable for a moment',
    outcome: refused({ retryAfterMs: 0 }),
    code: 'VOICELINK_UNAVAILABLE',
    status: 503,
    retryAfter: '1',
  },
  { name: 'late', outcome: refused({ timedOut: true }), code: 'VOICELINK_TIMEOUT', status: 504 },
  { name: 'dry run', outcome: refused({ class: 'dry_run' }), code: 'WRITES_DISABLED', status: 503 },
  { name: 'unknown, no answer', outcome: unknown(), code: 'VOICELINK_OUTCOME_UNKNOWN', status: 504 },
  {
    name: 'unknown, HTML or 5xx',
    outcome: unknown({ httpStatus: 500, timedOut: false }),
    code: 'VOICELINK_OUTCOME_UNKNOWN',
    status: 504,
  },
];

describe('what VoiceLink answers', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
    gateway.world.voicelink.answer = () => done;
  });
  afterAll(() => gateway.close());

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    gateway.ask('POST', `${ROOT}/${path}`, { body, headers });
  const calls = () => gateway.world.voicelink.calls.length;
  /** A declared number with DID 812 of client 415, bot 93 and routing 120, as the last sweep saw it. */
  const observeNumber = async (declared: boolean) => {
    const { partnerId, agentId, connectionId } = gateway.tenant;
    await gateway.ask('PUT', `${ROOT}/bindings/${KEY}`, { body: { agent_id: agentId } });
    const view = gateway.world.views.get(`${partnerId}/${KEY}`);
    if (view === undefined) throw new Error('not declared');
    gateway.world.store(partnerId, { ...view.readiness, observation: readyObservation(KEY, agentId) });
    if (!declared) gateway.world.views.clear();
    return didResource(connectionId, KEY);
  };

  it.each(TABLE)('$name: $code', async ({ outcome, code, status, retryAfter }) => {
    gateway.world.voicelink.answer = () => outcome;
    const answer = await post('bots', BOT_BODY);
    expect([answer.status, answer.json.success, answer.json.error.code]).toEqual([status, false, code]);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.json.error.message).toContain('POST /v1/x: ');
    if (outcome.kind === 'unknown') {
      expect(answer.json.error.message).toMatch(/is not known.*look at the current state/);
      expect(answer.json.error.message).not.toMatch(/failed|refused/);
      return;
    }
    gateway.world.voicelink.answer = () => outcome;
    const read = await gateway.ask('GET', `${ROOT}/bots`);
    expect([read.status, read.json.error.code]).toEqual([status, code]);
  });

  it('names the fields that VoiceLink found wrong', async () => {
    gateway.world.voicelink.answer = () =>
      refused({ class: 'rejected', httpStatus: 422 }, { bot_name: ['is taken', 'is ugly'], client_id: ['is invalid'] });
    expect((await post('bots', BOT_BODY)).json.error.details).toEqual([
      { field: 'bot_name', message: 'is taken' },
      { field: 'bot_name', message: 'is ugly' },
      { field: 'client_id', message: 'is invalid' },
    ]);
  });

  it.each([
    ['create client', 'clients'],
    ['update client', 'clients/415'],
  ])('never shows or logs the password of "%s", also when VoiceLink quotes it', async (name, path) => {
    const { required } = WRITES.find((write) => write.name === name) ?? { required: {} };
    const body = { ...required, password: 'canary-7f3a' };
    const quoting: readonly CallOutcome[] = [
      { kind: 'ok', httpStatus: 201, body: { message: 'Password canary-7f3a set.', data: { x: ['canary-7f3a'] } } },
      refused({ class: 'rejected', message: 'canary-7f3a is weak' }, { password: ['canary-7f3a is weak'] }),
      unknown({ message: 'sent canary-7f3a' }),
    ];
    for (const outcome of quoting) {
      gateway.world.voicelink.answer = () => outcome;
      const answer = await post(path, body, { 'idempotency-key': outcome.kind });
      expect(answer.text).not.toContain('canary');
      expect(answer.text).toContain('[redacted]');
    }
    expect(gateway.log.join('\n')).not.toContain('canary');
    expect(gateway.log.filter((line) => line.includes('a write was passed on'))).toHaveLength(3);
  });

  describe('a list that has to be read first', () => {
    const CASES = [
      { why: { class: 'unauthorized' }, want: [502, 'VOICELINK_UNAUTHORIZED'], passes: false },
      {
        why: { class: 'rate_limited', retryAfterMs: 30_000 },
        want: [429, 'VOICELINK_RATE_LIMITED'],
        passes: true,
        retryAfter: '30',
      },
      { why: { retryAfterMs: 20_000 }, want: [503, 'VOICELINK_UNAVAILABLE'], passes: true, retryAfter: '20' },
      { why: { timedOut: true }, want: [504, 'VOICELINK_TIMEOUT'], passes: true },
      // Not the caller's request was wrong, and no record is known to be missing.
      { why: { class: 'rejected' }, want: [503, 'VOICELINK_UNAVAILABLE'], passes: false },
      { why: { class: 'not_found' }, want: [503, 'VOICELINK_UNAVAILABLE'], passes: false },
    ] as const;
    const PATHS = [
      ['clients/415', { channel_count: 9 }],
      ['bots/93', { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 }],
      ['dids/map', MAP_BODY],
      ['call-routing', { did_id: 812, ...HANDLERS }],
      ['call-routing/120', HANDLERS],
    ] as const;

    it.each(CASES)('fails for the reason of VoiceLink, and nothing is sent: $why', async (given) => {
      const { why, want, passes } = given;
      const said = failure({ message: 'GET /v1/x: why', ...why });
      for (const listing of [
        { status: 'failed', rows: [], message: said.message, failure: said },
        { status: 'truncated', rows: [], message: 'page 2', failure: said },
      ] as const) {
        const listings = { clients: listing, bots: listing, dids: listing, routing: listing };
        gateway.world.voicelink.listings = listings;
        // Whose number it is only matters while others may find that out.
        for (const [path, body] of passes ? PATHS : PATHS.slice(0, 2)) {
          const answer = await post(path, body);
          expect([path, answer.status, answer.json.error.code]).toEqual([path, ...want]);
          expect(answer.headers['retry-after']).toBe('retryAfter' in given ? given.retryAfter : undefined);
        }
      }
      expect([calls(), gateway.world.tables.writes]).toEqual([0, []]);
    });

    it.each([
      ['rows of it cannot be read', undefined],
      ['it is not shown to this login', failure({ class: 'unauthorized' })],
      ['there is none', failure({ class: 'not_found' })],
    ])('leaves it to VoiceLink whether there is such a number when %s', async (_, why) => {
      const listing = { status: 'truncated', rows: [], message: 'why', ...(why && { failure: why }) } as const;
      gateway.world.voicelink.listings = { dids: listing, routing: listing };
      for (const [path, body] of PATHS.slice(2)) expect((await post(path, body)).json.success).toBe(true);
      expect(gateway.world.tables.writes.map(({ key }) => key)).toEqual([null, null, null]);
    });
  });

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

  describe('the journal', () => {
    const rows = () => gateway.world.tables.writes;
    const bot = { id: 93, name: 'b', websocketUrl: null, clientId: 415, active: true, raw: {} };
    const client = {
      id: 415,
      username: 'nila',
      active: true,
      raw: { first_name: 'N', last_name: 'T', channel_count: 1 },
    };
    const listings = {
      clients: { status: 'complete', rows: [client] },
      bots: { status: 'complete', rows: [bot] },
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

    it.each<{ path: string; body: object; target: string; key?: string; kept?: object }>([
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
      },
      { path: 'dids/map', body: MAP_BODY, target: 'map:812', key: KEY },
      { path: 'bots', body: { ...BOT_BODY, websocket_url: 'wss://b.example' }, target: 'bot-create:415' },
      { path: 'bots/93', body: BOT_UPDATE, target: 'bot-update:93' },
      { path: 'call-routing', body: ROUTING, target: 'routing-create:812', key: KEY },
      { path: 'call-routing', body: { did_number: KEY, ...HANDLERS }, target: `routing-create:${KEY}`, key: KEY },
      { path: 'call-routing/120', body: HANDLERS, target: 'routing-update:120', key: KEY },
    ])('has $path, aimed at $target, before it is sent, with who asked for it, and without secrets', async (given) => {
      const { path, body, target, key = null, kept = body } = given;
      await observeNumber(true);
      gateway.world.voicelink.listings = listings;
      gateway.world.voicelink.answer = () => {
        expect(rows().map(({ state }) => state)).toEqual(['pending']);
        return done;
      };
      const answer = await post(path, body, { 'x-request-id': 'request-7f3a' });
      expect(answer.json.success).toBe(true);
      const { connectionId, apiKey } = gateway.tenant;
      const actor = apiKey.slice(8, 16);
      expect(rows()).toMatchObject([
        {
          ...{ connectionId, actor, target, key, body: kept, step: 'request', requestId: 'request-7f3a' },
          ...{ state: 'done', answer: { http_status: 200 } },
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

  describe('catching up', () => {
    it.each([
      ['dids/map', MAP_BODY],
      ['call-routing', { did_id: 812, ...HANDLERS }],
      ['call-routing/120', HANDLERS],
    ])('%s makes the declared number due', async (path, body) => {
      await observeNumber(true);
      const { connectionId } = gateway.tenant;
      for (const outcome of [done, unknown()]) {
        gateway.world.made.length = 0;
        gateway.world.voicelink.answer = () => outcome;
        await post(path, body);
        expect(gateway.world.made).toEqual([{ connectionId, key: KEY }]);
      }
    });

    it.each([
      ['an undeclared number', 'dids/map', MAP_BODY, [KEY, null]],
      ['bots, on which many numbers may depend', 'bots', BOT_BODY, [null]],
    ])('%s is found by a sweep', async (_, path, body, keys) => {
      await observeNumber(false);
      const { connectionId } = gateway.tenant;
      await post(path, body);
      expect(gateway.world.made).toEqual(keys.map((key) => ({ connectionId, key })));
    });

    it('a number that was never observed is found by a sweep', async () => {
      await post('dids/map', MAP_BODY);
      expect(gateway.world.made).toEqual([{ connectionId: gateway.tenant.connectionId, key: null }]);
    });

    it.each([
      ['what was refused', 'bots', BOT_BODY, refused({ class: 'rejected' })],
      ['clients, on which no number depends', 'clients', WRITES[0]?.required ?? {}, done],
    ])('nothing is made due by %s', async (_, path, body, outcome) => {
      gateway.world.voicelink.answer = () => outcome;
      await post(path, body);
      expect([calls(), gateway.world.made]).toEqual([1, []]);
    });

    it('is not worth an error', async () => {
      jest.spyOn(gateway.world.workTrigger, 'trigger').mockRejectedValue(new Error('away'));
      const answer = await post('bots', BOT_BODY);
      jest.restoreAllMocks();
      expect(answer.status).toBe(201);
      expect(gateway.log.some((line) => line.includes('a sweep makes up for it'))).toBe(true);
    });
  });

  describe('with an Idempotency-Key', () => {
    const create = (body: object = BOT_BODY) => post('bots', body, { 'idempotency-key': 'once' });

    it('makes one bot, however often it is asked for', async () => {
      const answers = [await create(), await create(), ...(await Promise.all([create(), create()]))];
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(calls()).toBe(1);
      expect((await create({ ...BOT_BODY, bot_name: 'c' })).json.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
    });

    it.each([
      ['unknown', unknown(), 'VOICELINK_OUTCOME_UNKNOWN'],
      ['refused for good', refused({ class: 'rejected' }), 'VOICELINK_VALIDATION'],
      ['not found', refused({ class: 'not_found' }), 'VOICELINK_NOT_FOUND'],
    ])('says again what was %s, without asking again', async (_, outcome, code) => {
      gateway.world.voicelink.answer = () => outcome;
      const first = await create();
      gateway.world.voicelink.answer = () => done;
      const again = await create();
      expect([first.json.error.code, again.text, again.status]).toEqual([code, first.text, first.status]);
      expect(calls()).toBe(1);
    });

    it.each([
      ['too many', refused({ class: 'rate_limited' })],
      ['unavailable', refused({})],
      ['late, and nothing sent', refused({ timedOut: true })],
      ['unauthorized', refused({ class: 'unauthorized' })],
      ['dry run', refused({ class: 'dry_run' })],
    ])('asks again after what proves that nothing was done: %s', async (_, outcome) => {
      gateway.world.voicelink.answer = () => outcome;
      expect((await create()).json.success).toBe(false);
      gateway.world.voicelink.answer = () => done;
      expect([(await create()).status, calls()]).toEqual([201, 2]);
    });

    it('does not repeat a write in which the first attempt broke down, and says that its outcome is unknown', async () => {
      gateway.world.voicelink.answer = () => {
        throw new Error('a defect');
      };
      expect((await create()).status).toBe(500);
      gateway.world.voicelink.answer = () => done;
      const again = await create();
      expect([again.status, again.json.error.code]).toEqual([409, 'IDEMPOTENCY_OUTCOME_UNKNOWN']);
      expect(again.json.error.message).toContain('not known');
      expect(calls()).toBe(1);
    });

    it('repeats what broke down before anything was sent', async () => {
      jest.spyOn(gateway.world.leases, 'acquire').mockRejectedValueOnce(new Error('a defect'));
      expect((await create()).status).toBe(500);
      jest.restoreAllMocks();
      expect([(await create()).status, calls()]).toEqual([201, 1]);
    });

    it('sends nothing when another process has taken the request over', async () => {
      jest.spyOn(gateway.world.idempotency, 'commit').mockResolvedValueOnce(false);
      const answer = await create();
      jest.restoreAllMocks();
      expect([answer.json.error.code, calls()]).toEqual(['IDEMPOTENCY_IN_PROGRESS', 0]);
    });
  });
});

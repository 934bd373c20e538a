import { clientBotsResource, didResource, type UpstreamFailure } from '@dialtone/engine';
import type { CallOutcome } from '@dialtone/voicelink';
import { TestGateway } from '../gateway';
import { KEY, readyObservation } from '../memory-world';
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
        heldMeanwhile = gateway.world.leases.isHeld(resource);
        return done;
      };
      expect((await post(path, body)).json.success).toBe(true);
      expect([heldMeanwhile, gateway.world.leases.isHeld(resource)]).toEqual([true, false]);
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

    it('a number that was never observed needs none', async () => {
      expect((await post('dids/map', MAP_BODY)).status).toBe(200);
      expect(gateway.world.leases.acquired).toEqual([]);
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
      jest.spyOn(gateway.world.leases, 'renew').mockResolvedValue(false);
      const answer = await post('dids/map', MAP_BODY);
      jest.restoreAllMocks();
      expect([answer.status, answer.json.error.code, calls()]).toEqual([409, 'RESOURCE_BUSY', 0]);
    });

    it("keeps a client's bots while it is not known whether one is being made, and nothing else", async () => {
      const resource = await observeNumber(true);
      gateway.world.voicelink.answer = () => unknown();
      await post('bots', BOT_BODY);
      await post('dids/map', MAP_BODY);
      const bots = clientBotsResource(gateway.tenant.connectionId, 415);
      expect([gateway.world.leases.isHeld(bots), gateway.world.leases.isHeld(resource)]).toEqual([true, false]);
    });

    it('gives back what it held when something goes wrong', async () => {
      const resource = await observeNumber(true);
      gateway.world.voicelink.answer = () => {
        throw new Error('a defect');
      };
      expect((await post('dids/map', MAP_BODY)).status).toBe(500);
      expect(gateway.world.leases.isHeld(resource)).toBe(false);
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
      expect(gateway.log.some((line) => line.includes('next sweep only'))).toBe(true);
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

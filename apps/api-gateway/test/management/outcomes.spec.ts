import type { CallOutcome } from '@dialtone/voicelink';
import { BOT_BODY, done, failure, HANDLERS, MAP_BODY, refused, ROOT, unknown, usePassedOn } from './passed-on';
import { WRITES } from './requests';

/** An unknown outcome and a refusal have different answers, whatever the reason. */
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
  const { gateway, post, calls } = usePassedOn();

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
    // A dry run holds back no read.
    if (code === 'WRITES_DISABLED') return;
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

    it('says that a record may be a row which cannot be read, and sends nothing', async () => {
      const row = {
        identity: 8,
        why: 'no name, id 8',
        key: null,
        clientId: null,
        didId: null,
        beside: new Set<never>(),
      };
      const listing = { status: 'complete', rows: [], setAside: [row] } as const;
      gateway.world.voicelink.listings = { clients: listing, bots: listing };
      for (const [path, body] of PATHS.slice(0, 2)) {
        const { json } = await post(path, body);
        expect([json.error.code, json.error.message]).toEqual([
          'VOICELINK_UNAVAILABLE',
          expect.stringContaining('no name, id 8'),
        ]);
      }
      expect([calls(), gateway.world.tables.writes]).toEqual([0, []]);
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

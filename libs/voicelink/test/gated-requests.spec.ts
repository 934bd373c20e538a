import type { ConnectionId } from '@dialtone/domain';
import type { BreakerChange, RateLane } from '@dialtone/engine';
import { InMemoryWorld, ManualClock } from '@dialtone/testing';
import {
  AccountPool,
  createVoiceLinkAccount,
  gateOf,
  type HttpVoiceLinkAccount,
  type UpstreamProtection,
} from '../src';
import { PASSWORD, ScriptedUpstream } from './scripted-upstream';

let upstream: ScriptedUpstream;
let world: InMemoryWorld;
let changes: BreakerChange[];
let waited: RateLane[];
const closing: { close(): Promise<void> }[] = [];

const CONNECTION = '0b9f2a44-3c1e-4a55-9d5c-6b1f0a7e2d31' as ConnectionId;
const BOT = { clientId: 702, name: 'main', websocketUrl: 'wss://x.example/ws', active: true };

const protection = (): UpstreamProtection => ({
  budget: world.rateBudget,
  clock: world.clock,
  limits: { ratePerSecond: 10, burst: 100, writeWaitMs: 2_000 },
  observerOf: () => ({
    waited: ({ lane }) => waited.push(lane),
    throttled: () => undefined,
    breakerChanged: (change) => changes.push(change),
    failed: () => undefined,
  }),
});

const poolOf = (username = 'reseller', lookUp = (): Promise<void> => Promise.resolve()): AccountPool => {
  const access = { baseUrl: upstream.url, credentials: { username, password: PASSWORD } };
  const pool = new AccountPool({
    source: {
      access: async () => {
        await lookUp();
        return access;
      },
    },
    allowedBaseUrls: [upstream.url],
    account: { readRetry: { baseMs: 1 }, timeouts: { headersMs: 2_000, totalMs: 2_000 } },
    protection: protection(),
  });
  closing.push(pool);
  return pool;
};

const open = async (lane: RateLane, pool = poolOf()): Promise<HttpVoiceLinkAccount> => {
  const account = await pool.open(CONNECTION, lane);
  if (account === null) throw new Error('not opened');
  return account;
};

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  world = new InMemoryWorld(new ManualClock());
  changes = [];
  waited = [];
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
  await upstream.stop();
});

describe('every request', () => {
  it('takes one from the budget of its credential: the login, each page, each write, and what is sent again', async () => {
    const account = await open('repair');
    const page = (number: number) => ({
      json: {
        data: { data: [{ id: number, bot_name: 'x', client_id: 702 }], current_page: number, total: 2, last_page: 2 },
      },
    });
    upstream.script = ({ path, method }) =>
      method === 'POST' ? { json: { data: { id: 58 } } } : page(path.includes('page=2') ? 2 : 1);
    await account.list('bots');
    await account.createBot(BOT);
    await account.raw.call({ method: 'GET', path: '/v1/reseller/clients' });
    expect(upstream.received).toHaveLength(5);
    const requests = ['repair', 'repair', 'repair', 'repair'];
    expect(waited).toEqual(['user', ...requests]);
    upstream.script = ({ authorization }) =>
      authorization === 'Bearer 1|token' ? { status: 401, json: {} } : { json: [] };
    await account.list('clients');
    expect(waited.slice(5)).toEqual(['repair', 'user', 'repair']);
    expect(upstream.received).toHaveLength(8);
  });

  it('of a list tells when its first page waits and is sent, also when that is asked for again, and of no later page', async () => {
    const account = await open('repair');
    const told: string[] = [];
    const turn = { waits: () => told.push('waits'), sent: () => told.push('sent') };
    let failures = 1;
    upstream.script = ({ path }) => {
      const page = path.includes('page=2') ? 2 : 1;
      told.push(`page ${String(page)}`);
      if (failures-- > 0) return { status: 503, text: 'busy' };
      const data = [{ id: page, bot_name: 'x', client_id: 702 }];
      return { json: { data: { data, current_page: page, total: 2, last_page: 2 } } };
    };
    expect((await account.list('bots', {}, turn)).status).toBe('complete');
    expect(told).toEqual(['waits', 'sent', 'page 1', 'waits', 'sent', 'page 1', 'page 2']);
  });

  it('is asked for in the lane that the account was opened in, over one token', async () => {
    const pool = poolOf();
    for (const lane of ['sweep', 'user', 'repair'] as const) await (await open(lane, pool)).list('clients');
    expect(waited).toEqual(['user', 'sweep', 'user', 'repair']);
    expect(upstream.logins).toBe(1);
    expect(await open('sweep', pool)).toBe(await open('sweep', pool));
    expect(await pool.open(CONNECTION)).toBe(await open('user', pool));
  });
});

describe('a write', () => {
  it.each([
    { standsStillMs: 2_000, what: 'sent', want: { kind: 'accepted', id: 58 }, sent: 1 },
    {
      standsStillMs: 2_001,
      what: 'refused unsent',
      want: { kind: 'refused', failure: { class: 'unavailable', httpStatus: null } },
      sent: 0,
    },
  ])('before which the process stands still for $standsStillMs ms is $what', async ({ standsStillMs, want, sent }) => {
    let stillMs = 0;
    const account = await open(
      'repair',
      poolOf('reseller', () => world.clock.advance(stillMs)),
    );
    expect((await account.list('clients')).status).toBe('complete');
    upstream.script = () => ({ json: { data: { id: 58 } } });
    const before = upstream.received.length;
    stillMs = standsStillMs;
    expect(await account.createBot(BOT)).toMatchObject(want);
    expect(upstream.received).toHaveLength(before + sent);
  });
});

describe('a 429', () => {
  const throttled = { status: 429, json: {}, headers: { 'retry-after': '60' } };

  it('keeps all processes of the credential from asking, and nobody else', async () => {
    upstream.script = () => throttled;
    await (await open('sweep')).list('clients');
    upstream.script = () => ({ json: [] });
    const sent = upstream.received.length;
    const other = await open('user', poolOf());
    expect(await other.raw.call({ method: 'GET', path: '/v1/reseller/clients' })).toMatchObject({
      kind: 'refused',
      failure: { class: 'rate_limited', httpStatus: null, retryAfterMs: 60_000 },
    });
    expect(await other.createBot(BOT)).toMatchObject({ kind: 'refused', failure: { class: 'rate_limited' } });
    expect(upstream.received).toHaveLength(sent);
    expect((await (await open('user', poolOf('somebody else'))).list('clients')).status).toBe('complete');
    await world.clock.advance(60_000);
    expect((await other.list('clients')).status).toBe('complete');
  });

  it('to somebody who only guesses the password keeps nobody from asking who has logged in', async () => {
    const owner = await open('user');
    expect((await owner.list('clients')).status).toBe('complete');
    upstream.loginScript = () => throttled;
    const guess = { baseUrl: upstream.url, credentials: { username: 'reseller', password: 'guess' } };
    const stranger = createVoiceLinkAccount({ ...guess, gate: gateOf(protection(), guess) });
    closing.push(stranger);
    expect(await stranger.login()).toMatchObject({
      kind: 'refused',
      failure: { class: 'rate_limited', httpStatus: 429 },
    });
    expect((await owner.list('clients')).status).toBe('complete');
    expect(await owner.createBot(BOT)).toMatchObject({ kind: 'accepted' });
  });

  it('that does not say for how long says how long nothing will be sent', async () => {
    upstream.script = () => ({ status: 429, json: {} });
    const account = await open('user');
    const outcome = await account.createBot(BOT);
    const pause = account.currentPause();
    expect(pause?.forMs).toBeGreaterThan(500);
    expect(outcome).toMatchObject({ kind: 'refused', failure: { httpStatus: 429, retryAfterMs: pause?.forMs } });
  });

  it('is waited for by a background read, when it is short', async () => {
    let answers = 0;
    upstream.script = () => ((answers += 1) === 1 ? { ...throttled, headers: { 'retry-after': '1' } } : { json: [] });
    const account = await open('sweep');
    const listing = account.list('clients');
    while (answers === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await world.clock.advance(1_000);
    expect((await listing).status).toBe('complete');
  });
});

describe('a VoiceLink that does not answer', () => {
  it('is left alone after a few requests, whoever asks, until one probe is answered', async () => {
    upstream.script = () => ({ status: 503, json: {} });
    const account = await open('sweep');
    await Promise.all([account.list('clients'), account.list('bots'), account.list('routing')]);
    expect(changes).toMatchObject([{ from: 'closed', to: 'open' }]);
    const sent = upstream.received.length;
    const user = account.in('user');
    const refused = await user.raw.call({ method: 'GET', path: '/v1/reseller/clients' });
    expect(refused).toMatchObject({
      kind: 'refused',
      failure: { class: 'unavailable', httpStatus: null, throttled: true, retryAfterMs: changes[0]?.forMs },
    });
    expect(await user.createBot(BOT)).toMatchObject({ kind: 'refused', failure: { class: 'unavailable' } });
    expect(await user.placeCall({ from: '918000000001', to: '918000000002', parameters: {} })).toMatchObject({
      kind: 'refused',
    });
    expect(account.currentPause()).toEqual({ why: 'unavailable', forMs: changes[0]?.forMs });
    expect((await account.list('routing')).status).toBe('failed');
    expect(upstream.received).toHaveLength(sent);

    upstream.script = () => ({ json: [] });
    await world.clock.advance(changes[0]?.forMs ?? 0);
    const listings = await Promise.all([account.list('clients'), account.list('bots'), account.list('routing')]);
    expect(listings.map(({ status }) => status)).toEqual(['complete', 'complete', 'complete']);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half_open', 'closed']);
  });

  it('is not waited for by a user while one request finds out', async () => {
    upstream.script = () => ({ status: 503, json: {} });
    const account = await open('sweep');
    await Promise.all([account.list('clients'), account.list('bots'), account.list('routing')]);
    await world.clock.advance(changes[0]?.forMs ?? 0);
    upstream.script = () => 'hang';
    const sent = upstream.received.length;
    const probe = account.list('clients');
    while (upstream.received.length === sent) await new Promise((resolve) => setTimeout(resolve, 5));
    let isFoundOut = false;
    probe.then(
      () => (isFoundOut = true),
      () => (isFoundOut = true),
    );
    const refused = await account.in('user').raw.call({ method: 'GET', path: '/v1/reseller/clients' });
    expect(isFoundOut).toBe(false);
    expect(refused).toMatchObject({ kind: 'refused', failure: { class: 'unavailable', retryAfterMs: 1_000 } });
    expect((await probe).status).toBe('failed');
  });

  it('is not what one broken list makes of it', async () => {
    upstream.script = ({ path }) => (path.includes('bot') ? { text: '<html>' } : { json: [] });
    const account = await open('sweep');
    for (let count = 0; count < 4; count += 1) await Promise.all([account.list('bots'), account.list('clients')]);
    expect(changes).toEqual([]);
  });

  it('is not what a request is that VoiceLink refuses, however often', async () => {
    upstream.script = () => ({ status: 422, json: { message: 'no' } });
    const account = await open('user');
    for (let count = 0; count < 12; count += 1) await account.createBot(BOT);
    expect(changes).toEqual([]);
  });
});

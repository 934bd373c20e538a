import { type Body } from '../world/fields';
import { Simulator } from '../simulator';
import { Pipeline, type Incoming, type Reply, type Timers } from './pipeline';

/** Time that passes only when a test advances it. */
class ManualTimers implements Timers {
  readonly slept: number[] = [];
  private work: (() => void)[] = [];

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    return Promise.resolve();
  }

  later(_ms: number, work: () => void): void {
    this.work.push(work);
  }

  pass(): void {
    for (const work of this.work.splice(0)) work();
  }
}

interface Rig {
  readonly simulator: Simulator;
  readonly timers: ManualTimers;
  readonly call: (method: string, path: string, body?: Body, token?: string | null) => Promise<Reply>;
  readonly createBot: () => Promise<Reply>;
  readonly bots: () => number;
}

const rig = (): Rig => {
  const simulator = new Simulator({ username: 'u', password: 'p' }, { seed: 1, dids: 40 });
  const timers = new ManualTimers();
  const pipeline = new Pipeline(simulator, timers);
  const valid = simulator.sessions.issue();
  const call: Rig['call'] = (method, path, body = {}, token = valid) => {
    const incoming: Incoming = { method, path, query: {}, body, token, acceptsJson: false };
    return pipeline.handle(incoming);
  };
  const bot = { bot_name: 'b', websocket_url: 'wss://b.example', client_id: 701, status: 1 };
  return {
    simulator,
    timers,
    call,
    createBot: () => call('POST', '/v1/websocket-bot/create', bot),
    bots: () => simulator.world.bots.rows.length,
  };
};

const json = (status: number): unknown => expect.objectContaining({ kind: 'json', status });

describe('faults', () => {
  it.each([
    { fault: { kind: 'latency', ms: 50 }, reply: json(201), effect: true },
    { fault: { kind: 'status', status: 503 }, reply: json(503), effect: false },
    { fault: { kind: 'status_false' }, reply: json(200), effect: false },
    { fault: { kind: 'html' }, reply: { kind: 'html', status: 200, headers: {} }, effect: false },
    {
      fault: { kind: 'rate_limit' },
      reply: expect.objectContaining({ status: 429, headers: {} }) as unknown,
      effect: false,
    },
    {
      fault: { kind: 'rate_limit', retry_after: 3 },
      reply: expect.objectContaining({ status: 429, headers: { 'retry-after': '3' } }) as unknown,
      effect: false,
    },
    { fault: { kind: 'token_revoked' }, reply: json(401), effect: false },
    {
      fault: { kind: 'notice', message: 'Notice: x ' },
      reply: expect.objectContaining({ status: 201, before: 'Notice: x ' }) as unknown,
      effect: true,
    },
    { fault: { kind: 'timeout_before', ms: 7 }, reply: { kind: 'silence', cutAfterMs: 7 }, effect: false },
    { fault: { kind: 'timeout_after' }, reply: { kind: 'silence', cutAfterMs: null }, effect: true },
    { fault: { kind: 'late_effect', ms: 10, hold_ms: 5 }, reply: { kind: 'silence', cutAfterMs: 5 }, effect: false },
  ])('$fault on a create', async ({ fault, reply, effect }) => {
    const { simulator, createBot, bots } = rig();
    const before = bots();
    expect(simulator.faults.add({ endpoint: 'bots.create', ...fault })).toHaveProperty('fault');
    await expect(createBot()).resolves.toEqual(reply);
    expect(bots() - before).toBe(effect ? 1 : 0);
    expect(simulator.journal.entries).toEqual([
      expect.objectContaining({ endpoint: 'bots.create', effect, fault: fault.kind }),
    ]);
  });

  it('a late effect comes after the call, and the journal then shows it', async () => {
    const { simulator, timers, createBot, bots } = rig();
    const before = bots();
    simulator.faults.add({ endpoint: 'bots.create', kind: 'late_effect', ms: 1000 });
    await createBot();
    timers.pass();
    expect(bots() - before).toBe(1);
    const created = simulator.world.bots.rows.at(-1)?.id;
    expect(simulator.journal.entries).toEqual([
      expect.objectContaining({ effect: true, created_id: created, http_status: null }),
    ]);
  });

  it('a byte order mark comes before every JSON, a notice before that', async () => {
    const { simulator, call } = rig();
    simulator.behaviour = { ...simulator.behaviour, byte_order_mark: 'present' };
    await expect(call('GET', '/v1/reseller/clients')).resolves.toMatchObject({ status: 200, before: '\ufeff' });
    simulator.faults.add({ endpoint: 'clients.list', kind: 'notice', message: 'Notice ' });
    await expect(call('GET', '/v1/reseller/clients')).resolves.toMatchObject({ before: '\ufeffNotice ' });
  });

  it('latencies add up, come before the effect, and let another fault follow', async () => {
    const { simulator, timers, createBot } = rig();
    simulator.faults.add({ endpoint: '*', kind: 'latency', ms: 10 });
    simulator.faults.add({ endpoint: 'bots.*', kind: 'latency', ms: 5 });
    simulator.faults.add({ endpoint: 'bots.create', kind: 'status' });
    await expect(createBot()).resolves.toEqual(json(500));
    expect(timers.slept).toEqual([15]);
  });

  it('a fault strikes the given number of times and elsewhere not at all', async () => {
    const { simulator, call, createBot } = rig();
    simulator.faults.add({ endpoint: 'bots.create', kind: 'status', times: 2 });
    await expect(call('GET', '/v1/websocket-bot/list')).resolves.toEqual(json(200));
    await expect(createBot()).resolves.toEqual(json(500));
    await expect(createBot()).resolves.toEqual(json(500));
    await expect(createBot()).resolves.toEqual(json(201));
    expect(simulator.faults.active).toEqual([]);
  });

  it('a fault with a probability strikes about that share of the calls, the same ones for the same seed', async () => {
    const strikes = async (): Promise<boolean[]> => {
      const { simulator, call } = rig();
      simulator.faults.add({ endpoint: '*', kind: 'status', probability: 0.3 });
      const replies: Reply[] = [];
      for (let i = 0; i < 200; i += 1) replies.push(await call('GET', '/v1/auth/user'));
      return replies.map((reply) => reply.kind === 'json' && reply.status === 500);
    };
    const first = await strikes();
    expect(await strikes()).toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(30);
    expect(first.filter(Boolean).length).toBeLessThan(90);
  });

  describe('of lists that are read from a replica', () => {
    beforeEach(() => jest.useFakeTimers({ now: 1_000 }));
    afterEach(() => jest.useRealTimers());

    const listed = async ({ call }: Rig): Promise<readonly number[]> => {
      const reply = await call('GET', '/v1/call-routing/list');
      return (reply as { body: { data: { id: number }[] } }).body.data.map(({ id }) => id);
    };

    it('shows what was so long ago, whichever way the account changed since', async () => {
      const rigged = rig();
      const { simulator } = rigged;
      simulator.faults.add({ endpoint: '*', kind: 'stale_list', ms: 3_000 });
      const before = simulator.world.routings.map(({ id }) => id);
      const [gone] = simulator.world.routings;
      simulator.world.removeRoutingOf(gone?.didId ?? 0);
      const after = simulator.world.routings.map(({ id }) => id);
      await expect(listed(rigged)).resolves.toEqual(before);
      jest.setSystemTime(3_999);
      await expect(listed(rigged)).resolves.toEqual(before);
      jest.setSystemTime(4_000);
      await expect(listed(rigged)).resolves.toEqual(after);
      simulator.removeAll();
      await expect(listed(rigged)).resolves.toEqual(after);
      jest.setSystemTime(7_000);
      await expect(listed(rigged)).resolves.toEqual([]);
    });

    it('strikes lists only, at random by its probability, and the same ones for the same seed', async () => {
      const run = async (): Promise<unknown[]> => {
        const rigged = rig();
        const { simulator, createBot, bots } = rigged;
        simulator.faults.add({ endpoint: '*', kind: 'stale_list', ms: 3_000, probability: 0.5 });
        const had = bots();
        await expect(createBot()).resolves.toEqual(json(201));
        expect(bots()).toBe(had + 1);
        const seen: boolean[] = [];
        for (let count = 0; count < 100; count += 1) {
          const reply = await rigged.call('GET', '/v1/websocket-bot/list');
          seen.push((reply as { body: { data: { total: number } } }).body.data.total === had);
        }
        return seen;
      };
      const first = await run();
      expect(await run()).toEqual(first);
      expect(first.filter(Boolean).length).toBeGreaterThan(30);
      expect(first.filter(Boolean).length).toBeLessThan(70);
    });
  });

  it.each([
    [{ kind: 'status' }, ['endpoint']],
    [{ endpoint: 'bots.list' }, ['kind']],
    [{ endpoint: 'bots.lists', kind: 'status' }, ['endpoint']],
    [{ endpoint: '*', kind: 'latency' }, ['ms']],
    [{ endpoint: '*', kind: 'stale_list' }, ['ms']],
    [{ endpoint: 'dids.purchased', kind: 'garbled_row' }, ['field']],
    [{ endpoint: 'routing.list', kind: 'extra_rows', value: { id: 1 } }, ['value']],
    [{ endpoint: '*', kind: 'status', probability: 2 }, ['probability']],
    [{ endpoint: '*', kind: 'status', statuz: 500 }, ['statuz']],
  ])('%j is no fault', (body, wrong) => {
    const added = rig().simulator.faults.add(body);
    expect('errors' in added && Object.keys(added.errors)).toEqual(wrong);
  });
});

describe('the journal', () => {
  it('has every mutating call in order, refused ones and unknown ones too, and no read or login', async () => {
    const { simulator, call, createBot } = rig();
    await createBot();
    await call('POST', '/v1/auth/login', { username: 'u', password: 'p' });
    await call('GET', '/v1/websocket-bot/list');
    await call('POST', '/v1/websocket-bot/create', {});
    await call('POST', '/v1/websocket-bot/create', {}, 'no token');
    await call('POST', '/v1/reseller/purchase/did', { amount: 1 });
    const seen = simulator.journal.entries.map(({ seq, endpoint, http_status, effect }) => [
      seq,
      endpoint,
      http_status,
      effect,
    ]);
    expect(seen).toEqual([
      [1, 'bots.create', 201, true],
      [2, 'bots.create', 422, false],
      [3, 'bots.create', 401, false],
      [4, 'unknown', 404, false],
    ]);
  });

  it('shows no secret', async () => {
    const { simulator, call } = rig();
    await call('POST', '/v1/reseller/client/create', {
      username: 'x',
      password: 'hunter2',
      nested: { api_token: 't' },
    });
    expect(simulator.journal.entries[0]?.body).toEqual({
      username: 'x',
      password: '[redacted]',
      nested: { api_token: '[redacted]' },
    });
  });
});

describe('tokens', () => {
  it('logout ends one, a new login can end all, and an old one ends by itself', async () => {
    const { simulator, call } = rig();
    const other = simulator.sessions.issue();
    await call('POST', '/v1/auth/logout', {}, other);
    await expect(call('GET', '/v1/auth/user', {}, other)).resolves.toEqual(json(401));
    await expect(call('GET', '/v1/auth/user')).resolves.toEqual(json(200));
    simulator.behaviour = { ...simulator.behaviour, login_revokes_tokens: 'yes' };
    await call('POST', '/v1/auth/login', { username: 'u', password: 'p' });
    await expect(call('GET', '/v1/auth/user')).resolves.toEqual(json(401));
  });

  it('a caller without Accept can be sent to the login page', async () => {
    const { simulator, call } = rig();
    simulator.behaviour = { ...simulator.behaviour, without_accept: 'redirect' };
    const want = { kind: 'html', status: 302, headers: { location: '/login' } };
    await expect(call('GET', '/v1/auth/user', {}, null)).resolves.toEqual(want);
  });
});

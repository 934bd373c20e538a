import type { BindingView } from '@dialtone/persistence';
import type { BindingDto } from '../src/bindings/bindings.dto';
import { MAX_PARTNER_WAITERS, WaitingRoom } from '../src/http/waiting-room';
import { TestGateway } from './gateway';
import { KEY, NOW, readyObservation, unobserved } from './observations';
import { eventually, getOf, RawClient } from './raw-client';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const WAIT = `${ONE}?wait=ready`;

describe('waiting for a binding to be ready', () => {
  let gateway: TestGateway;
  /** Looks of the process at what is waited for. */
  let looks = 0;

  beforeEach(async () => {
    gateway = await TestGateway.start();
    looks = 0;
    const { bindings } = gateway.world;
    const findAll = bindings.findAll.bind(bindings);
    bindings.findAll = (places) => {
      looks += 1;
      return findAll(places);
    };
    await declare();
  });
  afterEach(() => gateway.close());

  const declare = (body: object = {}) =>
    gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId, ...body } });
  const complete = (outcome: 'settled' | 'stalled' | 'retry') => {
    const { partnerId } = gateway.tenant;
    const status: BindingView['status'] = {
      outcome,
      message: outcome === 'settled' ? null : 'why',
      observedGeneration: gateway.world.views.get(`${partnerId}/${KEY}`)?.binding.generation ?? 0,
      attempts: 0,
      lastReconciledAt: NOW,
      nextReconcileAt: NOW,
      contest: null,
      handledToken: null,
    };
    gateway.world.declared.complete(partnerId, KEY, status, null);
    gateway.world.commit();
  };
  const see = (state: 'READY' | 'NO_BOT') => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const row = { ...unobserved(connectionId, KEY), state, observedAt: NOW, ageSeconds: 1 } as const;
    gateway.world.store(partnerId, { ...row, observation: readyObservation(KEY, agentId) });
  };
  const becomeReady = () => {
    see('READY');
    complete('settled');
  };
  /** Asks, and tells how it went once it is answered; resolves when the request waits. */
  const wait = async (url = WAIT) => {
    const state: { answer: { status: number; result: string | undefined } | null } = { answer: null };
    const asked = gateway.ask('GET', url).then(({ status, json }) => {
      const data = json.data as BindingDto | undefined;
      state.answer = { status, result: data?.wait_result };
      return state.answer;
    });
    await settled();
    return { state, asked };
  };
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await gateway.world.waitClock.settle();
  };

  it('answers at once when it is ready', async () => {
    becomeReady();
    expect(await (await wait()).asked).toEqual({ status: 200, result: 'ready' });
  });

  it.each([
    [
      'stalled',
      () => {
        complete('stalled');
      },
    ],
    ['held', () => Object.assign(gateway.world.connections[0] ?? {}, { writesHeld: 'why' })],
    [
      'disconnected',
      () => {
        const { partnerId, connectionId } = gateway.tenant;
        return gateway.world.telephony.connections.disconnect(partnerId, connectionId);
      },
    ],
    [
      'only observed and not in order',
      async () => {
        await declare({ mode: 'observe' });
        see('NO_BOT');
      },
    ],
  ] as const)('answers at once that it cannot be while it is %s', async (_, happen) => {
    await happen();
    expect(await (await wait()).asked).toEqual({ status: 200, result: 'impossible' });
  });

  it('answers when a commit has made it ready, and looks only after commits', async () => {
    const { state, asked } = await wait();
    await gateway.world.waitClock.advance(29_000);
    expect([state.answer, looks]).toEqual([null, 0]);
    complete('retry');
    await settled();
    expect([state.answer, looks]).toEqual([null, 1]);
    await gateway.world.waitClock.advance(100);
    becomeReady();
    expect(await asked).toEqual({ status: 200, result: 'ready' });
    expect(looks).toBe(2);
  });

  it('misses no commit that comes while it looks', async () => {
    const { asked } = await wait();
    complete('retry');
    becomeReady();
    await gateway.world.waitClock.advance(1_000);
    expect(await asked).toEqual({ status: 200, result: 'ready' });
  });

  it('answers with the binding as it is when the time is up', async () => {
    const { state, asked } = await wait(`${WAIT}&timeout_seconds=5`);
    await gateway.world.waitClock.advance(4_999);
    expect(state.answer).toBeNull();
    await gateway.world.waitClock.advance(1);
    expect(await asked).toEqual({ status: 200, result: 'timed_out' });
  });

  it('answers 404 as soon as it is withdrawn', async () => {
    const { asked } = await wait();
    await gateway.ask('DELETE', ONE);
    gateway.world.commit();
    expect((await asked).status).toBe(404);
  });

  it('is never 304, and refuses what it does not know', async () => {
    becomeReady();
    const answer = await gateway.ask('GET', WAIT, { headers: { 'if-none-match': '"1"' } });
    expect(answer.status).toBe(200);
    for (const query of ['wait=settled', 'wait=ready&timeout_seconds=0', 'wait=ready&timeout_seconds=121'])
      expect((await gateway.ask('GET', `${ONE}?${query}`)).status).toBe(400);
  });

  it('has room for so many requests of a partner, and then for those of another one', async () => {
    const waits = await Promise.all(Array.from({ length: MAX_PARTNER_WAITERS }, () => wait()));
    const refused = await gateway.ask('GET', WAIT);
    expect([refused.status, refused.json.error.code, refused.headers['retry-after']]).toEqual([
      429,
      'RATE_LIMITED',
      '1',
    ]);
    const stranger = gateway.world.addTenant();
    await gateway.ask('PUT', ONE, { body: { agent_id: stranger.agentId }, apiKey: stranger.apiKey });
    const other = gateway.ask('GET', `${WAIT}&timeout_seconds=1`, { apiKey: stranger.apiKey });
    await settled();
    await gateway.world.waitClock.advance(1_000);
    expect((await other).status).toBe(200);
    becomeReady();
    for (const { asked } of waits) expect((await asked).result).toBe('ready');
    expect(looks).toBe(1);
    expect((await gateway.ask('GET', WAIT)).status).toBe(200);
  });

  it('makes room when the sender hangs up', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    const room = gateway.app.get(WaitingRoom);
    const clients = await Promise.all(Array.from({ length: 3 }, () => RawClient.open(gateway)));
    for (const client of clients) await client.send(getOf(WAIT, gateway.tenant.apiKey));
    await eventually(() => room.size === 3);
    expect(room.size).toBe(3);
    for (const client of clients) client.reset();
    await eventually(() => room.size === 0);
    expect(room.size).toBe(0);
  });

  it('sends those who wait to another process when this one stops', async () => {
    const { asked } = await wait();
    const closing = gateway.close();
    expect((await asked).status).toBe(503);
    await closing;
    gateway = await TestGateway.start();
  });
});

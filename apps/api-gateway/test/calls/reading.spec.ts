import type { CallStatus } from '@dialtone/domain';
import type { TelephonyProvider } from '@dialtone/persistence';
import { useGateway } from '../gateway';

const CALLS = '/api/v2/calls';
const MISSING = 'c1234567-abcd-4234-8bcd-123456789012';

describe('calls that were started', () => {
  const gateway = useGateway();
  beforeEach(() => {
    connect('plivo');
  });

  const connect = (provider: TelephonyProvider): void => {
    const { partnerId } = gateway.tenant;
    const id = gateway.world.addConnection(partnerId, { provider, name: provider });
    gateway.world.telephony.sealed.set(id, { auth_id: 'MA', auth_token: 'canary' });
    const number = { key: '918011223344' as never, phoneNumber: '+918011223344' };
    Object.assign(gateway.world.telephony.addNumber(partnerId, id, number), { isDefault: true });
  };
  const start = async (provider = 'plivo'): Promise<string> => {
    const body = { agent_id: gateway.tenant.agentId, to_number: '+919876543210', provider };
    const answer = await gateway.ask('POST', `${CALLS}/start`, { body });
    return (answer.json.data as { readonly call_id: string }).call_id;
  };
  const hear = (id: string, status: CallStatus, more: object = {}) =>
    gateway.world.calls.noteHeard(id, { source: 'callback', status, at: Date.now(), ...more });
  const get = (id: string) => gateway.ask('GET', `${CALLS}/${id}`);
  const end = (id: string) => gateway.ask('POST', `${CALLS}/${id}/end`);
  const listed = async (query: string) => {
    const answer = await gateway.ask('GET', `${CALLS}${query}`);
    const { calls, ...page } = answer.json.data as { readonly calls: readonly { readonly call_id: string }[] };
    return { ids: calls.map(({ call_id }) => call_id), ...page };
  };

  it('are shown as they stand', async () => {
    const id = await start();
    await hear(id, 'completed', { durationSeconds: 0 });
    const answer = await get(id);
    expect([answer.status, answer.json.data]).toEqual([
      200,
      {
        call_id: id,
        session_id: expect.any(String) as string,
        status: 'completed',
        provider: 'plivo',
        connection_id: expect.any(String) as string,
        from_number: '+918011223344',
        to_number: '+919876543210',
        agent_id: gateway.tenant.agentId,
        direction: 'outbound',
        duration_seconds: 0,
        error_message: null,
        started_at: expect.any(String) as string,
        ended_at: expect.any(String) as string,
        created_at: expect.any(String) as string,
      },
    ]);
  });

  it('say why they were not completed, and what is not known of them', async () => {
    const busy = await start();
    await hear(busy, 'busy', { error: 'USER_BUSY' });
    const failure = {
      reason: 'unavailable',
      httpStatus: 500,
      code: null,
      message: 'Plivo: HTTP 500',
      retryAfterMs: null,
    };
    gateway.world.carriers.placement = {
      kind: 'unknown',
      failure: { ...failure, timedOut: false, isOwn: false } as never,
    };
    const doubtful = await start();
    const messageOf = async (id: string) => ((await get(id)).json.data as { error_message: string }).error_message;
    expect(await messageOf(busy)).toBe('USER_BUSY');
    expect(await messageOf(doubtful)).toContain('not known yet, and it may still ring (Plivo: HTTP 500)');
    gateway.world.calls.lost.add(doubtful);
    expect(await messageOf(doubtful)).toContain('It cannot be known what became of this call');
    await hear(doubtful, 'completed');
    expect(await messageOf(doubtful)).toBeNull();
  });

  it('are listed, the newest first, by what they are', async () => {
    connect('vobiz');
    const [first, second, other] = [await start(), await start(), await start('vobiz')];
    await hear(first, 'in_progress');
    expect(await listed('')).toEqual({ ids: [other, second, first], total: 3, limit: 10, offset: 0 });
    expect(await listed('?limit=1&offset=1')).toEqual({ ids: [second], total: 3, limit: 1, offset: 1 });
    for (const [query, ids] of [
      ['?status=in_progress', [first]],
      ['?status=IN_PROGRESS', [first]],
      ['?status=Pending', [other, second]],
      [`?agent_id=${gateway.tenant.agentId}`, [other, second, first]],
      [`?agent_id=${MISSING}`, []],
      [`?connection_id=${MISSING}`, []],
      ['?provider=vobiz', [other]],
      ['?provider=plivo&status=pending', [second]],
      ['?provider=sip', []],
    ] as const) {
      expect([query, (await listed(query)).ids]).toEqual([query, ids]);
    }
  });

  it.each(['?status=lost', '?limit=0', '?limit=101', '?provider=VOBIZ', '?agent_id=1', '?from_number=1', '/1'])(
    'are not asked for by %s',
    async (query) => {
      const answer = await gateway.ask('GET', `${CALLS}${query}`);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    },
  );

  it('are those of the partner alone', async () => {
    const id = await start();
    const { apiKey } = gateway.world.addTenant();
    const foreign = await gateway.ask('GET', `${CALLS}/${id}`, { apiKey });
    const missing = await gateway.ask('GET', `${CALLS}/${MISSING}`, { apiKey });
    expect([foreign.status, foreign.json]).toEqual([404, missing.json]);
    expect((await gateway.ask('POST', `${CALLS}/${id}/end`, { apiKey })).status).toBe(404);
    expect((await gateway.ask('GET', CALLS, { apiKey })).json.data).toMatchObject({ calls: [], total: 0 });
    expect(gateway.world.carriers.ended).toEqual([]);
  });

  describe('can be ended', () => {
    it('by their carrier, and are looked at soon', async () => {
      const id = await start();
      const answer = await end(id);
      expect([answer.status, answer.json.data]).toMatchObject([200, { call_id: id, status: 'pending' }]);
      expect([gateway.world.carriers.ended, gateway.world.calls.lookedFor]).toEqual([['carrier-1'], [id]]);
    });

    it('but not twice', async () => {
      const id = await start();
      await hear(id, 'completed');
      expect((await end(id)).json.data).toMatchObject({ status: 'completed' });
      expect(gateway.world.carriers.ended).toEqual([]);
    });

    it('when their carrier does not know them any more', async () => {
      const id = await start();
      gateway.world.carriers.ending = { kind: 'not_found' };
      expect((await end(id)).status).toBe(200);
    });

    it('unless their carrier cannot, which is said', async () => {
      const id = await start();
      gateway.world.carriers.ending = { kind: 'unsupported' };
      const answer = await end(id);
      expect([answer.status, answer.json.error.code]).toEqual([422, 'PROVIDER_NOT_SUPPORTED']);
      expect(answer.json.error.message).toContain('Plivo has no request that ends a call');
    });

    it('unless their carrier refuses, or has not named them yet', async () => {
      const failure = { httpStatus: 401, code: null, message: 'no', retryAfterMs: null, timedOut: false, isOwn: false };
      gateway.world.carriers.ending = { kind: 'failed', failure: { ...failure, reason: 'unauthorized' } };
      expect((await end(await start())).json.error.code).toBe('CARRIER_UNAUTHORIZED');
      gateway.world.carriers.placement = { kind: 'unknown', failure: { ...failure, reason: 'unavailable' } };
      expect((await end(await start())).json.error.code).toBe('RESOURCE_BUSY');
    });
  });
});

import { randomUUID } from 'node:crypto';
import type { DidKey } from '@dialtone/domain';
import { allRoutes } from '../../apps/api-gateway/test/routes';
import { CLIENT, DID, worldOf } from './documented-world';
import { GatewayOnSimulator, type Tenant } from './gateway-on-simulator';

const VOICELINK = '/api/v2/voicelink';
const WEBHOOKS = '/api/v2/webhooks';
/** Nothing listens there. */
const RECEIVER = 'https://127.0.0.1:1/hook';
const NUMBER = `+${DID.number}`;
const KEY = DID.number as DidKey;
const HOUR_MS = 3_600_000;

interface Asked {
  readonly url: string;
  readonly body?: object;
}

type Given = (name: string) => Asked | Promise<Asked>;

/**
 * What a repetition gets when its first try ended between commit and answer. `same`: what the first would have answered, and nothing is done
 * twice. `unknown`: 409, and nothing is sent again: what VoiceLink, a carrier or a receiver has made of it cannot be read from our rows, or
 * the answer had a secret that is not kept. `anew`: it is
 * done on what there is now, which leaves nothing to write: the answer says what it found.
 */
type Repeated = 'same' | 'unknown' | 'anew';

/** Is not asked here: only carriers other than VoiceLink end calls. It commits before it is sent, as those that are `unknown` do. */
const NOT_ASKED = ['POST /api/v2/calls/:id/end'];

describe('a repeated request whose first try ended between commit and answer', () => {
  let gateway: GatewayOnSimulator;
  let tenant: Tenant;
  beforeAll(async () => {
    gateway = await GatewayOnSimulator.start({ RATE_LIMIT_DECLARATIONS_PER_MINUTE: '0' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.simulator.simulator.reset({});
    gateway.simulator.simulator.world = worldOf({});
    await gateway.source.query(`update connections set status = 'DISCONNECTED', is_default = false`);
    tenant = await gateway.addTenant(randomUUID());
  });

  const send = async (method: string, { url, body }: Asked, key: string = randomUUID()) => {
    const {
      statusCode,
      body: text,
      headers,
    } = await gateway.app.inject({
      method: method as 'POST',
      url,
      headers: {
        authorization: `Bearer ${tenant.apiKey}`,
        'idempotency-key': key,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    return {
      told: [statusCode, text, headers.etag, headers.location] as const,
      replayed: headers['idempotency-replayed'],
    };
  };
  const dataOf = ({ told }: Awaited<ReturnType<typeof send>>): Readonly<Record<string, unknown>> => {
    expect(told[0]).toBeLessThan(300);
    return (JSON.parse(told[1]) as { data: Readonly<Record<string, unknown>> }).data;
  };
  const declared = async (): Promise<void> => {
    dataOf(await send('PUT', { url: `${VOICELINK}/bindings/${KEY}`, body: { agent_id: tenant.agentId } }));
  };
  const inInventory = async (): Promise<string> => {
    const { partnerId, connectionId, agentId } = tenant;
    const number = { partnerId, connectionId, key: KEY, agentId };
    const row = await gateway.stores.phoneNumbers.import({ ...number, friendlyName: NUMBER });
    await gateway.stores.phoneNumbers.assignAgent(number);
    return row?.id ?? '';
  };
  const paused = async (): Promise<unknown> =>
    dataOf(await send('POST', { url: `${VOICELINK}/pauses`, body: pauseBody() }))['pause_id'];
  const pauseBody = () => ({ reason: 'Moving', until: new Date(Date.now() + HOUR_MS).toISOString() });
  const aWebhook = async (): Promise<string> =>
    `${WEBHOOKS}/${String(dataOf(await send('POST', { url: WEBHOOKS, body: { url: RECEIVER } }))['id'])}`;
  const vobiz = { auth_id: 'MA1', auth_token: 'token', from_number: '+917012345678' };
  /** Rows of what is done: events, history, and changes at VoiceLink. */
  const doneSoFar = async (): Promise<unknown> => [
    await gateway.source
      .query(`select (select count(*) from event_log) as events, (select count(*) from history) as history,
      (select count(*) from agents) as agents, (select count(*) from connections) as connections,
      (select count(*) from pauses) as pauses, (select count(*) from calls) as calls,
      (select coalesce(sum(trigger_seq), 0) from bindings) as triggers`),
    gateway.simulator.simulator.journal.entries.length,
  ];

  const ROUTES: readonly (readonly [route: string, repeated: Repeated, given: Given])[] = [
    ['POST /api/v2/agent', 'same', (name) => ({ url: '/api/v2/agent', body: { agent_name: name } })],
    ['DELETE /api/v2/agent/:id', 'same', () => ({ url: `/api/v2/agent/${tenant.agentId}` })],
    [
      'POST /api/v2/telephony/connections',
      'same',
      (name) => ({
        url: '/api/v2/telephony/connections',
        body: { provider: 'vobiz', name, ...vobiz },
      }),
    ],
    [
      'PATCH /api/v2/telephony/connections/:connection_id',
      'same',
      (name) => ({ url: `/api/v2/telephony/connections/${tenant.connectionId}`, body: { name } }),
    ],
    [
      'DELETE /api/v2/telephony/connections/:connection_id',
      'same',
      () => ({ url: `/api/v2/telephony/connections/${tenant.connectionId}` }),
    ],
    ['PUT /api/v2/config/telephony/:provider', 'same', () => ({ url: '/api/v2/config/telephony/vobiz', body: vobiz })],
    [
      'POST /api/v2/phone-numbers/sync',
      'same',
      async (name) => {
        const body = { provider: 'vobiz', name, ...vobiz };
        await send('POST', { url: '/api/v2/telephony/connections', body });
        return {
          url: '/api/v2/phone-numbers/sync',
          body: { provider: 'vobiz', numbers: ['+917012345600', '+917012345601'] },
        };
      },
    ],
    [
      'PUT /api/v2/phone-numbers/:id',
      'same',
      async (name) => ({ url: `/api/v2/phone-numbers/${await inInventory()}`, body: { friendly_name: name } }),
    ],
    [
      'POST /api/v2/voicelink/connections/:connection_id/acknowledge-hold',
      'same',
      async () => {
        await gateway.stores.voiceLinkConnections.holdWrites(tenant.connectionId, 'too much broke');
        return { url: `${VOICELINK}/connections/${tenant.connectionId}/acknowledge-hold` };
      },
    ],
    ['POST /api/v2/voicelink/pauses', 'same', () => ({ url: `${VOICELINK}/pauses`, body: pauseBody() })],
    [
      'DELETE /api/v2/voicelink/pauses/:pause_id',
      'same',
      async () => ({ url: `${VOICELINK}/pauses/${String(await paused())}` }),
    ],
    [
      'PUT /api/v2/voicelink/steering',
      'same',
      () => ({ url: `${VOICELINK}/steering`, body: { connection_id: tenant.connectionId, mode: 'observe' } }),
    ],
    [
      'PUT /api/v2/voicelink/bindings/:key',
      'same',
      () => ({ url: `${VOICELINK}/bindings/${KEY}`, body: { agent_id: tenant.agentId } }),
    ],
    [
      'DELETE /api/v2/voicelink/bindings/:key',
      'same',
      async () => {
        await declared();
        return { url: `${VOICELINK}/bindings/${KEY}` };
      },
    ],
    [
      'POST /api/v2/voicelink/bindings/:key/reconcile',
      'same',
      async (name) => {
        await declared();
        return { url: `${VOICELINK}/bindings/${KEY}/reconcile`, body: { token: name } };
      },
    ],
    [
      'POST /api/v2/voicelink/bindings::batch',
      'same',
      () => ({ url: `${VOICELINK}/bindings:batch`, body: { items: [{ number: NUMBER, agent_id: tenant.agentId }] } }),
    ],
    [
      'POST /api/v2/voicelink/bindings::delete',
      'same',
      async () => {
        await declared();
        return { url: `${VOICELINK}/bindings:delete`, body: { numbers: [NUMBER] } };
      },
    ],
    ['POST /api/v2/webhooks', 'unknown', () => ({ url: WEBHOOKS, body: { url: RECEIVER } })],
    [
      'PATCH /api/v2/webhooks/:webhook_id',
      'anew',
      async (description) => ({ url: await aWebhook(), body: { description } }),
    ],
    ['DELETE /api/v2/webhooks/:webhook_id', 'same', async () => ({ url: await aWebhook() })],
    [
      'POST /api/v2/webhooks/:webhook_id/rotate-secret',
      'unknown',
      async () => ({ url: `${await aWebhook()}/rotate-secret`, body: {} }),
    ],
    [
      'POST /api/v2/webhooks/:webhook_id/replay',
      'anew',
      async () => ({ url: `${await aWebhook()}/replay`, body: { cursor: 'latest' } }),
    ],
    ['POST /api/v2/webhooks/:webhook_id/test', 'unknown', async () => ({ url: `${await aWebhook()}/test` })],
    ['POST /api/v2/voicelink/sync', 'anew', () => ({ url: `${VOICELINK}/sync`, body: {} })],
    [
      'POST /api/v2/voicelink/call-ready',
      'anew',
      () => {
        gateway.simulator.simulator.world = worldOf({ routings: [] });
        return { url: `${VOICELINK}/call-ready`, body: { did_number: NUMBER, agent_id: tenant.agentId } };
      },
    ],
    [
      'POST /api/v2/calls/start',
      'unknown',
      async () => {
        await inInventory();
        const body = { agent_id: tenant.agentId, to_number: '+919876543210', provider: 'voicelink' };
        return { url: '/api/v2/calls/start', body };
      },
    ],
    [
      'POST /api/v2/voicelink/bots',
      'unknown',
      (name) => ({ url: `${VOICELINK}/bots`, body: { client_id: CLIENT.id, bot_name: name } }),
    ],
    [
      'POST /api/v2/voicelink/bots/:bot_id',
      'unknown',
      () => ({ url: `${VOICELINK}/bots/93`, body: { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 } }),
    ],
    [
      'POST /api/v2/voicelink/call-routing',
      'unknown',
      () => {
        gateway.simulator.simulator.world = worldOf({ routings: [] });
        return {
          url: `${VOICELINK}/call-routing`,
          body: { did_number: NUMBER, for_inbound_call: 1, for_outbound_call: 4 },
        };
      },
    ],
    [
      'POST /api/v2/voicelink/call-routing/:routing_id',
      'unknown',
      () => ({ url: `${VOICELINK}/call-routing/120`, body: { for_inbound_call: 1, for_outbound_call: 4, status: 1 } }),
    ],
    [
      'POST /api/v2/voicelink/dids/map',
      'unknown',
      () => ({ url: `${VOICELINK}/dids/map`, body: { did_id: DID.id, client_id: CLIENT.id, call_recording: 0 } }),
    ],
    [
      'POST /api/v2/voicelink/clients',
      'unknown',
      () => ({
        url: `${VOICELINK}/clients`,
        body: {
          ...{ username: 'nila', password: 'Secret-123', email: 'nila@example.com' },
          ...{ first_name: 'Nila', last_name: 'Traders', channel_count: 3 },
        },
      }),
    ],
    [
      'POST /api/v2/voicelink/clients/:client_id',
      'unknown',
      () => ({ url: `${VOICELINK}/clients/${String(CLIENT.id)}`, body: { channel_count: 4 } }),
    ],
  ];

  it('is asked of every route that changes something', () => {
    const mutating = allRoutes(gateway.app).filter(
      ({ method, path, policy }) => method !== 'GET' && policy?.kind !== 'public' && !path.endsWith('::plan'),
    );
    expect([...ROUTES.map(([route]) => route), ...NOT_ASKED].sort()).toEqual(
      mutating.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it.each(ROUTES)('%s is answered: %s', async (route, repeated, given) => {
    const [method = ''] = route.split(' ');
    const asked = await given(randomUUID());
    const key = randomUUID();
    const first = await send(method, asked, key);
    dataOf(first);
    const before = await doneSoFar();
    await gateway.source.query(
      `update idempotency_keys set status = null, headers = null, body = null, running_until = now() where key = $1`,
      [key],
    );
    const again = await send(method, asked, key);
    expect(await doneSoFar()).toEqual(before);
    if (repeated === 'same') expect(again).toEqual({ told: first.told, replayed: undefined });
    else if (repeated === 'anew') expect(again.told[0]).toBe(first.told[0]);
    else expect([again.told[0], again.told[1]]).toEqual([409, expect.stringContaining('IDEMPOTENCY_OUTCOME_UNKNOWN')]);
  });
});

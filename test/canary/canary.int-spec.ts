import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import type { AgentId, ConnectionId, PartnerId } from '@dialtone/domain';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { callbackUrlsOf } from '../../apps/api-gateway/src/callbacks/callback-paths';
import { PROVIDER_EXAMPLES } from '../../apps/api-gateway/src/telephony/examples';
import { PROVIDERS } from '../../apps/api-gateway/src/telephony/providers';
import { Canaries } from './canaries';
import { CanarySystem, PUBLIC_BASE_URL } from './canary-system';

const CONNECTIONS = '/api/v2/telephony/connections';
const ROOT = '/api/v2/voicelink';
const SECONDS = 1000;

const canaries = new Canaries();
const system = new CanarySystem();
const reseller = { username: canaries.make('VoiceLink username'), password: canaries.make('VoiceLink password') };
const message = `Refused: ${reseller.username} / ${reseller.password}`;
let apiKey: string;
let partnerId: PartnerId;

const newPartner = async (name: string): Promise<string> => {
  const partner = await system.stores.partners.create(name);
  partnerId = partner.id;
  const issued = await system.stores.apiKeys.issue(partner.id, 'canary');
  canaries.add(`API key of ${name}`, issued.apiKey);
  canaries.add(`secret of the API key of ${name}`, issued.apiKey.split('_').slice(3).join('_'));
  return issued.apiKey;
};

/** The provider's example with a canary in every field that is part of a login, and in its other names too. */
const withCanaries = (provider: TelephonyProvider, occasion: string): Record<string, unknown> => {
  const secret = PROVIDERS[provider].fields.filter(({ kind }) => kind !== 'setting').map(({ name }) => name);
  const put = (name: string): string => {
    const canary = canaries.make(`${name} of ${provider}, ${occasion}`);
    return name.includes('email') ? `${canary}@example.com` : canary;
  };
  const login = Object.fromEntries(secret.map((name) => [name, put(name)]));
  const own = provider === 'voicelink' ? reseller : {};
  return { ...PROVIDER_EXAMPLES[provider], ...login, ...own };
};

/** A call that its carrier was asked for. */
const newCall = async (
  connectionId: ConnectionId,
  agentId: AgentId,
): Promise<{ readonly callId: string; readonly token: string }> => {
  const order = { partnerId, connectionId, agentId, toNumber: '+919876543210', apiKeyId: 'canary' };
  const recorded = await system.stores.calls.record(order);
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
  return { callId: recorded.call.id, token: recorded.callbackToken };
};

interface Sent {
  readonly token: string;
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
}

/** As the carrier signs, after its documents. */
const signaturesOf = (provider: CarrierName, { token, url, form }: Sent): Readonly<Record<string, string>> => {
  const fields = Object.entries(form)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => name + value)
    .join('');
  const [base = '', query = ''] = url.split('?');
  const sign = (algorithm: string, text: string) => createHmac(algorithm, token).update(text).digest('base64');
  if (provider === 'twilio') return { 'x-twilio-signature': sign('sha1', url + fields) };
  const text = provider === 'vobiz' ? base : `${base}?${query}${fields === '' ? '' : `.${fields}`}`;
  const name = `x-${provider}-signature-v3`;
  return { [name]: sign('sha256', `${text}.1`), [`${name}-nonce`]: '1' };
};

const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown) =>
  system.ask(apiKey, method, url, body);

const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 90 * SECONDS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Not in time: ${what}.`);
    await delay(100);
  }
};

const everything = async (): Promise<readonly string[]> => [
  ...system.log,
  ...system.answers,
  ...(await system.metrics()),
  ...[...(await system.rows()).values()].flat(),
];

/** VoiceLink fails in different ways, and quotes the request each time. */
const quote = (endpoint: string, said: string): void => {
  const { faults } = system.simulator.simulator;
  faults.add({ endpoint, kind: 'status_false', message: said, times: 1 });
  faults.add({ endpoint, kind: 'status', status: 422, message: said, times: 1 });
  faults.add({ endpoint, kind: 'status', status: 500, message: said, times: 1 });
};

/** Quotes what the connection holds in every field that tells how a call goes, unsigned and signed. */
const quoteInCallbacks = async (provider: CarrierName, agentId: AgentId): Promise<void> => {
  const login = withCanaries(provider, 'called back');
  const created = await ask('POST', CONNECTIONS, { provider, name: `${provider} calls back`, ...login });
  expect([provider, created.status]).toEqual([provider, 201]);
  const { connection } = created.json.data as { connection: { id: ConnectionId } };
  const call = await newCall(connection.id, agentId);
  canaries.add(`callback token of ${provider}`, call.token);
  const { answerUrl, statusUrl } = callbackUrlsOf(PUBLIC_BASE_URL, { provider, ...call });
  const token = String(login['auth_token']);
  const quoted = [...Object.values(login), statusUrl].join(' / ');
  const ends = {
    CallStatus: 'failed',
    Status: 'failed',
    call_status: 'failed',
    dialStatus: quoted,
    hangup_cause: quoted,
  };
  const form = {
    ...ends,
    ErrorMessage: quoted,
    HangupCause: quoted,
    sip_status: quoted,
    CallSid: token,
    other: quoted,
  };
  for (const [url, signed] of [
    [statusUrl, false],
    [answerUrl, true],
    [statusUrl, true],
    [answerUrl, true],
  ] as const) {
    const sent = url === answerUrl ? {} : form;
    const headers = signed ? signaturesOf(provider, { token, url, form: sent }) : {};
    const isRefused = !signed && ['twilio', 'plivo', 'vobiz'].includes(provider);
    expect([provider, await system.callBack(url, sent, headers)]).toEqual([provider, isRefused ? 403 : 200]);
  }
};

/** Its answer has the secret, and nothing else may. */
const addWebhook = async (): Promise<string> => {
  const url = `https://127.0.0.1:9/in?token=${canaries.make('token in the URL of a webhook')}`;
  // Its messages go out one after another: what else the sweep tells would go before the one that is looked for, and fail first.
  const type = 'dialtone.binding.declared.v1';
  const { json } = await ask('POST', '/api/v2/webhooks', { url, type });
  const { id, secret } = json.data as { id: string; secret: string };
  system.answers.pop();
  canaries.add('secret of a webhook', secret.slice(6, 30));
  await ask('POST', `/api/v2/webhooks/${id}/test`);
  return `/api/v2/webhooks/${id}`;
};

beforeAll(async () => {
  await system.start(reseller);
  apiKey = await newPartner('Partner');
}, 60 * SECONDS);
afterAll(() => system.stop());

describe('a secret in any credential field', () => {
  it('is found where it is, in any of the usual encodings', async () => {
    const planted = new Canaries();
    const value = planted.make('planted');
    const bytes = Buffer.from(value);
    const forms = [
      value,
      bytes.toString('hex'),
      ...[0, 1, 2].map((n) => Buffer.from(`${'x'.repeat(n)}${value}y`).toString('base64')),
    ];
    for (const form of forms) expect(planted.foundIn(['nothing', `a ${form} b`])).toHaveLength(1);
    expect(planted.foundIn(['canary0123456789abcdef', value.slice(1)])).toEqual([]);
    await system.stores.partners.create(value);
    expect(planted.foundIn(await everything())).toHaveLength(1);
  });

  it('is stored for every provider, and is given and asked for in wrong ways', async () => {
    for (const provider of TELEPHONY_PROVIDERS) {
      const created = await ask('POST', CONNECTIONS, {
        provider,
        name: provider,
        ...withCanaries(provider, 'created'),
      });
      expect([provider, created.status]).toEqual([provider, 201]);
      const configured = await ask('PUT', `/api/v2/config/telephony/${provider}`, withCanaries(provider, 'configured'));
      expect([provider, configured.status]).toEqual([provider, 200]);
      const refused = [
        await ask('POST', CONNECTIONS, { provider, name: '', ...withCanaries(provider, 'without a name') }),
        await ask('POST', CONNECTIONS, { provider, name: 'x', extra: 1, ...withCanaries(provider, 'with a stranger') }),
        await ask('POST', CONNECTIONS, { provider: 'other', name: 'x', ...withCanaries(provider, 'of another') }),
        await ask('POST', CONNECTIONS, [withCanaries(provider, 'in a list')]),
        await ask('POST', '/api/v2/agent', withCanaries(provider, 'in the wrong place')),
        await ask('PUT', '/api/v2/config/telephony/other', withCanaries(provider, 'configured for nobody')),
      ];
      expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
    }
    const wrong = { username: canaries.make('wrong username'), password: canaries.make('wrong password') };
    const refused = await ask('POST', CONNECTIONS, { provider: 'voicelink', name: 'x', ...wrong });
    expect(refused.json.error?.code).toBe('CREDENTIALS_REFUSED');
    const unknownKey = `rg_live_${canaries.make('unknown API key')}`;
    expect((await system.ask(unknownKey, 'GET', CONNECTIONS)).status).toBe(401);
    expect((await ask('GET', `${CONNECTIONS}?api_key=${apiKey}`)).status).toBe(400);
    expect((await ask('DELETE', `${CONNECTIONS}/${apiKey}`)).status).toBe(400);
  });

  it('is quoted by VoiceLink to the gateway, which logs in, passes on, creates and synchronises', async () => {
    const password = canaries.make('password of a client');
    const client = {
      first_name: 'Asha',
      last_name: 'Rao',
      username: 'asha.rao',
      email: 'asha.rao@example.com',
      password,
      channel_count: 1,
    };

    const connections = (await ask('GET', `${CONNECTIONS}?provider=voicelink`)).json.data['connections'];
    const [{ id } = { id: '' }] = connections as { id: string }[];
    const list = (name: string) => ask('GET', `${ROOT}/${name}?connection_id=${id}`);
    quote('login', message);
    system.simulator.simulator.sessions.revokeAll();
    await eventually('VoiceLink lets us in again', async () => (await list('clients')).status === 200);
    quote('clients.create', `${message} / ${password}`);
    for (const endpoint of ['clients.list', 'routing.list']) quote(endpoint, message);
    const statuses = [];
    for (const n of [1, 2, 3, 4]) {
      const body = { ...client, username: `asha.rao.${String(n)}`, connection_id: id };
      statuses.push((await ask('POST', `${ROOT}/clients`, body)).status);
    }
    expect(statuses.at(-1)).toBe(201);
    expect(statuses.slice(0, -1)).not.toContain(201);
    for (let n = 0; n < 4; n += 1) await ask('POST', `${ROOT}/sync`, { connection_id: id });
    for (const name of ['clients', 'bots', 'call-routing', 'dids/purchased']) await list(name);
  });

  it('is used and quoted in the reconciler, which sweeps and repairs until everything is ready', async () => {
    apiKey = await newPartner('Declaring partner');
    const webhook = await addWebhook();
    const created = await ask('POST', CONNECTIONS, { provider: 'voicelink', name: 'VoiceLink', ...reseller });
    expect(created.status).toBe(201);
    const agent = await ask('POST', '/api/v2/agent', { agent_name: 'Sales' });
    for (const endpoint of ['dids.purchased', 'bots.create', 'routing.create', 'login']) quote(endpoint, message);
    const { world } = system.simulator.simulator;
    const did = world.dids.find(({ clientId, isExpired }) => clientId === null && !isExpired);
    const client = world.clients.rows[0]?.id;
    const url = `${ROOT}/bindings/${did?.number ?? ''}`;
    const agentId = (agent.json.data['id'] ?? (agent.json.data['agent'] as { id: string } | undefined)?.id) as string;
    expect((await ask('PUT', url, { agent_id: agentId, client_id: client })).status).toBe(201);
    await eventually('the number is ready', async () => {
      const { data } = (await ask('GET', url)).json;
      // A refusal is final until the next request.
      if ((data['status'] as { outcome: string }).outcome === 'stalled') await ask('POST', `${url}/reconcile`);
      return (data['readiness'] as { state: string }).state === 'READY';
    });
    for (const list of ['bindings', 'readiness', 'drift']) await ask('GET', `${ROOT}/${list}`);
    const call = { agent_id: agentId, to_number: '+919876543210', provider: 'voicelink' };
    // A refusal that no request has met yet may be left.
    await eventually('the call starts', async () => (await ask('POST', '/api/v2/calls/start', call)).status < 300);
    for (const type of ['webhook.test', 'binding.declared']) {
      const isTold = RegExp(`dialtone.${type}.v1.*ADDRESS_REFUSED`);
      const tried = async () => isTold.test((await ask('GET', `${webhook}/deliveries`)).text);
      await eventually(`the delivery log tells of ${type}`, tried);
    }
    const { connection } = created.json.data as { connection: { id: string } };
    expect((await ask('DELETE', `${CONNECTIONS}/${connection.id}`)).status).toBe(200);
  });

  it('is used and quoted by carriers that call back', async () => {
    const agent = await ask('POST', '/api/v2/agent', { agent_name: 'Callbacks' });
    const agentId = (agent.json.data['id'] ?? (agent.json.data['agent'] as { id: string } | undefined)?.id) as AgentId;
    for (const provider of CARRIER_NAMES) await quoteInCallbacks(provider, agentId);
    expect(system.answers.filter((text) => text.includes('<Stream ')).length).toBeGreaterThanOrEqual(3);
    const told = (await system.rows()).get('calls')?.filter((row) => row.includes('failed')) ?? [];
    expect(told.length).toBeGreaterThanOrEqual(CARRIER_NAMES.length - 1);
  });

  it('never appears in logs, answers, metrics, events, or any column of the database', async () => {
    const tables = await system.rows();
    for (const table of ['connections', 'event_log', 'upstream_writes', 'api_keys', 'idempotency_keys'])
      expect([table, (tables.get(table) ?? []).length > 0]).toEqual([table, true]);
    expect(system.log.filter((line) => line.includes('"app":"reconciler"')).length).toBeGreaterThan(0);
    expect(system.log.filter((line) => line.includes('"app":"api-gateway"')).length).toBeGreaterThan(50);
    expect(canaries.foundIn(await everything())).toEqual([]);
  });
});

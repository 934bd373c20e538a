import { randomUUID } from 'node:crypto';
import { EVENT_EXAMPLES } from '@dialtone/contracts';
import type { NewWebhookDto, WebhookAttemptsDto, WebhookDto, WebhooksPageDto } from '../src/webhooks/webhook.dto';
import { useGateway } from './gateway';

const PATH = '/api/v2/webhooks';
const TOKEN = 'Zm9vYmFyMTIz45';
const URL = `https://hooks.example.com/in?token=${TOKEN}`;
const TYPE = 'dialtone.warning.raised.v1';

describe('webhooks', () => {
  const gateway = useGateway();
  const created = async (body: object = {}, key?: string): Promise<NewWebhookDto> => {
    const headers = key === undefined ? {} : { headers: { 'idempotency-key': key } };
    const answer = await gateway.ask('POST', PATH, { body: { url: URL, ...body }, ...headers });
    expect(answer.status).toBe(201);
    return answer.json.data;
  };
  const log = (count: number): void => {
    const { partnerId, connectionId } = gateway.tenant;
    for (let nth = 0; nth < count; nth += 1) {
      gateway.world.tables.log.append({
        ...{ event_id: randomUUID(), type: TYPE, connection_id: connectionId, key: null, seq: null },
        data: { ...EVENT_EXAMPLES[TYPE], partner_id: partnerId, connection_id: connectionId },
      });
    }
  };

  it('are created with a secret that is shown once, and without the token of their URL', async () => {
    const choice = {
      ...{ description: 'Desk', type: `${TYPE},dialtone.drift.detected.v1`, number: '+918011223344' },
      ...{ labels: 'team=sales', agent_id: gateway.tenant.agentId, connection_id: gateway.tenant.connectionId },
    };
    const { secret, ...webhook } = await created(choice);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({ ...choice, url: 'https://hooks.example.com/in?token=***', state: 'active' });
    const shown = await gateway.ask('GET', `${PATH}/${webhook.id}`);
    expect(shown.json.data).toEqual(webhook);
    const { webhooks } = (await gateway.ask('GET', PATH)).json.data as WebhooksPageDto;
    expect(webhooks).toEqual([webhook]);
  });

  it('answer a repeated creation with the same secret', async () => {
    const [first, again] = [await created({}, 'key'), await created({}, 'key')];
    expect(again).toEqual(first);
    expect(((await gateway.ask('GET', PATH)).json.data as WebhooksPageDto).webhooks).toHaveLength(1);
  });

  it.each([
    [{ url: 'http://hooks.example.com/a' }, 'url must begin with https://.'],
    [{ url: 'https://user:pass@hooks.example.com/' }, /^url must be an https:\/\/ URL with a host/],
    [{ url: 'hooks.example.com' }, /^url must be an https:\/\/ URL with a host/],
    [{ url: 'https://hooks.example.com/?token=***' }, /^url must be whole/],
    [{ type: 'dialtone.unknown.v1' }, /^type must be one of/],
    [{ number: 'abc' }, /^number must be/],
    [{ labels: '=' }, /^labels must be/],
    [{ secret: 'whsec_MQ==' }, /secret/],
  ])('refuse %j', async (body, message) => {
    const answer = await gateway.ask('POST', PATH, { body: { url: URL, ...body } });
    expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.json.error.message).toMatch(message);
  });

  it.each(['connection', 'agent'])('refuse one of which there is no %s', async (what) => {
    const answer = await gateway.ask('POST', PATH, { body: { url: URL, [`${what}_id`]: randomUUID() } });
    expect([answer.status, answer.json.error.code]).toEqual([404, `${what.toUpperCase()}_NOT_FOUND`]);
  });

  it('change what is given, remove what is null, and keep a URL that comes as it was shown', async () => {
    const { id, url } = await created({ type: TYPE, number: '918011223344' });
    const change = (body: object) => gateway.ask('PATCH', `${PATH}/${id}`, { body });
    expect((await change({ url, type: null, state: 'disabled' })).json.data).toMatchObject({
      ...{ url, type: null, number: '+918011223344', state: 'disabled', state_reason: 'requested' },
    });
    await gateway.ask('POST', `${PATH}/${id}/test`, { body: {} });
    expect(gateway.world.receivers.messages[0]?.target.url).toBe(URL);
    expect((await change({ state: 'active' })).json.data).toMatchObject({ state: 'active', state_reason: null });
    expect((await change({ url: 'http://hooks.example.com/' })).status).toBe(400);
  });

  it('rotate their secret with an overlap', async () => {
    const { id, secret } = await created();
    const rotated: NewWebhookDto = (await gateway.ask('POST', `${PATH}/${id}/rotate-secret`, { body: {} })).json.data;
    expect(rotated.secret).not.toBe(secret);
    expect(Date.parse(rotated.previous_secret_until ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await gateway.ask('POST', `${PATH}/${id}/test`, { body: {} });
    expect(gateway.world.receivers.messages[0]?.target.secrets).toEqual([rotated.secret, secret]);
  });

  it('send a test message, and tell and note what came of it', async () => {
    const { id } = await created();
    gateway.world.receivers.answer = {
      kind: 'answer',
      status: 500,
      retryAfterMs: null,
      response: 'no',
      latencyMs: 12.4,
    };
    const answer = await gateway.ask('POST', `${PATH}/${id}/test`, { body: {} });
    expect(answer.json.data).toMatchObject({
      outcome: 'failed',
      status: 500,
      response: 'no',
      latency_ms: 12,
      attempt: 1,
    });
    gateway.world.receivers.answer = { kind: 'no_answer', reason: 'time-out', latencyMs: 15_000 };
    await gateway.ask('POST', `${PATH}/${id}/test`, { body: {} });
    const { deliveries }: WebhookAttemptsDto = (await gateway.ask('GET', `${PATH}/${id}/deliveries`)).json.data;
    expect(deliveries.map(({ status, error }) => [status, error])).toEqual([
      [null, 'time-out'],
      [500, null],
    ]);
    const [message] = gateway.world.receivers.messages.map(({ message: { body } }) => JSON.parse(body) as object);
    expect(message).toMatchObject({
      ...{ type: 'dialtone.webhook.test.v1', id: deliveries[1]?.event_id, source: `/dialtone/webhooks/${id}` },
      data: { webhook_id: id, partner_id: gateway.tenant.partnerId },
    });
  });

  it('go back to a cursor or a time, and no further than what is kept', async () => {
    log(4);
    const { id, cursor } = await created();
    const replay = (body: object) => gateway.ask('POST', `${PATH}/${id}/replay`, { body });
    const at = async (body: object): Promise<WebhookDto> => (await replay(body)).json.data;
    const first = (await gateway.ask('GET', '/api/v2/voicelink/events?limit=1')).json.data as { next_cursor: string };
    expect((await at({ cursor: first.next_cursor })).cursor).toBe(first.next_cursor);
    expect((await at({ cursor: 'latest' })).cursor).toBe(cursor);
    expect((await at({ since: '2000-01-01T00:00:00Z' })).cursor).not.toBe(cursor);
    for (const body of [{}, { cursor, since: '2000-01-01T00:00:00Z' }]) expect((await replay(body)).status).toBe(400);
    gateway.world.tables.log.pruneOldest(2);
    const expired = await replay({ cursor: first.next_cursor });
    expect([expired.status, expired.json.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
  });

  it('say that they cannot be opened, and refuse what would need it', async () => {
    const { id } = await created();
    gateway.world.webhooks.loseKey();
    const shown = await gateway.ask('GET', `${PATH}/${id}`);
    expect(shown.json.data).toMatchObject({ url: null, state: 'active', state_reason: 'unreadable' });
    const refused = [
      gateway.ask('PATCH', `${PATH}/${id}`, { body: { url: URL } }),
      ...['test', 'rotate-secret'].map((what) => gateway.ask('POST', `${PATH}/${id}/${what}`, { body: {} })),
    ];
    for (const answer of await Promise.all(refused))
      expect([answer.status, answer.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    const disabled = await gateway.ask('PATCH', `${PATH}/${id}`, { body: { state: 'disabled' } });
    expect(disabled.json.data).toMatchObject({ url: null, state: 'disabled', state_reason: 'requested' });
  });

  it('are gone when they are deleted', async () => {
    const { id } = await created();
    expect((await gateway.ask('DELETE', `${PATH}/${id}`)).json.data).toEqual({ id, deleted: true });
    const asked = [
      gateway.ask('GET', `${PATH}/${id}`),
      gateway.ask('PATCH', `${PATH}/${id}`, { body: {} }),
      gateway.ask('DELETE', `${PATH}/${id}`),
      gateway.ask('GET', `${PATH}/${id}/deliveries`),
      ...['test', 'rotate-secret'].map((what) => gateway.ask('POST', `${PATH}/${id}/${what}`, { body: {} })),
      gateway.ask('POST', `${PATH}/${id}/replay`, { body: { cursor: 'latest' } }),
    ];
    for (const answer of await Promise.all(asked))
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
  });
});

import type { BindingDto } from '../src/bindings/bindings.dto';
import { useGateway } from './gateway';
import { KEY } from './observations';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;

describe('moving a binding to another connection', () => {
  const gateway = useGateway();

  const declare = (body: object, headers: Readonly<Record<string, string>> = {}) =>
    gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId, ...body }, headers });
  const disconnect = () => gateway.ask('DELETE', `/api/v2/telephony/connections/${gateway.tenant.connectionId}`);

  it('is refused while the old one is active, and one request when it is disconnected', async () => {
    const second = gateway.world.addConnection(gateway.tenant.partnerId);
    await declare({ connection_id: gateway.tenant.connectionId });
    const refused = await declare({ connection_id: second });
    expect([refused.status, refused.json.error.code]).toEqual([409, 'CONNECTION_CONFLICT']);
    expect((await disconnect()).status).toBe(200);
    const moved = await declare({ connection_id: second });
    expect([moved.status, moved.headers['etag'], moved.headers['location']]).toEqual([200, '"2"', undefined]);
    expect(moved.json.data as BindingDto).toMatchObject({
      connection_id: second,
      generation: 2,
      status: { outcome: 'pending' },
      readiness: { state: 'UNKNOWN', observed_at: null, stale: false },
    });
    expect((await declare({ connection_id: second })).headers['etag']).toBe('"2"');
  });

  it('is not refused again under the key of the refusal, once its remedy was taken', async () => {
    const second = gateway.world.addConnection(gateway.tenant.partnerId);
    await declare({ connection_id: gateway.tenant.connectionId });
    const move = () => declare({ connection_id: second }, { 'idempotency-key': 'move-1' });
    expect((await move()).status).toBe(409);
    await disconnect();
    expect((await move()).status).toBe(200);
  });

  it('needs no connection_id when one active connection is left', async () => {
    await declare({});
    await disconnect();
    const second = gateway.world.addConnection(gateway.tenant.partnerId);
    const moved = await declare({});
    expect([moved.status, (moved.json.data as BindingDto).connection_id]).toEqual([200, second]);
  });

  it('keeps to If-Match', async () => {
    await declare({});
    await disconnect();
    gateway.world.addConnection(gateway.tenant.partnerId);
    expect((await declare({}, { 'if-match': '"7"' })).status).toBe(412);
    expect((await declare({}, { 'if-match': '"1"' })).status).toBe(200);
  });
});

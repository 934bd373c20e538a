import { randomUUID } from 'node:crypto';
import { TestGateway } from './gateway';

describe('acknowledging a hold', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const acknowledge = (id: string) => gateway.ask('POST', `/api/v2/voicelink/connections/${id}/acknowledge-hold`);

  it('lets the connection write again; repeated, it changes nothing', async () => {
    const held = gateway.world.addConnection(gateway.tenant.partnerId, { writesHeld: 'too many vanished' });
    const first = await acknowledge(held);
    expect(first.status).toBe(200);
    expect(first.json).toEqual({ success: true, data: { connection_id: held, acknowledged: true } });
    expect((await acknowledge(held)).json.data).toEqual({ connection_id: held, acknowledged: false });
  });

  it('knows nothing of foreign connections', async () => {
    const stranger = gateway.world.addTenant();
    const foreign = gateway.world.addConnection(stranger.partnerId, { writesHeld: 'theirs' });
    const answer = await acknowledge(foreign);
    expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
    expect(answer.text).toBe((await acknowledge(randomUUID())).text);
    expect(gateway.world.connections.at(-1)?.writesHeld).toBe('theirs');
  });

  it('refuses an id that is no UUID', async () => {
    const answer = await acknowledge('main');
    expect(answer.status).toBe(400);
    expect(answer.json.error.details?.[0]?.field).toBe('connection_id');
  });
});

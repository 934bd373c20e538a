import { randomUUID } from 'node:crypto';
import { TestGateway } from './gateway';

const LISTS = ['/api/v2/voicelink/bindings', '/api/v2/voicelink/readiness', '/api/v2/voicelink/drift'];

describe.each(LISTS)('the list %s', (path) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());

  it.each(['0', '101', '-1', '1.5', '1e1', '0x10', '+5', '%205', '05', '', 'ten', '5&limit=6'])(
    'refuses limit=%s and names it',
    async (limit) => {
      const answer = await gateway.ask('GET', `${path}?limit=${limit}`);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.json.error.details?.map((detail) => detail.field)).toEqual(['limit']);
    },
  );

  it.each(['1', '100'])('takes limit=%s', async (limit) => {
    expect((await gateway.ask('GET', `${path}?limit=${limit}`)).status).toBe(200);
  });

  it.each([
    ['state', 'ready'],
    ['state', 'READY&state=NO_BOT'],
    ['connection_id', 'x'],
    ['connectionId', ''],
    ['cursor', ''],
    ['cursor', 'a%00b'],
    ['page', '2'],
  ])('refuses %s=%s and names it', async (field, value) => {
    const answer = await gateway.ask('GET', `${path}?${field}=${value}`);
    expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.json.error.details?.map((detail) => detail.field)).toEqual([field]);
  });

  it('does not pass a mistyped or foreign connection off as one without numbers', async () => {
    const foreign = gateway.world.addTenant().connectionId;
    for (const id of [foreign, randomUUID()]) {
      const answer = await gateway.ask('GET', `${path}?connection_id=${id}`);
      expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
    }
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DidKey } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { updateOf } from '@dialtone/testing';
import type { BindingDto } from '../src/bindings/bindings.dto';
import { WaitingRoom } from '../src/http/waiting-room';
import { eventually } from './raw-client';
import { openStoredGateway } from './stored-gateway';

const KEY = '918011223344' as DidKey;
const ONE = `/api/v2/voicelink/bindings/${KEY}`;

describe('waiting on PostgreSQL', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let stores: Stores;
  beforeAll(async () => {
    database = await createTestDatabase();
    ({ app, stores } = await openStoredGateway(database));
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('ends with the commit of another process that makes the number ready', async () => {
    const { id: partnerId } = await stores.partners.create('Partner');
    const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
    const credentials = { username: 'u', password: 'p' };
    const access = { partnerId, name: 'VoiceLink', baseUrl: 'http://127.0.0.1:1', credentials };
    const { id: connectionId } = await stores.connections.create(access);
    const agent = await stores.agents.create(partnerId, 'Sales Agent');
    if (agent === 'name_taken') throw new Error('A new partner has no agents.');
    const headers = { authorization: `Bearer ${apiKey}` };
    await app.inject({ method: 'PUT', url: ONE, headers, payload: { agent_id: agent.id } });

    const asked = app.inject({ method: 'GET', url: `${ONE}?wait=ready&timeout_seconds=60`, headers });
    // A light-my-request is sent when it is awaited.
    const answer = asked.then((response) => response.json<{ data: BindingDto }>().data);
    await eventually(() => app.get(WaitingRoom).size === 1);
    const begun = performance.now();
    const [claimed] = await stores.bindingQueue.claim('worker', 1, 60_000);
    if (claimed === undefined) throw new Error('It is due.');
    const update = updateOf(KEY, { issues: [], at: await stores.clock.time() });
    await stores.keyStates.apply(connectionId, [update], { makeDue: false });
    await stores.bindingQueue.complete(claimed, { kind: 'settled' }, 3_600_000);
    const { wait_result: result, readiness } = await answer;
    expect([result, readiness.state]).toEqual(['ready', 'READY']);
    // It did not wait for its time to be up.
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});

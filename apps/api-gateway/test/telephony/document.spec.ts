import { randomUUID } from 'node:crypto';
import { TELEPHONY_PROVIDERS } from '@dialtone/persistence';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentValidator } from '../document-validator';
import { CONFIG, LEAST, MORE_FOR_CONFIG, NUMBER, PATH, useTelephony, type Body } from './carriers';

describe('telephony connections', () => {
  const { gateway } = useTelephony();

  it('answers what its document says', async () => {
    const document = (await gateway.ask('GET', '/openapi.json', { apiKey: null })).json as unknown as OpenAPIObject;
    const validator = new DocumentValidator(document);
    const check = async (
      request: readonly ['GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', path: string],
      ask: {
        readonly id?: string;
        readonly body?: Body;
      } = {},
    ) => {
      const [method, path] = request;
      const url = path.replace(/\{\w+\}/, ask.id ?? '');
      const answer = await gateway.ask(method, url, ask.body === undefined ? {} : { body: ask.body });
      const verb = method.toLowerCase() as 'get';
      expect([request, answer.status, validator.problems(verb, path, answer.status, answer.json)]).toEqual([
        request,
        answer.status,
        [],
      ]);
      return answer.json.data as Body;
    };
    for (const provider of TELEPHONY_PROVIDERS) {
      const body = { ...LEAST[provider], ...MORE_FOR_CONFIG[provider] };
      await check(['POST', PATH], { body: { provider, name: 'Main', ...body } });
      await check(['POST', PATH], { body: { provider } });
      await check(['PUT', `${CONFIG}/{provider}`], { id: provider, body });
      await check(['PUT', `${CONFIG}/{provider}`], { id: provider, body: {} });
    }
    await check(['GET', PATH]);
    const one = { id: gateway.tenant.connectionId };
    await check(['PATCH', `${PATH}/{connection_id}`], { ...one, body: { name: 'x' } });
    await check(['PATCH', `${PATH}/{connection_id}`], { id: randomUUID(), body: { name: 'x' } });
    await check(['DELETE', `${PATH}/{connection_id}`], one);
    const { phone_numbers } = (await check(['GET', '/api/v2/phone-numbers'])) as { phone_numbers: { id: string }[] };
    const number = { id: phone_numbers[0]?.id ?? '' };
    await check(['GET', '/api/v2/phone-numbers/{id}'], number);
    await check(['PUT', '/api/v2/phone-numbers/{id}'], { ...number, body: { agent_id: gateway.tenant.agentId } });
    await check(['PUT', '/api/v2/phone-numbers/{id}'], { ...number, body: { agent_id: randomUUID() } });
    await check(['POST', '/api/v2/phone-numbers/sync'], { body: { provider: 'SIP', numbers: [NUMBER] } });
    await check(['POST', '/api/v2/phone-numbers/sync'], { body: { provider: 'MCUBE', numbers: [NUMBER] } });
    const agent = { id: String((await check(['POST', '/api/v2/agent'], { body: { agent_name: 'New' } }))['id']) };
    await check(['POST', '/api/v2/agent'], { body: { agent_name: 'New' } });
    await check(['GET', '/api/v2/agent']);
    for (const method of ['GET', 'DELETE', 'GET'] as const) await check([method, '/api/v2/agent/{id}'], agent);
  });
});

import { gzipSync } from 'node:zlib';
import { TestGateway } from './gateway';
import { KEY } from './observations';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;

describe('input that no route takes', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.reset();
  });

  const refused = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: string) => {
    const answer = await gateway.ask(method, url, payload === undefined ? {} : { payload });
    expect([url, answer.status, answer.json.error.code]).toEqual([url, 400, 'VALIDATION_ERROR']);
    return answer.json.error.details?.map(({ field }) => field);
  };
  const declaration = (more: string): string => `{"agent_id":"${gateway.tenant.agentId}"${more}}`;

  it('a connection in the query of a write, or in the body of a delete, is not passed over', async () => {
    const { connectionId } = gateway.tenant;
    expect(await refused('PUT', `${ONE}?connection_id=${connectionId}`, declaration(''))).toEqual(['connection_id']);
    expect(await refused('DELETE', ONE, `{"connection_id":"${connectionId}"}`)).toEqual(['connection_id']);
    const hold = `/api/v2/voicelink/connections/${connectionId}/acknowledge-hold`;
    expect(await refused('POST', hold, '[]')).toEqual(['body']);
    expect(await refused('POST', hold, '0')).toEqual(['body']);
  });

  it('a body that is needed is asked for', async () => {
    expect(await refused('PUT', ONE)).toEqual(['body']);
    expect((await gateway.ask('POST', `${ONE}/reconcile`)).status).toBe(404);
  });

  it('an empty object is no body', async () => {
    const hold = `/api/v2/voicelink/connections/${gateway.tenant.connectionId}/acknowledge-hold`;
    expect((await gateway.ask('POST', hold, { payload: '{}' })).status).toBe(200);
  });

  it('a body of a GET is not passed over either, unless it is an empty object', async () => {
    const { connectionId } = gateway.tenant;
    const list = '/api/v2/voicelink/bindings';
    expect(await refused('GET', list, `{"connection_id":"${connectionId}"}`)).toEqual(['body']);
    expect((await gateway.ask('GET', list, { headers: { 'transfer-encoding': 'chunked' } })).status).toBe(200);
    expect(await refused('GET', '/api/v2/voicelink/bots', `{"connection_id":"${connectionId}"}`)).toEqual(['body']);
    expect(gateway.world.voicelink.calls).toEqual([]);
    for (const payload of ['{}', '']) expect((await gateway.ask('GET', list, { payload })).status).toBe(200);
  });

  it('bytes that are no UTF-8 are refused, and not stored as something else', async () => {
    const bytes = (...name: readonly number[]): Buffer =>
      Buffer.concat([Buffer.from('{"agent_name":"M'), Buffer.from(name), Buffer.from('ller"}')]);
    const latin1 = await gateway.ask('POST', '/api/v2/agent', { payload: bytes(0xfc) });
    expect([latin1.status, latin1.json.error.message]).toEqual([400, 'The body must be encoded as UTF-8.']);
    const utf8 = await gateway.ask('POST', '/api/v2/agent', { payload: bytes(0xc3, 0xbc) });
    expect([utf8.status, utf8.text]).toEqual([201, expect.stringContaining('Müller')]);
  });

  it('a byte order mark is no part of the body', async () => {
    const answer = await gateway.ask('PUT', ONE, { payload: `\ufeff${declaration('')}` });
    expect(answer.status).toBe(201);
  });

  it('a compressed body is refused for being compressed', async () => {
    for (const payload of [gzipSync(declaration('')), declaration('')]) {
      const answer = await gateway.ask('PUT', ONE, { payload, headers: { 'content-encoding': 'gzip' } });
      expect([answer.status, answer.json.error.message]).toEqual([415, expect.stringContaining('uncompressed')]);
    }
    const plain = await gateway.ask('PUT', ONE, {
      payload: declaration(''),
      headers: { 'content-encoding': 'identity' },
    });
    expect(plain.status).toBe(201);
  });

  it('probes may add what they like', async () => {
    expect((await gateway.ask('GET', '/health/live?nocache=1', { apiKey: null })).status).toBe(200);
  });

  it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'the name %s, which every object has',
    async (name) => {
      expect(await refused('PUT', ONE, declaration(`,"${name}":1`))).toEqual([name]);
      expect(await refused('PUT', ONE, declaration(`,"bot_name":{"a":[{"${name}":1}]}`))).toEqual([name]);
      expect(await refused('GET', `/api/v2/voicelink/readiness?${name}=1`)).toEqual([name]);
    },
  );

  it('__proto__ is taken neither from a body nor from a query', async () => {
    await refused('PUT', ONE, declaration(',"__proto__":{"agent_id":"x"}'));
    expect(await refused('GET', '/api/v2/voicelink/readiness?__proto__=1')).toEqual(['__proto__']);
  });

  it('is refused when it is nested so deeply that walking through it would end the stack', async () => {
    const list = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const objects = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    for (const deep of [list(5000), objects]) {
      const answer = await gateway.ask('PUT', ONE, { payload: declaration(`,"bot_name":${deep}`) });
      expect([answer.status, answer.json.error.message]).toEqual([
        400,
        'The body must not be nested more than 32 levels deep.',
      ]);
    }
    const shallow = await gateway.ask('PUT', ONE, { payload: declaration(`,"bot_name":${list(31)}`) });
    expect(shallow.json.error.message).toContain('bot_name');
  });

  it('brackets inside of texts are no nesting', async () => {
    const answer = await gateway.ask('PUT', ONE, { payload: declaration(`,"bot_name":"\\"${'['.repeat(40)}\\\\"`) });
    expect(answer.status).toBe(201);
  });
});

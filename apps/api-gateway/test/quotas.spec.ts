import { QUOTAS, type Quota } from '@dialtone/persistence';
import { ERROR_EXAMPLES } from '../src/http/errors/api-docs';
import type { ErrorCode } from '../src/http/errors/api-error';
import { useGateway } from './gateway';
import { LEAST, PATH as CONNECTIONS } from './telephony/carriers';

interface Case {
  readonly status: number;
  readonly code: ErrorCode;
  /** Of what the tenant comes with. */
  readonly atMost: number;
  readonly remedy: string;
}

const CASES: Readonly<Record<Quota, Case>> = {
  agents: { status: 409, code: 'AGENT_LIMIT_REACHED', atMost: 1, remedy: 'delete one first' },
  bindings: { status: 409, code: 'BINDING_LIMIT_REACHED', atMost: 1, remedy: 'delete a binding first' },
  connections: { status: 409, code: 'CONNECTION_LIMIT_REACHED', atMost: 1, remedy: 'disconnect one first' },
  phone_numbers: { status: 409, code: 'NUMBER_LIMIT_REACHED', atMost: 1, remedy: 'ask the operator' },
  pauses: { status: 409, code: 'PAUSE_LIMIT_REACHED', atMost: 1, remedy: 'end one first' },
  webhooks: { status: 409, code: 'WEBHOOK_LIMIT_REACHED', atMost: 1, remedy: 'delete one first' },
  kept_answer_bytes: { status: 429, code: 'KEPT_ANSWER_LIMIT_REACHED', atMost: 100, remedy: 'without Idempotency-Key' },
};

describe('quotas of a partner', () => {
  const gateway = useGateway();

  /** Uses up the quota, if the tenant does not come with as much, and asks for one more. */
  const askForMore: Readonly<Record<Quota, (key: string) => ReturnType<typeof gateway.ask>>> = {
    agents: (key) => createAgent('One more', key),
    bindings: async (key) => {
      await declare('918011223344');
      return declare('918011223345', key);
    },
    connections: (key) => connect('plivo', LEAST.plivo, key),
    phone_numbers: async (key) => {
      await connect('twilio', LEAST.twilio);
      return connect('twilio', { ...LEAST.twilio, from_number: '+918011223345' }, key);
    },
    pauses: async (key) => {
      await pause();
      return pause(key);
    },
    webhooks: async (key) => {
      await webhook();
      return webhook(key);
    },
    kept_answer_bytes: async (key) => {
      await createAgent('Kept', 'first');
      return createAgent('Not kept', key);
    },
  };
  const headersOf = (key?: string) => (key === undefined ? {} : { headers: { 'idempotency-key': key } });
  const createAgent = (agent_name: string, key?: string) =>
    gateway.ask('POST', '/api/v2/agent', { body: { agent_name }, ...headersOf(key) });
  const webhook = (key?: string) =>
    gateway.ask('POST', '/api/v2/webhooks', { body: { url: 'https://hooks.example.com/a' }, ...headersOf(key) });
  const pause = (key?: string) =>
    gateway.ask('POST', '/api/v2/voicelink/pauses', {
      body: { reason: 'Why', until: new Date(Date.now() + 60_000).toISOString() },
      ...headersOf(key),
    });
  const connect = (provider: string, fields: object, key?: string) =>
    gateway.ask('POST', CONNECTIONS, { body: { provider, name: 'One more', ...fields }, ...headersOf(key) });
  const declare = (number: string, key?: string) =>
    gateway.ask('PUT', `/api/v2/voicelink/bindings/${number}`, {
      body: { agent_id: gateway.tenant.agentId },
      ...headersOf(key),
    });

  it.each(QUOTAS)(
    '%s: the refusal names the quota, its value and what to do, and its key stays free',
    async (quota) => {
      const { status, code, atMost, remedy } = CASES[quota];
      gateway.world.quotas[quota] = atMost;
      const refused = await askForMore[quota]('again');
      expect([refused.status, refused.json.error.code]).toEqual([status, code]);
      for (const part of [`may have ${String(atMost)} `, `(quota ${quota})`, remedy, 'ask the operator to raise it']) {
        expect(refused.json.error.message).toContain(part);
      }
      expect(ERROR_EXAMPLES[code]).toContain(`(quota ${quota})`);
      gateway.world.quotas[quota] = 0;
      expect((await askForMore[quota]('again')).headers).not.toHaveProperty('idempotency-replayed');
    },
  );

  it('says when the oldest kept answers expire, and answers a repeated request all the same', async () => {
    gateway.world.quotas.kept_answer_bytes = 100;
    const first = await createAgent('Kept', 'first');
    const refused = await createAgent('Not kept', 'second');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const again = await createAgent('Kept', 'first');
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, first.text, 'true']);
    expect((await createAgent('Not kept')).status).toBe(201);
  });
});

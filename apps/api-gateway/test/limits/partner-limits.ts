import { randomUUID } from 'node:crypto';
import { phoneNumberOf } from '@dialtone/domain';
import { aDidKey } from '@dialtone/testing';
import type { Limit } from './limit';
import { LIMITED, NO_VOICELINK, type LimitAnswer, type LimitWorld, type Party, type Sent } from './limit-world';
import { PER_REQUEST } from './request-limits';

const AGENT = '/api/v2/agent';
const CONNECTIONS = '/api/v2/telephony/connections';
const CALLS = '/api/v2/calls/start';
const SYNC = '/api/v2/phone-numbers/sync';

const listAgents = (): Sent => ({ method: 'GET', url: AGENT });
const invalidCall = (): Sent => ({ url: CALLS, payload: {} });
const call = ({ connectionId, agentId }: Party): Sent => ({
  url: CALLS,
  payload: { connection_id: connectionId, agent_id: agentId, to_number: '+919876543210', provider: 'voicelink' },
});
/** A call of which nothing has been heard yet. */
const underWay = async (
  { stores }: LimitWorld,
  { partnerId, agentId }: Party,
  connectionId: Party['connectionId'],
): Promise<void> => {
  const { apiKeyId } = await stores.apiKeys.issue(partnerId, randomUUID());
  const recorded = await stores.calls.record({ partnerId, connectionId, agentId, apiKeyId, toNumber: '+919876543210' });
  if (recorded.kind !== 'recorded') throw new Error(recorded.kind);
};
const connection = (): Sent => ({
  url: CONNECTIONS,
  payload: { provider: 'vobiz', name: 'Any', auth_id: 'MA1', auth_token: 'token' },
});
const numbers = ({ vobizId }: Party, count: number): Sent => ({
  url: SYNC,
  payload: {
    provider: 'VOBIZ',
    connection_id: vobizId,
    numbers: Array.from({ length: count }, () => phoneNumberOf(aDidKey())),
  },
});
const agentCalled = (agent_name: string): Sent => ({ url: AGENT, payload: { agent_name } });
const declaration = ({ connectionId, agentId }: Party, key: string): Sent => ({
  method: 'PUT',
  url: `/api/v2/voicelink/bindings/${key}`,
  payload: { agent_id: agentId, connection_id: connectionId },
});
const batch = ({ connectionId, agentId }: Party, count: number): Sent => ({
  url: '/api/v2/voicelink/bindings:batch',
  payload: {
    items: Array.from({ length: count }, () => ({
      number: phoneNumberOf(aDidKey()),
      agent_id: agentId,
      connection_id: connectionId,
    })),
  },
});
const pause = (): Sent => ({
  url: '/api/v2/voicelink/pauses',
  payload: { reason: 'Why', until: new Date(Date.now() + 60_000).toISOString() },
});
const stream = (): Sent => ({ method: 'GET', url: '/api/v2/voicelink/events/stream?timeout_seconds=1' });
const webhook = (): Sent => ({ url: '/api/v2/webhooks', payload: { url: 'https://hooks.example.com/a' } });
const login = (): Sent => ({
  method: 'PUT',
  url: '/api/v2/config/telephony/voicelink',
  payload: { username: 'reseller', password: 'guess', base_url: NO_VOICELINK },
});
const times = (setting: keyof typeof LIMITED): number => Number(LIMITED[setting]) + 1;

const AT_ONCE = 230;

/** Many requests that wait for one lock, with keys whose own limit is not in the way; one that is refused. */
const waitTogether = async (world: LimitWorld, party: Party): Promise<LimitAnswer> => {
  const { apiKeys } = world.stores;
  const keys: { readonly apiKey: string }[] = [];
  while (keys.length * 30 < AT_ONCE) keys.push(await apiKeys.issue(party.partnerId, `key ${String(keys.length)}`));
  const asked = Array.from({ length: 30 }, () => keys).flat();
  const refusals = (): Promise<LimitAnswer>[] =>
    asked.map(async (key) => {
      const answer = await world.ask(key, connection());
      if (answer.message.includes('at once')) return answer;
      throw new Error(answer.message);
    });
  // The lock ends with the first refusal: what waits for it takes long.
  return world.whileLocked(party, () => Promise.any(refusals()));
};

/** Times and amounts: what a partner uses up over several requests. */
const USED_UP: readonly Limit[] = [
  {
    name: 'requests of an API key a minute, calls aside',
    setting: 'RATE_LIMIT_PER_MINUTE',
    code: 'RATE_LIMITED',
    says: /^This API key may send 40 requests a minute/,
    heals: true,
    exceed: (world, party) => world.askTimes(times('RATE_LIMIT_PER_MINUTE'), party, listAgents()),
    neighbour: listAgents,
  },
  {
    name: 'numbers that an API key declares and withdraws in bulk a minute',
    setting: 'RATE_LIMIT_DECLARATIONS_PER_MINUTE',
    code: 'RATE_LIMITED',
    says: /^This API key may declare and withdraw 3 numbers a minute in bulk, and has 3 left/,
    heals: true,
    exceed: (world, party) => world.ask(party, batch(party, times('RATE_LIMIT_DECLARATIONS_PER_MINUTE'))),
    neighbour: (party) => batch(party, 1),
  },
  {
    name: 'requests to /calls of an API key a minute',
    setting: 'RATE_LIMIT_CALLS_PER_MINUTE',
    code: 'RATE_LIMITED',
    says: /^This API key may send 3 requests to \/api\/v2\/calls a minute/,
    heals: true,
    exceed: (world, party) => world.askTimes(times('RATE_LIMIT_CALLS_PER_MINUTE'), party, invalidCall()),
    neighbour: call,
  },
  {
    name: 'requests to /calls of all API keys of a partner a minute',
    setting: 'RATE_LIMIT_CALLS_PER_PARTNER_MINUTE',
    code: 'RATE_LIMITED',
    says: /^This partner, with all of its API keys, may send 4 requests to \/api\/v2\/calls a minute/,
    heals: true,
    exceed: async (world, party) => {
      const more = await world.stores.apiKeys.issue(party.partnerId, 'second');
      for (const key of [party, party, party]) await world.ask(key, invalidCall());
      return world.askTimes(2, more, invalidCall());
    },
    neighbour: call,
  },
  {
    name: 'calls a day',
    setting: 'MAX_CALLS_PER_PARTNER_DAY',
    code: 'CALL_LIMIT_REACHED',
    says: /^This partner may start 2 calls a day \(quota calls_per_day\)/,
    heals: true,
    exceed: (world, party) => world.askTimes(times('MAX_CALLS_PER_PARTNER_DAY'), party, call(party)),
    neighbour: call,
  },
  {
    name: 'calls at once of a connection',
    setting: 'MAX_CALLS_AT_ONCE_PER_CONNECTION',
    code: 'LIMIT_REACHED',
    says: /^This connection may have 2 calls at once, and has/,
    heals: true,
    exceed: async (world, party) => {
      for (const connectionId of [party.connectionId, party.connectionId]) await underWay(world, party, connectionId);
      return world.ask(party, call(party));
    },
    neighbour: call,
  },
  {
    name: 'calls at once of a partner',
    setting: 'MAX_CALLS_AT_ONCE_PER_PARTNER',
    code: 'LIMIT_REACHED',
    says: /^This partner may have 3 calls at once, and has/,
    heals: true,
    exceed: async (world, party) => {
      const connections = [party.vobizId, party.vobizId, party.connectionId];
      for (const connectionId of connections) await underWay(world, party, connectionId);
      return world.ask(party, call(party));
    },
    neighbour: call,
  },
  {
    name: 'carrier logins that fail',
    setting: null,
    code: 'RATE_LIMITED',
    says: /^Too many logins of this partner were not accepted/,
    heals: true,
    exceed: (world, party) => world.askTimes(5, party, login()),
    neighbour: login,
  },
  {
    name: 'agents',
    setting: 'MAX_AGENTS_PER_PARTNER',
    code: 'AGENT_LIMIT_REACHED',
    says: /^This partner may have 3 agents \(quota agents\)/,
    heals: false,
    // One is there.
    exceed: async (world, party) => {
      for (const name of ['two', 'three']) await world.ask(party, agentCalled(name));
      return world.ask(party, agentCalled('four'));
    },
    neighbour: () => agentCalled('two'),
  },
  {
    name: 'declared numbers',
    setting: 'MAX_BINDINGS_PER_PARTNER',
    code: 'BINDING_LIMIT_REACHED',
    says: /^This partner may have 2 declared numbers \(quota bindings\)/,
    heals: false,
    exceed: async (world, party) => {
      for (const key of [aDidKey(), aDidKey()]) await world.ask(party, declaration(party, key));
      return world.ask(party, declaration(party, aDidKey()));
    },
    neighbour: (party) => declaration(party, aDidKey()),
  },
  {
    name: 'standing pauses',
    setting: 'MAX_PAUSES_PER_PARTNER',
    code: 'PAUSE_LIMIT_REACHED',
    says: /^This partner may have 1 standing pauses \(quota pauses\)/,
    heals: false,
    exceed: async (world, party) => {
      await world.ask(party, pause());
      return world.ask(party, pause());
    },
    neighbour: pause,
  },
  {
    name: 'webhooks',
    setting: 'MAX_WEBHOOKS_PER_PARTNER',
    code: 'WEBHOOK_LIMIT_REACHED',
    says: /^This partner may have 1 webhooks \(quota webhooks\)/,
    heals: false,
    exceed: (world, party) => world.askTimes(times('MAX_WEBHOOKS_PER_PARTNER'), party, webhook()),
    neighbour: webhook,
  },
  {
    name: 'active connections',
    setting: 'MAX_CONNECTIONS_PER_PARTNER',
    code: 'CONNECTION_LIMIT_REACHED',
    says: /^This partner may have 6 active connections \(quota connections\)/,
    heals: false,
    // Two are there.
    exceed: (world, party) => world.askTimes(times('MAX_CONNECTIONS_PER_PARTNER') - 2, party, connection()),
    neighbour: connection,
  },
  {
    name: 'phone numbers',
    setting: 'MAX_PHONE_NUMBERS_PER_PARTNER',
    code: 'NUMBER_LIMIT_REACHED',
    says: /^This partner may have 5 phone numbers \(quota phone_numbers\)/,
    heals: false,
    // Two are there.
    exceed: (world, party) => world.ask(party, numbers(party, times('MAX_PHONE_NUMBERS_PER_PARTNER') - 2)),
    neighbour: (party) => numbers(party, 2),
  },
  {
    name: 'bytes of the answers that are kept for idempotency keys',
    setting: 'MAX_KEPT_ANSWER_BYTES_PER_PARTNER',
    code: 'KEPT_ANSWER_LIMIT_REACHED',
    says: /^This partner may have 1000 bytes of answers that are kept .*\(quota kept_answer_bytes\)/,
    heals: true,
    exceed: async (world, party) => {
      for (const name of ['two', 'three'])
        await world.ask(party, { ...agentCalled(name), headers: { 'idempotency-key': name } });
      return world.ask(party, { ...agentCalled('four'), headers: { 'idempotency-key': 'four' } });
    },
    neighbour: () => ({ ...agentCalled('two'), headers: { 'idempotency-key': 'two' } }),
  },
  {
    name: 'event streams that are open at one gateway',
    setting: 'MAX_EVENT_STREAMS_PER_PARTNER',
    code: 'RATE_LIMITED',
    says: /^2 event streams of this partner are open already/,
    heals: true,
    exceed: async (world, party) => {
      // None of them is answered before it ends.
      const streams = [1, 2, 3].map(() => world.ask(party, stream()).catch(() => null));
      const answers = await Promise.all(streams);
      const refused = answers.find((answer) => answer?.code === 'RATE_LIMITED');
      if (!refused) throw new Error('None was refused.');
      return refused;
    },
    neighbour: listAgents,
  },
  {
    name: 'pieces of work that wait for the database at once',
    setting: null,
    code: 'SERVICE_UNAVAILABLE',
    says: /^Too many requests of this partner are under way at once/,
    heals: true,
    exceed: waitTogether,
    neighbour: connection,
  },
];

/** All of them, in the order of docs/limits.md. */
export const LIMITS: readonly Limit[] = [...USED_UP, ...PER_REQUEST];

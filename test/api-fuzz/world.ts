import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { openStoredGateway, type StoredGateway } from '../../apps/api-gateway/test/stored-gateway';
import type { World } from '../../apps/voicelink-simulator/src/world/world';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';
import { CarrierAccounts, connectionsOf, type Customer } from './carrier-accounts';
import { KnownValues } from './known-values';
import { loginsOf, recordsOf } from './starting-values';

const DIDS = 30;
const CREDENTIALS = { username: 'fuzz-reseller', password: 'fuzz-password-of-the-reseller' };
const NOT_A_KEY = 'rg_live_0123456789abcdef_not_issued';

/** A partner with everything that a request may need. */
export interface Tenant {
  readonly apiKey: string;
  readonly known: KnownValues;
  readonly secrets: readonly string[];
  /** VoiceLink fails now and then. */
  readonly isUpstreamFaulty: boolean;
}

interface Preparation {
  readonly declared: readonly string[];
  /** A did_id whose client has an active bot. */
  readonly ready: number;
  readonly agentId: string;
}

interface Opened {
  readonly connection: { readonly id: string };
}

interface Started {
  readonly call_id: string;
}

const environment = (simulators: readonly RunningSimulator[]) => ({
  VOICELINK_BASE_URL_ALLOWLIST: simulators.map(({ url }) => url).join(','),
  VOICELINK_TIMEOUT_MS: '2000',
  VOICELINK_LATE_EFFECT_MS: '0',
  VOICELINK_STALE_READS_MS: '0',
  RATE_LIMIT_PER_MINUTE: '0',
  RATE_LIMIT_CALLS_PER_MINUTE: '0',
  RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '0',
  MAX_CALLS_PER_PARTNER_DAY: '0',
  MAX_PHONE_NUMBERS_PER_PARTNER: '0',
  MAX_CONNECTIONS_PER_PARTNER: '0',
  MAX_AGENTS_PER_PARTNER: '0',
  MAX_BINDINGS_PER_PARTNER: '0',
  MAX_KEPT_ANSWER_BYTES_PER_PARTNER: '0',
  LOG_LEVEL: 'silent',
});

/** What may go wrong between the gateway and VoiceLink, each with a small chance for every call. */
const FAULTS = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 403 },
  { kind: 'html', status: 502 },
  { kind: 'html' },
  { kind: 'status_false' },
  { kind: 'rate_limit', retry_after: 1 },
  { kind: 'timeout_before', ms: 5 },
  { kind: 'timeout_after', ms: 5 },
  { kind: 'late_effect', ms: 20, hold_ms: 5 },
  { kind: 'truncated_list' },
  { kind: 'token_revoked', times: 1_000_000 },
] as const;
const FAULT_PROBABILITY = 0.005;

/** The whole of Dialtone that a request can reach, in this process: gateway, PostgreSQL, simulated VoiceLink and carriers. */
export class FuzzWorld {
  readonly app: StoredGateway['app'];
  private readonly stores: Stores;

  private constructor(
    { app, stores }: StoredGateway,
    /** One for each of the partners that ask at the same time. */
    private readonly accounts: readonly RunningSimulator[],
    private readonly carriers: CarrierAccounts,
    private readonly database: TestDatabase,
  ) {
    this.app = app;
    this.stores = stores;
  }

  /** A world in which `partners` ask at the same time. */
  static async start(partners: number): Promise<FuzzWorld> {
    const starting = Array.from({ length: partners }, () => startSimulator({ dids: DIDS, ...CREDENTIALS }));
    const [database, carriers, ...accounts] = await Promise.all([
      createTestDatabase(),
      CarrierAccounts.start(),
      ...starting,
    ]);
    const env = { ...environment(accounts), ...carriers.environment };
    return new FuzzWorld(await openStoredGateway(database, env), accounts, carriers, database);
  }

  /** A new partner on a fresh VoiceLink account. What another one left behind stays, and must not be seen. */
  async newTenant(round: number, place: number): Promise<Tenant> {
    const { url, simulator } = this.accountAt(place);
    simulator.reset({ seed: round + 1 });
    const { world, faults } = simulator;
    const name = `Partner ${String(round)}`;
    const partner = await this.stores.partners.create(name);
    const { apiKey } = await this.stores.apiKeys.issue(partner.id, 'fuzz');
    const connection = await this.stores.connections.create({
      partnerId: partner.id,
      name: 'VoiceLink',
      baseUrl: url,
      credentials: CREDENTIALS,
    });
    const agents = await Promise.all(['Sales', 'Support'].map((agent) => this.agent(partner.id, agent)));
    const numbers = world.dids.map(({ number }) => number).slice(0, 12);
    const declared = numbers.slice(0, 3);
    await this.prepare(apiKey, { declared, ready: readyDid(world), agentId: agents[0] ?? '' });
    const customer = this.carriers.newCustomer();
    const { connections, calls } = await this.openLines(apiKey, customer, agents[0] ?? '');
    const isUpstreamFaulty = round % 2 === 1;
    if (isUpstreamFaulty) {
      for (const fault of FAULTS) faults.add({ endpoint: '*', probability: FAULT_PROBABILITY, ...fault });
    }
    const known = new KnownValues({
      ...recordsOf(world, numbers),
      ...loginsOf(customer, numbers),
      connection_id: [connection.id, connection.id, connection.id, ...connections],
      call_id: calls,
      connectionId: [connection.id],
      agent_id: agents,
      key: [...declared, ...declared, ...numbers.slice(0, 5)],
      username: [CREDENTIALS.username],
      password: [CREDENTIALS.password],
      base_url: [url],
    });
    return { apiKey, known, secrets: [apiKey, CREDENTIALS.password, ...customer.secrets], isUpstreamFaulty };
  }

  /** The key that `caller` sends. */
  keyOf(caller: 'partner' | 'forger', tenant: Tenant): string {
    return caller === 'partner' ? tenant.apiKey : NOT_A_KEY;
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([...this.accounts, this.carriers].map((account) => account.stop()));
    await this.database.drop();
  }

  /** Verdicts and drift to be read, declarations, and a number that calls can be placed with. */
  private async prepare(apiKey: string, { declared, ready, agentId }: Preparation): Promise<void> {
    await this.done(apiKey, 'POST', '/api/v2/voicelink/sync', {});
    for (const key of declared)
      await this.done(apiKey, 'PUT', `/api/v2/voicelink/bindings/${key}`, { agent_id: agentId });
    await this.done(apiKey, 'POST', '/api/v2/voicelink/call-ready', { did_id: ready, agent_id: agentId });
  }

  /** Connections to carriers, and a call that each of them has been asked for. */
  private async openLines(apiKey: string, customer: Customer, agentId: string) {
    const connections: string[] = [];
    const calls: string[] = [];
    for (const body of connectionsOf(customer)) {
      const { connection } = await this.done<Opened>(apiKey, 'POST', '/api/v2/telephony/connections', body);
      connections.push(connection.id);
      const order = { provider: body.provider, agent_id: agentId, to_number: '+919876543210' };
      calls.push((await this.done<Started>(apiKey, 'POST', '/api/v2/calls/start', order)).call_id);
    }
    return { connections, calls };
  }

  private async done<Data>(apiKey: string, method: 'POST' | 'PUT', url: string, payload: object): Promise<Data> {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await this.app.inject({ method, url, headers, payload });
    const { statusCode, body } = answer;
    if (statusCode >= 300) throw new Error(`${url} of a new partner was answered with ${String(statusCode)}: ${body}`);
    return answer.json<{ readonly data: Data }>().data;
  }

  private accountAt(place: number): RunningSimulator {
    const account = this.accounts[place];
    if (account === undefined) throw new Error('More partners ask at the same time than was said.');
    return account;
  }

  private async agent(partnerId: Parameters<Stores['agents']['create']>[0], name: string): Promise<string> {
    const agent = await this.stores.agents.create(partnerId, name);
    if (agent === 'name_taken') throw new Error('a new partner has no agents');
    return agent.id;
  }
}

/** A number that lacks nothing but an agent. */
const readyDid = ({ dids, bots }: World): number => {
  const served = new Set(bots.rows.filter(({ status }) => status === 1).map(({ clientId }) => clientId));
  const did = dids.find(({ clientId, isExpired }) => clientId !== null && !isExpired && served.has(clientId));
  if (did === undefined) throw new Error('The simulated account has no number with a bot.');
  return did.id;
};

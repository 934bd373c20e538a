import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import type { RunningSimulator } from '../../../apps/voicelink-simulator/src/start-simulator';
import type { Did, Routing } from '../../../apps/voicelink-simulator/src/world/records';
import type { World } from '../../../apps/voicelink-simulator/src/world/world';

/** A partner with one of everything, and what it would write into inputs. */
export interface Tenant {
  readonly apiKey: string;
  readonly partnerId: string;
  /** A number that it has declared. */
  readonly key: DidKey;
  /** Its records by the name of the input or the collection that takes them, and the provider where it matters. */
  readonly ids: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, string>>;
  /** Records of its VoiceLink account, by the name of the input that takes them. */
  readonly upstream: Readonly<Record<string, number>>;
  /** Everything that must not be seen by others. */
  readonly secrets: readonly string[];
}

const DESCRIBED = { friendly_name: 'Hotline', agent: 'Desk', connection: 'Trunk' };

/**
 * Makes a partner whose VoiceLink connection leads to `simulator`, and who has declared a number that is ready there, so
 * that most requests about it succeed: that of the first or the last client who has one.
 */
export const addTenant = async (
  stores: Stores,
  simulator: RunningSimulator,
  { tag, routed }: { readonly tag: string; readonly routed: 'first' | 'last' },
): Promise<Tenant> => {
  const { id: partnerId } = await stores.partners.create(`${tag} ${randomUUID()}`);
  const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
  const connection = await stores.connections.create({
    partnerId,
    name: `${tag} ${DESCRIBED.connection}`,
    baseUrl: simulator.url,
    credentials: { ...simulator.simulator.credentials },
  });
  const otherCarrier = await stores.connections.create({
    partnerId,
    provider: 'vobiz',
    name: `${tag} ${DESCRIBED.connection}`,
    baseUrl: null,
    credentials: { auth_id: 'MA1', auth_token: 'token' },
  });
  const agent = await stores.agents.create(partnerId, `${tag} ${DESCRIBED.agent}`);
  if (agent === 'name_taken') throw new Error('A new partner has no agents.');
  const { did, routing } = readyDid(simulator.simulator.world, routed);
  const key = did.number as DidKey;
  const declared = await stores.bindings.declare({
    partnerId,
    connectionId: connection.id,
    key,
    spec: { agentId: agent.id, clientId: null, botName: null, websocketUrl: null, mode: 'enforce', release: 'keep' },
    actor: 'test',
    precondition: { kind: 'none' },
  });
  if (declared.kind !== 'created') throw new Error(declared.kind);
  const numberId = await addNumber(stores, { partnerId, connectionId: connection.id, key, agentId: agent.id, tag });
  const call = await stores.calls.record({
    partnerId,
    connectionId: connection.id,
    agentId: agent.id,
    toNumber: '+919876543210',
    apiKeyId: 'test',
  });
  if (call.kind !== 'recorded') throw new Error(call.kind);
  // Of a label that nothing has: the requests are asked as if nothing were paused.
  const paused = await stores.steering.pause({
    ...{ partnerId, connectionId: null, key: null, labels: { unused: tag } },
    reason: `${tag} pause`,
    until: Date.now() + 3_600_000,
    author: { actor: 'test', manager: null, requestId: null },
  });
  if (paused.kind !== 'paused') throw new Error('The pause was refused.');
  const webhook = await stores.webhooks.create({
    ...{ partnerId, url: `https://hooks.example.com/${tag}`, secret: 'whsec_MQ==' },
    ...{ description: `${tag} webhook`, filter: {} },
  });
  // Events are read once they are numbered.
  await stores.sequencer.assign(1_000);
  return {
    apiKey,
    partnerId,
    key,
    ids: {
      connection_id: connection.id,
      connectionId: connection.id,
      connections: connection.id,
      'connection_id (vobiz)': otherCarrier.id,
      'connectionId (vobiz)': otherCarrier.id,
      agent_id: agent.id,
      agent: agent.id,
      'phone-numbers': numberId,
      calls: call.call.id,
      pause_id: paused.pause.id,
      webhook_id: webhook.id,
    },
    numbers: { key, did_number: key, phone_number: `+${key}` },
    upstream: {
      did_id: did.id,
      client_id: did.clientId ?? 0,
      bot_id: routing.outboundBotId ?? 0,
      inbound_websocket_bot_id: routing.outboundBotId ?? 0,
      outbound_websocket_bot_id: routing.outboundBotId ?? 0,
      routing_id: routing.id,
    },
    secrets: [
      partnerId,
      connection.id,
      otherCarrier.id,
      agent.id,
      numberId,
      call.call.id,
      paused.pause.id,
      paused.pause.reason,
      webhook.id,
      `${tag} webhook`,
      call.call.sessionId,
      declared.view.binding.id,
      key,
      ...Object.values(DESCRIBED).map((name) => `${tag} ${name}`),
    ],
  };
};

const readyDid = (world: World, routed: 'first' | 'last'): { readonly did: Did; readonly routing: Routing } => {
  const ready = world.routings.flatMap((routing) => {
    const did = world.did(routing.didId);
    const bot = world.bots.get(routing.outboundBotId ?? 0);
    const isReady = did?.isExpired === false && bot?.status === 1 && bot.clientId === did.clientId;
    return isReady ? [{ did, routing }] : [];
  });
  const [first, ...more] = ready.toSorted((a, b) => (a.did.clientId ?? 0) - (b.did.clientId ?? 0));
  const chosen = routed === 'first' ? first : more.at(-1);
  if (chosen === undefined) throw new Error('No DID is ready in the simulator: give it more DIDs.');
  return chosen;
};

/**
 * Not for inbound calls: of those, a DID has one taker among all partners, which is a rule about numbers and shows. For
 * everything else it must not matter who else has the number.
 */
const addNumber = async (
  stores: Stores,
  place: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
    readonly tag: string;
  },
): Promise<string> => {
  const { partnerId, tag } = place;
  const row = await stores.phoneNumbers.import({ ...place, friendlyName: `${tag} ${DESCRIBED.friendly_name}` });
  if (row === null) throw new Error('Its connection is active.');
  await stores.phoneNumbers.assignAgent(place);
  await stores.inventory.update(partnerId, row.id, { inboundEnabled: false });
  return row.id;
};

type Query = (sql: string, parameters?: unknown[]) => Promise<unknown>;

const OWNED = `
  select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
   where table_schema = 'public' and column_name in ('partner_id', 'connection_id') group by table_name order by 1`;

/** Every row of a partner and of its connections, in all tables, as text. */
export const rowsOf = async (query: Query, { partnerId, ids }: Tenant): Promise<Readonly<Record<string, unknown>>> => {
  const tables = (await query(OWNED)) as { readonly name: string; readonly columns: readonly string[] }[];
  const found: Record<string, unknown> = {};
  for (const { name, columns } of tables) {
    const conditions = columns.map((column) => `${column} = any($${column === 'partner_id' ? '1' : '2'}::uuid[])`);
    const sql = `select t::text as row from ${name} t where num_nulls($1::uuid[], $2::uuid[]) = 0 and (${conditions.join(' or ')}) order by 1`;
    found[name] = await query(sql, [[partnerId], Object.values(ids)]);
  }
  return found;
};

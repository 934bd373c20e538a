import type { AgentId, ConnectionId, DidKey, Issue, PartnerId } from '@dialtone/domain';
import { aDidKey, aSpec, updateOf } from '@dialtone/testing';
import fc from 'fast-check';
import type { StoredReadiness } from '../../src';
import type { GatewayWorld } from './gateway-harness';

/** How long a verdict counts in these worlds. */
export const FRESH_FOR_MS = 120_000;

const ISSUES: readonly (readonly Issue[])[] = [[], ['NO_BOT'], ['NO_BOT', 'ROUTING_MISSING'], ['ROUTING_CHANGED']];
const LABELS = [{}, { team: 'sales' }, { team: 'sales', region: 'north' }, { team: 'support' }];

/** One number: where it is, what was seen of it, and how it is declared. */
export const anyNumber = fc.record({
  connection: fc.nat(1),
  seen: fc.option(
    fc.record({
      issues: fc.constantFrom(...ISSUES),
      incomplete: fc.boolean(),
      /** By so many ms it is certainly fresh, or certainly not. */
      age: fc.constantFrom(1_000, 10 * FRESH_FOR_MS),
    }),
    { freq: 6 },
  ),
  declared: fc.option(
    fc.record({
      agent: fc.nat(1),
      mode: fc.constantFrom('enforce' as const, 'observe' as const),
      labels: fc.constantFrom(...LABELS),
      manager: fc.constantFrom(null, 'crm'),
    }),
    { freq: 3 },
  ),
});
export type AnyNumber = typeof anyNumber extends fc.Arbitrary<infer T> ? T : never;

export interface NumberWorld {
  readonly partnerId: PartnerId;
  readonly connections: readonly ConnectionId[];
  readonly agents: readonly AgentId[];
  readonly keys: readonly DidKey[];
}

/** A new partner of the world with these numbers; one that was neither seen nor declared is not known. */
export const numberWorld = async (world: GatewayWorld, numbers: readonly AnyNumber[]): Promise<NumberWorld> => {
  const partnerId = await world.given.partner();
  const connections = [await world.connect(partnerId), await world.connect(partnerId)];
  const agents = [await world.agent(partnerId), await world.agent(partnerId)];
  const keys: DidKey[] = [];
  for (const { connection, seen, declared } of numbers) {
    const key = aDidKey();
    const connectionId = connections[connection];
    if (connectionId === undefined) throw new Error('There are two connections.');
    if (seen !== null) {
      const { issues, incomplete, age } = seen;
      const at = (await world.now()) - age;
      await world.given.saw(connectionId, updateOf(key, { issues, at, ...(incomplete && { incomplete }) }));
    }
    if (declared !== null) {
      const { agent, mode, labels, manager } = declared;
      const spec = aSpec({ agentId: agents[agent] ?? (agents[0] as AgentId), mode });
      await world.declare(await world.inputOf({ partnerId, connectionId, key, spec, marks: { labels, manager } }));
    }
    if (seen !== null || declared !== null) keys.push(key);
  }
  return { partnerId, connections, agents, keys };
};

/** All that the list of verdicts shows, page by page. */
export const listAll = async (
  world: GatewayWorld,
  filter: Omit<Parameters<GatewayWorld['stores']['readiness']['list']>[0], 'limit' | 'cursor'>,
): Promise<readonly StoredReadiness[]> => {
  const listed: StoredReadiness[] = [];
  let cursor: string | null = null;
  do {
    const asked = { ...filter, limit: 7, ...(cursor !== null && { cursor }) };
    const page: Awaited<ReturnType<GatewayWorld['stores']['readiness']['list']>> =
      await world.stores.readiness.list(asked);
    listed.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return listed;
};

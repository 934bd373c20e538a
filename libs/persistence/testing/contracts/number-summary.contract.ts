import type { Issue, ReadinessState } from '@dialtone/domain';
import { isStale } from '@dialtone/engine';
import { updateOf, aDidKey } from '@dialtone/testing';
import fc from 'fast-check';
import type { NumberCounts, StoredReadiness } from '../../src';
import { GatewayWorld, type MakeGatewayHarness } from './gateway-harness';
import { anyNumber, FRESH_FOR_MS, listAll, numberWorld } from './number-worlds';

const tally = <Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> => {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const recount = (rows: readonly StoredReadiness[]): readonly NumberCounts[] =>
  [...Map.groupBy(rows, ({ connectionId }) => connectionId)].map(([connectionId, own]) => {
    const observed = own.flatMap(({ observedAt }) => observedAt?.getTime() ?? []);
    return {
      connectionId,
      numbers: own.length,
      declared: own.filter(({ declared }) => declared).length,
      stale: own.filter((row) => isStale(row, FRESH_FOR_MS)).length,
      oldestObservedAt: observed.length === 0 ? null : new Date(Math.min(...observed)),
      states: tally<ReadinessState>(own.map(({ state }) => state)),
      issues: tally<Issue>(own.flatMap(({ issues }) => issues)),
    };
  });

/** The part of the contract of NumberStore that counts. */
export const describeNumberSummary = (name: string, make: MakeGatewayHarness): void => {
  describe(`${name} as a count of numbers`, () => {
    const world = GatewayWorld.use(make);

    it('counts what the list of readiness shows, with every filter', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyNumber, { maxLength: 12 }), async (numbers) => {
          const { partnerId, connections, agents } = await numberWorld(world, numbers);
          const [connectionId] = connections;
          const [agentId] = agents;
          const labels = [{ kind: 'in', name: 'team', values: ['sales'] }] as const;
          for (const filter of [
            {},
            connectionId === undefined ? {} : { connectionId },
            agentId === undefined ? {} : { agentId },
            { labels },
          ]) {
            const asked = { partnerId, ...filter };
            const summary = await world.stores.numbers.summary({ ...asked, freshForMs: FRESH_FOR_MS, maxLabels: 10 });
            const listed = await listAll(world, asked);
            const own = 'agentId' in filter ? await declaredFor(filter.agentId, partnerId, listed) : listed;
            expect(summary.connections).toEqual(recount(own));
          }
        }),
        { numRuns: 8 },
      );
    });

    const declaredFor = async (
      agentId: Parameters<GatewayWorld['stores']['bindings']['list']>[0]['agentId'],
      partnerId: GatewayWorld['partnerId'],
      rows: readonly StoredReadiness[],
    ): Promise<readonly StoredReadiness[]> => {
      const { items } = await world.stores.bindings.list({ partnerId, limit: 100, ...(agentId && { agentId }) });
      return rows.filter(({ key }) => items.some(({ binding }) => binding.key === key));
    };

    it('counts labels, the most frequent ones first, and says when there are more', async () => {
      const team = (value: string) => ({ marks: { labels: { team: value, region: 'north' }, manager: null } });
      for (const value of ['sales', 'sales', 'support']) await world.declaredOne(team(value));
      await world.declaredOne();
      await world.given.saw(world.connectionId, updateOf(aDidKey(), { issues: [] }));
      const asked = { partnerId: world.partnerId, freshForMs: FRESH_FOR_MS };
      const { labels, hasMoreLabels } = await world.stores.numbers.summary({ ...asked, maxLabels: 2 });
      expect([labels, hasMoreLabels]).toEqual([
        [
          { name: 'region', value: 'north', count: 3 },
          { name: 'team', value: 'sales', count: 2 },
        ],
        true,
      ]);
      expect(await world.stores.numbers.summary({ ...asked, maxLabels: 3 })).toMatchObject({
        labels: [{}, {}, { name: 'team', value: 'support', count: 1 }],
        hasMoreLabels: false,
      });
    });

    it('counts nothing of other partners', async () => {
      await world.declaredOne();
      const partnerId = await world.given.partner();
      expect(await world.stores.numbers.summary({ partnerId, freshForMs: FRESH_FOR_MS, maxLabels: 1 })).toEqual({
        connections: [],
        labels: [],
        hasMoreLabels: false,
      });
    });
  });
};

import type { DidKey, Labels } from '@dialtone/domain';
import type { SummaryDto } from '../src/readiness/summary/summary.dto';
import { useGateway } from './gateway';
import { NOW, readyObservation } from './observations';

const PATH = '/api/v2/voicelink/readiness/summary';

describe('GET /readiness/summary', () => {
  const gateway = useGateway();
  const see = (key: string, given: { issues?: readonly 'NO_BOT'[]; ageSeconds?: number } = {}): void => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const { issues = [], ageSeconds = 12 } = given;
    gateway.world.store(partnerId, {
      connectionId,
      key: key as DidKey,
      state: issues[0] ?? 'READY',
      issues,
      actionItems: [],
      stale: false,
      observedAt: new Date(NOW.getTime() - ageSeconds * 1_000),
      ageSeconds,
      observation: readyObservation(key as DidKey, agentId),
      drift: null,
      declared: false,
      advisories: [],
    });
  };
  const declare = async (key: string, labels: Labels = {}): Promise<void> => {
    const body = { agent_id: gateway.tenant.agentId, labels };
    expect((await gateway.ask('PUT', `/api/v2/voicelink/bindings/${key}`, { body })).status).toBe(201);
  };
  const summary = async (query = ''): Promise<SummaryDto> => (await gateway.ask('GET', `${PATH}${query}`)).json.data;

  it('counts by state, issue, connection and label, with every name', async () => {
    see('918000000001');
    see('918000000002', { issues: ['NO_BOT'], ageSeconds: 600 });
    await declare('918000000002', { team: 'sales' });
    const {
      by_state: byState,
      by_issue: byIssue,
      oldest_observed_at: oldest,
      connections,
      labels,
      ...totals
    } = await summary();
    expect(totals).toEqual({ numbers: 2, declared: 1, stale: 1 });
    expect(oldest).toBe(new Date(NOW.getTime() - 600_000).toISOString());
    expect([Object.keys(byState).length, byState['READY'], byState['NO_BOT'], byState['UNKNOWN']]).toEqual([
      11, 1, 1, 0,
    ]);
    expect([Object.keys(byIssue).length, byIssue['NO_BOT'], byIssue['ROUTING_CHANGED']]).toEqual([8, 1, 0]);
    expect(connections).toMatchObject([{ connection_id: gateway.tenant.connectionId, ...totals }]);
    expect(labels).toEqual([{ name: 'team', value: 'sales', count: 1 }]);
  });

  it('counts nothing where there is nothing', async () => {
    expect(await summary()).toMatchObject({ numbers: 0, oldest_observed_at: null, connections: [], labels: [] });
  });

  it.each([
    ['connection_id', () => `?connection_id=${gateway.tenant.connectionId}`, 2],
    ['agent_id', () => `?agent_id=${gateway.tenant.agentId}`, 1],
    ['another agent_id', () => '?agent_id=f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55', 0],
    ['labels', () => '?labels=team%3Dsales', 1],
  ])('is filtered by %s', async (_name, query, numbers) => {
    see('918000000001');
    await declare('918000000002', { team: 'sales' });
    expect((await summary(query())).numbers).toBe(numbers);
  });

  it('counts once for a second, for each filter apart', async () => {
    const { numbers } = gateway.world;
    numbers.summaries = 0;
    await Promise.all([summary(), summary()]);
    await summary('?labels=team');
    await summary();
    expect(numbers.summaries).toBe(2);
    await gateway.world.waitClock.advance(1_000);
    await summary();
    expect(numbers.summaries).toBe(3);
  });

  it.each([
    ['?agent_id=me', 'agent_id'],
    ['?connection_id=x', 'connection_id'],
    ['?labels=(', 'labels'],
    ['?state=READY', 'state'],
  ])('refuses %s and names the field', async (query, field) => {
    const { status, json } = await gateway.ask('GET', `${PATH}${query}`);
    expect([status, json.error.details?.[0]?.field]).toEqual([400, field]);
  });

  it('knows no connection of another partner', async () => {
    const { connectionId } = gateway.world.addTenant();
    const { json } = await gateway.ask('GET', `${PATH}?connection_id=${connectionId}`);
    expect(json.error.code).toBe('CONNECTION_NOT_FOUND');
  });
});

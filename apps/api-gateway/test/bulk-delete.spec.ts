import type { DidKey, Labels } from '@dialtone/domain';
import type { BulkAnswerDto } from '../src/bindings/bulk/bulk.dto';
import { useGateway } from './gateway';

const BINDINGS = '/api/v2/voicelink/bindings';
const keyOf = (nth: number): DidKey => `9180112${String(nth).padStart(5, '0')}` as DidKey;

describe('deleting many bindings', () => {
  const gateway = useGateway();
  const { world } = gateway;
  const declare = async (nth: number, labels: Labels = {}, manager: string | null = null): Promise<DidKey> => {
    const body = { agent_id: gateway.tenant.agentId, labels, manager };
    expect((await gateway.ask('PUT', `${BINDINGS}/${keyOf(nth)}`, { body })).status).toBe(201);
    return keyOf(nth);
  };
  const remove = (body: object) => gateway.ask('POST', `${BINDINGS}:delete`, { body });
  const answerTo = async (body: object): Promise<BulkAnswerDto> => {
    const { status, json } = await remove(body);
    expect(status).toBe(200);
    return json.data;
  };
  const left = (): readonly DidKey[] => [...world.views.values()].map(({ binding }) => binding.key).sort();

  it('withdraws by number, in any spelling, and says of each what became of it', async () => {
    await declare(1);
    await declare(2);
    const managed = await declare(3, {}, 'crm');
    const numbers = [`+${keyOf(1)}`, keyOf(2), keyOf(3), keyOf(4), 'hello', 7, keyOf(1)];
    const { applied, results, summary } = await answerTo({ numbers });
    expect(applied).toBe(true);
    expect(results.map(({ index, key, result, code }) => [index, key, result, code])).toEqual([
      [0, keyOf(1), 'withdrawn', undefined],
      [1, keyOf(2), 'withdrawn', undefined],
      [2, keyOf(3), 'refused', 'MANAGER_CONFLICT'],
      [3, keyOf(4), 'refused', 'NOT_FOUND'],
      [4, null, 'refused', 'VALIDATION_ERROR'],
      [5, null, 'refused', 'VALIDATION_ERROR'],
      [6, keyOf(1), 'refused', 'VALIDATION_ERROR'],
    ]);
    expect(summary).toMatchObject({ withdrawn: 2, refused: 5 });
    expect(left()).toEqual([managed]);
    expect((await answerTo({ numbers: [managed], manager: 'crm' })).summary.withdrawn).toBe(1);
  });

  it('releases each by what it declares, or all by what the request says', async () => {
    const body = { agent_id: gateway.tenant.agentId, release: 'outbound_off' };
    await gateway.ask('PUT', `${BINDINGS}/${keyOf(1)}`, { body });
    await declare(2);
    const numbers = [keyOf(1), keyOf(2)];
    const { results, summary } = await answerTo({ numbers });
    expect(results.map(({ result, releasing }) => [result, releasing])).toEqual([
      ['withdrawn', 'outbound_off'],
      ['withdrawn', undefined],
    ]);
    expect([summary.withdrawn, left()]).toEqual([2, [keyOf(1)]]);
    expect((await answerTo({ numbers: [keyOf(1)], release: 'keep', dry_run: true })).applied).toBe(false);
    expect(left()).toEqual([keyOf(1)]);
    expect((await answerTo({ numbers: [keyOf(1)], release: 'keep', atomic: true })).summary.withdrawn).toBe(1);
    expect(left()).toEqual([]);
  });

  it('withdraws by label, of a manager only what it declares', async () => {
    await declare(1, { team: 'sales' }, 'crm');
    const others = [await declare(2, { team: 'sales' }, 'erp'), await declare(3, { team: 'support' }, 'crm')];
    const plain = await declare(4);
    const answer = await answerTo({ labels: 'team=sales', manager: 'crm' });
    expect([answer.results, answer.left]).toEqual([[{ index: 0, key: keyOf(1), result: 'withdrawn' }], 0]);
    expect(left()).toEqual([...others, plain]);
    const refused = await answerTo({ labels: 'team=sales' });
    expect(refused.results).toMatchObject([{ result: 'refused', code: 'MANAGER_CONFLICT', field: 'manager' }]);
    expect((await answerTo({ labels: 'team', take_over: true })).summary).toMatchObject({ withdrawn: 2 });
    expect(left()).toEqual([plain]);
  });

  it('withdraws by label on one connection', async () => {
    await declare(1, { team: 'sales' });
    const second = world.addConnection(gateway.tenant.partnerId);
    expect((await answerTo({ labels: 'team', connection_id: second })).results).toEqual([]);
    const { results } = await answerTo({ labels: 'team', connection_id: gateway.tenant.connectionId });
    expect(results).toHaveLength(1);
    const { status, json } = await remove({ labels: 'team', connection_id: world.addTenant().connectionId });
    expect([status, json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
  });

  it('withdraws a thousand in one request, and says how many are left', async () => {
    for (let nth = 0; nth < 3; nth += 1) {
      const items = Array.from({ length: 400 }, (_, at) => ({
        number: keyOf(nth * 400 + at),
        agent_id: gateway.tenant.agentId,
        labels: { team: 'sales' },
      }));
      expect((await gateway.ask('POST', `${BINDINGS}:batch`, { body: { items } })).status).toBe(200);
    }
    expect((await answerTo({ labels: 'team=sales', dry_run: true })).left).toBe(200);
    expect(world.views.size).toBe(1_200);
    const first = await answerTo({ labels: 'team=sales' });
    expect([first.summary.withdrawn, first.left]).toEqual([1_000, 200]);
    const second = await answerTo({ labels: 'team=sales' });
    expect([second.summary.withdrawn, second.left, world.views.size]).toEqual([200, 0, 0]);
  });

  it.each([{ dry_run: true }, { atomic: true }])('withdraws nothing with %j and one that is refused', async (how) => {
    await declare(1);
    const answer = await answerTo({ numbers: [keyOf(1), keyOf(2)], ...how });
    expect([answer.applied, answer.results.map(({ result }) => result)]).toEqual([false, ['withdrawn', 'refused']]);
    expect(left()).toEqual([keyOf(1)]);
  });

  it.each<[string, object]>([
    ['numbers', {}],
    ['numbers', { numbers: null, labels: null }],
    ['numbers', { numbers: ['918011223344'], labels: 'team' }],
    ['numbers', { numbers: [] }],
    ['numbers', { numbers: Array.from({ length: 1_001 }, () => 'x') }],
    ['numbers', { numbers: '918011223344' }],
    ['labels', { labels: '' }],
    ['labels', { labels: 'a b' }],
    ['labels', { labels: { team: 'sales' } }],
    ['connection_id', { numbers: ['918011223344'], connection_id: '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20' }],
    ['connection_id', { labels: 'team', connection_id: 'x' }],
    ['manager', { labels: 'team', manager: '' }],
    ['key', { labels: 'team', key: 1 }],
  ])('refuses a request as a whole for its %s: %j', async (field, body) => {
    const { status, json } = await remove(body);
    expect([status, json.error.code, json.error.details?.map((detail) => detail.field)]).toEqual([
      400,
      'VALIDATION_ERROR',
      [field],
    ]);
  });

  it('counts towards the declarations of the minute', async () => {
    await declare(1);
    world.declarationsPerMinute = 1;
    expect((await remove({ numbers: [keyOf(1), keyOf(2)] })).status).toBe(429);
    expect((await remove({ numbers: [keyOf(1)] })).status).toBe(200);
  });
});

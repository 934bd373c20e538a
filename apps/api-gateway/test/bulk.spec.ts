import { randomUUID } from 'node:crypto';
import type { DidKey } from '@dialtone/domain';
import type { BulkAnswerDto } from '../src/bindings/bulk/bulk.dto';
import { useGateway } from './gateway';

const BINDINGS = '/api/v2/voicelink/bindings';
const BATCH = `${BINDINGS}:batch`;
const keyOf = (nth: number): DidKey => `9180112${String(nth).padStart(5, '0')}` as DidKey;

describe('declaring many bindings', () => {
  const gateway = useGateway();
  const { world } = gateway;
  const item = (nth: number, more: object = {}): object => ({
    number: `+${keyOf(nth)}`,
    agent_id: gateway.tenant.agentId,
    ...more,
  });
  const items = (count: number, more: object = {}): readonly object[] =>
    Array.from({ length: count }, (_, nth) => item(nth, more));
  const batch = (body: object, headers: Record<string, string> = {}) => gateway.ask('POST', BATCH, { body, headers });
  const answerTo = async (body: object): Promise<BulkAnswerDto> => {
    const { status, json } = await batch(body);
    expect(status).toBe(200);
    return json.data;
  };
  const resultsOf = ({ results }: BulkAnswerDto): readonly string[] =>
    results.map(({ result, field }) => [result, field].filter((part) => part !== undefined).join(' '));

  it('stores a thousand, and says of each that it was created, unchanged or updated', async () => {
    const first = await answerTo({ items: items(1_000) });
    expect(first).toMatchObject({ applied: true, summary: { created: 1_000, refused: 0 }, pruned: [], left: 0 });
    expect(first.results[999]).toEqual({ index: 999, key: keyOf(999), result: 'created', generation: 1 });
    expect(world.views.size).toBe(1_000);
    const again = [...items(999), item(999, { client_id: 5, labels: { team: 'sales' } })];
    expect((await answerTo({ items: again })).summary).toMatchObject({ unchanged: 999, updated: 1 });
    const { json } = await gateway.ask('GET', `${BINDINGS}/${keyOf(999)}`);
    expect(json.data).toMatchObject({ client_id: 5, labels: { team: 'sales' }, generation: 2 });
  });

  /** One item for each reason, and the field that its refusal names. */
  const wrong = async (): Promise<readonly (readonly [unknown, string, string])[]> => {
    const { partnerId } = gateway.tenant;
    const second = world.addConnection(partnerId);
    await gateway.ask('PUT', `${BINDINGS}/${keyOf(50)}`, {
      body: { agent_id: gateway.tenant.agentId, connection_id: second },
    });
    await gateway.ask('PUT', `${BINDINGS}/${keyOf(51)}`, {
      body: { agent_id: gateway.tenant.agentId, connection_id: second, manager: 'crm' },
    });
    const here = { connection_id: gateway.tenant.connectionId };
    return [
      ['x', 'items', 'VALIDATION_ERROR'],
      [null, 'items', 'VALIDATION_ERROR'],
      [[], 'items', 'VALIDATION_ERROR'],
      [item(1, { number: 'hello', ...here }), 'number', 'VALIDATION_ERROR'],
      [item(1, { number: 918_011_200_001, ...here }), 'number', 'VALIDATION_ERROR'],
      [item(1, { number: null, ...here }), 'number', 'VALIDATION_ERROR'],
      [{ number: keyOf(2), ...here }, 'agent_id', 'VALIDATION_ERROR'],
      [item(3, { agent_id: 'me', ...here }), 'agent_id', 'VALIDATION_ERROR'],
      [item(4, { agent_id: randomUUID(), ...here }), 'agent_id', 'AGENT_NOT_FOUND'],
      [item(5, { client_id: '7', ...here }), 'client_id', 'VALIDATION_ERROR'],
      [item(6, { labels: { 'a b': 'c' }, ...here }), 'labels', 'VALIDATION_ERROR'],
      [item(7, { agent: 'x', ...here }), 'agent', 'VALIDATION_ERROR'],
      [item(8, { mode: 'force', ...here }), 'mode', 'VALIDATION_ERROR'],
      [item(9), 'connection_id', 'CONNECTION_AMBIGUOUS'],
      [item(10, { connection_id: randomUUID() }), '', 'CONNECTION_NOT_FOUND'],
      [item(50, here), 'connection_id', 'CONNECTION_CONFLICT'],
      [item(51, { connection_id: second, manager: 'erp' }), 'manager', 'MANAGER_CONFLICT'],
    ];
  };

  it('refuses each item for its own reason, names its field, and stores the others', async () => {
    const table = await wrong();
    const good = item(60, { connection_id: gateway.tenant.connectionId });
    const given = [good, ...table.map(([one]) => one), { ...good, number: `00${keyOf(60)}` }];
    const { results, summary, applied } = await answerTo({ items: given });
    expect(applied).toBe(true);
    expect(results.slice(1, -1).map(({ code, field }) => [field ?? '', code])).toEqual(
      table.map(([, field, code]) => [field, code]),
    );
    expect(results.at(-1)).toMatchObject({
      result: 'refused',
      field: 'number',
      reason: expect.stringContaining('index 0') as string,
    });
    expect(results.map(({ index }) => index)).toEqual(results.map((_, nth) => nth));
    expect(
      results.filter(({ result }) => result === 'refused').every(({ reason }) => (reason ?? '').endsWith('.')),
    ).toBe(true);
    expect(summary).toEqual({ created: 1, updated: 0, unchanged: 0, withdrawn: 0, refused: table.length + 1 });
    expect(world.views.size).toBe(3);
  });

  it.each<{ how: object; second: object; want: readonly string[] }>([
    { how: { atomic: true }, second: { agent_id: 'x' }, want: ['created', 'refused agent_id'] },
    { how: { atomic: true }, second: { agent_id: randomUUID() }, want: ['created', 'refused agent_id'] },
    { how: { dry_run: true }, second: {}, want: ['created', 'created'] },
    { how: { dry_run: true, atomic: true }, second: { number: '12' }, want: ['created', 'refused number'] },
  ])('stores nothing with $how and $second, and says what would become of each', async ({ how, second, want }) => {
    const answer = await answerTo({ items: [item(1), item(2, second)], ...how });
    expect([answer.applied, resultsOf(answer)]).toEqual([false, want]);
    expect(world.views.size).toBe(0);
  });

  it('stores all that is asked for at once when none is refused', async () => {
    const answer = await answerTo({ items: items(250), atomic: true });
    expect([answer.applied, world.views.size]).toEqual([true, 250]);
  });

  it('stores a hundred at a time, so that the reconcilers begin before the last are stored', async () => {
    const { changeAll } = world.bindings;
    const seen: number[] = [];
    const spy = jest.spyOn(world.bindings, 'changeAll').mockImplementation((input) => {
      seen.push(world.views.size);
      return changeAll(input);
    });
    await answerTo({ items: items(250) });
    expect(seen).toEqual([0, 100, 200]);
    spy.mockRestore();
  });

  it('gives all items the manager of the request, which none of them may contradict', async () => {
    const answer = await answerTo({
      manager: 'crm',
      items: [item(1), item(2, { manager: 'crm' }), item(3, { manager: 'erp' })],
    });
    expect(resultsOf(answer)).toEqual(['created', 'created', 'refused manager']);
    expect([...world.views.values()].map(({ marks }) => marks.manager)).toEqual(['crm', 'crm']);
    const taken = await answerTo({ manager: 'erp', take_over: true, items: [item(1)] });
    expect(resultsOf(taken)).toEqual(['updated']);
  });

  it.each<[string, object]>([
    ['items', {}],
    ['items', { items: null }],
    ['items', { items: [] }],
    ['items', { items: {} }],
    ['items', { items: Array.from({ length: 1_001 }, () => 1) }],
    ['atomic', { items: [1], atomic: 'yes' }],
    ['dry_run', { items: [1], dry_run: 1 }],
    ['manager', { items: [1], manager: 'a b' }],
    ['numbers', { items: [1], numbers: [] }],
    ['keep', { items: [1], keep: [] }],
    ['force', { items: [1], force: true }],
    ['max_prune_percent', { items: [1], prune: true, manager: 'a', max_prune_percent: 101 }],
    ['manager', { items: [1], prune: true }],
  ])('refuses a request as a whole for its %s: %j', async (field, body) => {
    const { status, json } = await batch(body);
    expect([status, json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(json.error.details?.map((detail) => detail.field)).toEqual([field]);
  });

  it('answers a repetition under the same key with the first answer', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await batch({ items: items(3) }, headers);
    const again = await batch({ items: items(3) }, headers);
    expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    const other = await batch({ items: items(4) }, headers);
    expect([other.status, other.json.error.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('needs the scope of a single declaration', async () => {
    const apiKey = world.addKey(gateway.tenant.partnerId, ['bindings:read']);
    const { status } = await gateway.ask('POST', BATCH, { body: { items: items(1) }, apiKey });
    expect(status).toBe(403);
  });

  it('asks for the clients of all items at once, and refuses those that there are not', async () => {
    world.knownClients.store(gateway.tenant.connectionId, [415]);
    const find = jest.spyOn(world.knownClients, 'find');
    const answer = await answerTo({
      items: [item(1, { client_id: 415 }), item(2, { client_id: 416 }), item(3, { client_id: 416 })],
    });
    expect(resultsOf(answer)).toEqual(['created', 'refused client_id', 'refused client_id']);
    expect(find).toHaveBeenCalledTimes(1);
  });

  describe('within a minute', () => {
    const declaredIn = async (sizes: readonly number[]): Promise<readonly number[]> => {
      const statuses: number[] = [];
      for (const [nth, size] of sizes.entries()) {
        const body = { items: Array.from({ length: size }, (_, at) => item(nth * 1_000 + at)) };
        statuses.push((await batch(body)).status);
      }
      return statuses;
    };
    beforeEach(() => {
      world.requestsPerMinute.general = 60;
      world.declarationsPerMinute = 6_000;
    });

    it('takes five thousand numbers under the default limits, and refuses what is too much as a whole', async () => {
      expect(await declaredIn([1_000, 1_000, 1_000, 1_000, 1_000])).toEqual([200, 200, 200, 200, 200]);
      expect(await declaredIn([900, 200, 100])).toEqual([200, 429, 200]);
      const { json, headers } = await batch({ items: items(1) });
      expect([json.error.code, headers['retry-after']]).toEqual(['RATE_LIMITED', '60']);
      expect(json.error.message).toContain('has 0 left');
      expect((await batch({ items: items(1), dry_run: true })).status).toBe(200);
      world.requestWindows.now += 60_000;
      expect((await batch({ items: items(1) })).status).toBe(200);
    });

    it('leaves a declaration of one number to the limit of requests', async () => {
      world.declarationsPerMinute = 1;
      const declare = async (): Promise<number> =>
        (await gateway.ask('PUT', `${BINDINGS}/${keyOf(1)}`, { body: { agent_id: gateway.tenant.agentId } })).status;
      expect((await batch({ items: items(2) })).status).toBe(429);
      expect([await declare(), await declare(), await declare()]).toEqual([201, 200, 200]);
    });
  });
});

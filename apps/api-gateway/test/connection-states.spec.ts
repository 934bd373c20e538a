import type { ConnectionId } from '@dialtone/domain';
import { useGateway } from './gateway';
import { NOW } from './observations';

const PATH = '/api/v2/telephony/connection-states';
const AGO = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const SWEPT = { startedAt: AGO(30), endedAt: AGO(20), completeAt: AGO(90), dueAt: AGO(-40), isRunning: false };

interface Told {
  readonly connections: readonly (Readonly<Record<string, unknown>> & {
    readonly id: ConnectionId;
    readonly voicelink: Readonly<Record<string, unknown>> | null;
  })[];
  readonly next_cursor: string | null;
}

describe('the list of how connections are', () => {
  const gateway = useGateway();
  const list = async (query = ''): Promise<Told> => (await gateway.ask('GET', `${PATH}${query}`)).json.data;
  const voicelink = async () => (await list()).connections[0]?.voicelink;

  it('shows what the list of connections shows, without numbers', async () => {
    const [row] = (await list()).connections;
    const documented = await gateway.ask('GET', '/api/v2/telephony/connections');
    const [listed] = (documented.json.data as { connections: readonly Record<string, unknown>[] }).connections;
    const { phone_numbers: numbers, ...head } = listed ?? {};
    expect(numbers).toEqual([]);
    expect(row).toEqual({ ...head, voicelink: expect.anything() as unknown });
  });

  it('says of a sweep when it ran, and of each list how far it was read', async () => {
    gateway.world.telephony.states.set(gateway.tenant.connectionId, {
      sweep: SWEPT,
      warnings: [
        { section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 502' },
        { section: 'routing', code: 'TRUNCATED', message: 'page 3 failed' },
      ],
      suspect: [{ section: 'dids', since: AGO(600).getTime() }],
    });
    expect(await voicelink()).toMatchObject({
      sweep: {
        running: false,
        started_at: AGO(30).toISOString(),
        ended_at: AGO(20).toISOString(),
        complete_at: AGO(90).toISOString(),
        due_at: AGO(-40).toISOString(),
      },
      sections: [
        { section: 'clients', state: 'complete', suspect_since: null },
        { section: 'dids', state: 'complete', suspect_since: AGO(600).toISOString() },
        { section: 'available_dids', state: 'complete', suspect_since: null },
        { section: 'bots', state: 'failed', suspect_since: null },
        { section: 'routing', state: 'truncated', suspect_since: null },
      ],
      warnings: [{ section: 'bots' }, { section: 'routing', code: 'TRUNCATED', message: 'page 3 failed' }],
    });
  });

  it('claims nothing of a connection that was never swept', async () => {
    const told = await voicelink();
    expect(told).toMatchObject({ sweep: { started_at: null, ended_at: null, complete_at: null }, hold: null });
    const sections = told?.['sections'] as readonly { readonly state: string }[];
    expect(new Set(sections.map(({ state }) => state))).toEqual(new Set(['unread']));
  });

  it('shows a hold with its reason and its beginning', async () => {
    const { connectionId } = gateway.tenant;
    Object.assign(gateway.world.connections[0] ?? {}, { writesHeld: '412 numbers broke' });
    gateway.world.telephony.states.set(connectionId, { heldSince: AGO(60).getTime() });
    expect((await voicelink())?.['hold']).toEqual({ reason: '412 numbers broke', since: AGO(60).toISOString() });
  });

  it.each([
    ['is closed', null, { state: 'closed', open_until: null }],
    ['is open until a time', 5_000, { state: 'open', open_until: AGO(-5).toISOString() }],
    ['lets a request find out', 0, { state: 'half_open', open_until: null }],
  ] as const)('says of a breaker that it %s', async (_, openForMs, want) => {
    await gateway.world.telephony.states.noteBreaker(gateway.tenant.connectionId, openForMs);
    expect((await voicelink())?.['breaker']).toEqual(want);
  });

  it.each([
    ['nothing is used up', { aheadMs: 0, blockedUntil: null }, { available: 20, blocked_until: null }],
    ['some of it is', { aheadMs: 350, blockedUntil: null }, { available: 16, blocked_until: null }],
    ['more than all of it is', { aheadMs: 3_000, blockedUntil: null }, { available: 0, blocked_until: null }],
    [
      'VoiceLink asked to wait',
      { aheadMs: 0, blockedUntil: AGO(-9).getTime() },
      { available: 0, blocked_until: AGO(-9).toISOString() },
    ],
    ['the login cannot be read', null, { available: null, blocked_until: null }],
  ] as const)('says what is left of the budget when %s', async (_, budget, want) => {
    gateway.world.telephony.states.set(gateway.tenant.connectionId, { budget });
    expect((await voicelink())?.['budget']).toEqual({ requests_per_second: 10, burst: 20, ...want });
  });

  it('has pages, filters, and other carriers without what only VoiceLink has', async () => {
    const { partnerId } = gateway.tenant;
    gateway.world.addConnection(partnerId, { provider: 'plivo', name: 'Plivo' });
    const first = await list('?limit=1');
    const second = await list(`?limit=1&cursor=${String(first.next_cursor)}`);
    expect([first.connections.length, second.connections, second.next_cursor]).toMatchObject([
      1,
      [{ provider: 'plivo', voicelink: null }],
      null,
    ]);
    expect((await list('?provider=plivo')).connections.length).toBe(1);
    expect((await list('?status=DISCONNECTED')).connections).toEqual([]);
    expect((await gateway.ask('GET', `${PATH}?fields=compact`)).status).toBe(400);
  });

  it('shows nothing of another partner', async () => {
    const other = gateway.world.addTenant();
    const answer = await gateway.ask('GET', PATH, { apiKey: other.apiKey });
    expect((answer.json.data as Told).connections.map(({ id }) => id)).toEqual([other.connectionId]);
  });
});

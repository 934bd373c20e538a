import { randomUUID } from 'node:crypto';
import { EVENT_EXAMPLES, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import { StreamRoom } from '../src/http/stream-room';
import { TestGateway } from './gateway';
import { eventually, getOf, RawClient, requestLines } from './raw-client';
import { messagesIn } from './sse';

const URL = '/api/v2/voicelink/events/stream';
const READINESS = 'dialtone.readiness.changed.v1';
const WARNING = 'dialtone.warning.raised.v1';

describe('a stream of events', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await TestGateway.start();
  });
  afterEach(() => gateway.close());

  const names = new Map<string, string>();
  /** The tests call it by a name. */
  const log = (type: OutboundEventType, name: string, partnerId: string = gateway.tenant.partnerId): void => {
    const { connectionId } = gateway.tenant;
    const id = randomUUID();
    names.set(id, name);
    const scope = { partner_id: partnerId, connection_id: connectionId };
    gateway.world.tables.log.append({
      ...{ event_id: id, type, connection_id: connectionId, key: null, seq: null },
      data: { ...EVENT_EXAMPLES[type], ...scope },
    } as unknown as AnyLoggedEvent);
  };
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await gateway.world.waitClock.settle();
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      await gateway.world.waitClock.advance(500);
      await settled();
    }
  };
  /** What it shows until now, as `type name` or `type`. */
  const shown = (text: string): readonly string[] =>
    messagesIn(text).map(({ event = '', data = '{}' }) =>
      [event, names.get((JSON.parse(data) as { id?: string }).id ?? '')].filter((part) => part !== undefined).join(' '),
    );
  /** Ends after nine seconds. */
  const open = async (query = '', headers = {}) => {
    const asked = gateway.ask('GET', `${URL}?timeout_seconds=9${query}`, { headers });
    const answer = asked.then(({ status, text }) => ({ status, shown: shown(text), text }));
    await settled();
    return { answer };
  };

  /** Where a list stands now. */
  const latest = async (): Promise<string> =>
    ((await gateway.ask('GET', '/api/v2/voicelink/events?cursor=latest')).json.data as { next_cursor: string })
      .next_cursor;

  it('tells what is logged and what comes, each with its cursor, and ends when its time is up', async () => {
    log(READINESS, 'a');
    log(READINESS, 'not own', 'another');
    const { answer } = await open();
    log(WARNING, 'b');
    log(READINESS, 'not own', 'another');
    gateway.world.commit();
    await pass(9_000);
    const { status, shown: told, text } = await answer;
    expect([status, told]).toEqual([200, ['bookmark', `${READINESS} a`, `${WARNING} b`, 'bookmark']]);
    expect(text).toMatch(/^retry: 1000\n/);
    // Each id is a cursor of the list as well.
    const ofA = messagesIn(text)[1]?.id ?? '';
    const page = await gateway.ask('GET', `/api/v2/voicelink/events?cursor=${ofA}`);
    expect((page.json.data as { events: { id: string }[] }).events.map(({ id }) => names.get(id))).toEqual(['b']);
  });

  it('resumes after the last id, which goes before the cursor', async () => {
    const start = await latest();
    for (const id of ['a', 'b', 'c']) log(READINESS, id);
    const first = await open();
    await pass(9_000);
    const ofB = messagesIn((await first.answer).text)[2]?.id ?? '';
    const again = await open(`&cursor=${start}`, { 'last-event-id': ofB });
    await pass(9_000);
    expect((await again.answer).shown).toEqual(['bookmark', `${READINESS} c`]);
  });

  it('that shows nothing says now and then how far it is, and otherwise that it lives', async () => {
    const { answer } = await open(`&type=${READINESS}`);
    log(WARNING, 'a');
    await pass(9_000);
    const { shown: told, text } = await answer;
    expect([told, text.split(':\n\n').length - 1]).toEqual([['bookmark', 'bookmark'], 1]);
    const last = messagesIn(text).at(-1)?.id;
    expect(last).toBe(await latest());
  });

  it('is refused before it begins when events after the cursor are deleted, and ends with the code when they are later', async () => {
    const start = await latest();
    for (const id of ['a', 'b', 'c']) log(READINESS, id);
    const { answer } = await open();
    gateway.world.tables.log.clear();
    await pass(9_000);
    const { shown: told, text } = await answer;
    expect(told.slice(0, 5)).toEqual(['bookmark', ...['a', 'b', 'c'].map((id) => `${READINESS} ${id}`), 'error']);
    expect(text).toContain('"code":"CURSOR_EXPIRED"');
    for (const id of ['a', 'b']) log(READINESS, id);
    gateway.world.tables.log.pruneOldest(1);
    const refused = await gateway.ask('GET', `${URL}?cursor=${start}`);
    expect([refused.status, refused.json.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
  });

  it('begins with the numbers as they are when asked to, then tells what comes', async () => {
    log(READINESS, 'before');
    for (const key of ['918010000001', '918010000002']) {
      const body = { agent_id: gateway.tenant.agentId };
      expect((await gateway.ask('PUT', `/api/v2/voicelink/bindings/${key}`, { body })).status).toBe(201);
    }
    const { answer } = await open('&snapshot=true');
    log(READINESS, 'after');
    await pass(9_000);
    const { shown: told, text } = await answer;
    expect(told).toEqual(['snapshot', 'snapshot', 'bookmark', `${READINESS} after`]);
    const [first, second, end] = messagesIn(text);
    const rows = await gateway.ask('GET', '/api/v2/voicelink/readiness?fields=compact');
    expect([first, second].map((message) => JSON.parse(message?.data ?? '') as object)).toEqual(
      (rows.json.data as { numbers: object[] }).numbers,
    );
    expect([first?.id, second?.id, end?.data]).toEqual([undefined, undefined, '{"snapshot":"complete"}']);
    const back = await open('&snapshot=true', { 'last-event-id': end?.id });
    await pass(9_000);
    expect((await back.answer).shown).toEqual(['bookmark', `${READINESS} after`]);
    const one = await open('&snapshot=true&number=%2B918010000002');
    await pass(9_000);
    expect((await one.answer).shown).toEqual(['snapshot', 'bookmark']);
    const both = await gateway.ask('GET', `${URL}?snapshot=true&cursor=${end?.id ?? ''}`);
    expect([both.status, both.json.error.message]).toEqual([400, expect.stringContaining('leave cursor out')]);
  });

  it('ends when its key is revoked', async () => {
    const { answer } = await open();
    Object.assign(gateway.world.apiKeys, { authenticate: () => Promise.resolve(null) });
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
    await pass(4_500);
    clock.mockRestore();
    const { text } = await answer;
    expect(text).toContain('"code":"UNAUTHORIZED"');
    expect(requestLines(gateway).at(-1)).toMatchObject({ status: 200, code: 'UNAUTHORIZED' });
  });

  it('reads new events once for all streams', async () => {
    const reads: unknown[] = [];
    const { eventWatch } = gateway.world;
    const read = eventWatch.read.bind(eventWatch);
    const answers = [await open(), await open(), await open()];
    await pass(1_000);
    Object.assign(eventWatch, {
      read: (asked: Parameters<typeof read>[0]) => {
        reads.push(asked.partnerId);
        return read(asked);
      },
    });
    log(READINESS, 'a');
    gateway.world.commit();
    await pass(8_000);
    for (const { answer } of answers) expect((await answer).shown).toEqual(['bookmark', `${READINESS} a`]);
    expect(reads.length).toBeGreaterThan(0);
    expect(new Set(reads)).toEqual(new Set([undefined]));
  });

  it('finds no room beside so many of its partner, and makes room when its client leaves', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    const room = gateway.app.get(StreamRoom);
    const clients = await Promise.all(Array.from({ length: 3 }, () => RawClient.open(gateway)));
    for (const client of clients) await client.send(getOf(URL, gateway.tenant.apiKey));
    await eventually(() => room.size === 3);
    const refused = await gateway.ask('GET', URL);
    expect([refused.status, refused.json.error.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.json.error.message).toMatch(/^3 event streams of this partner/);
    const stranger = gateway.world.addTenant();
    expect((await gateway.ask('GET', `${URL}?cursor=${randomUUID()}`, { apiKey: stranger.apiKey })).status).toBe(400);
    for (const client of clients) client.reset();
    await eventually(() => room.size === 0);
    expect(room.size).toBe(0);
  });

  it('ends when the process stops', async () => {
    const { answer } = await open();
    await gateway.close();
    expect((await answer).shown).toEqual(['bookmark']);
    gateway = await TestGateway.start();
  });
});

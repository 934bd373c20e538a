import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionId } from '@dialtone/domain';
import type { Stores } from '@dialtone/persistence';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { aDidKey, updateOf } from '@dialtone/testing';
import { positionOf } from '../src/events/event-cursor';
import { messagesIn, type SseMessage } from './sse';
import { openStoredGateway, type StoredGateway } from './stored-gateway';

/** Cuts of the connection; `STREAM_CUTS=1000` for as many as one has patience for. */
// eslint-disable-next-line no-restricted-syntax -- The length of a test is no configuration of the product.
const CUTS = Number(process.env['STREAM_CUTS'] ?? 40);
const READINESS = 'dialtone.readiness.changed.v1';
const WRITERS = 4;
/** Numbers to which nothing happens any more: only a snapshot tells of them. */
const EARLIER = 600;

/** With the same keys any gateway takes up what another one began. */
const ENVIRONMENT = {
  // A client that is cut off comes back at once.
  RATE_LIMIT_PER_MINUTE: '100000',
  API_KEY_PEPPER: randomBytes(32).toString('base64'),
  CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};

/** A number, in a snapshot or in an event. */
interface Told {
  readonly key: string;
  readonly state: string;
  readonly issues: readonly string[];
}

/** An event. */
interface ToldEvent {
  readonly id: string;
  readonly data: Told;
}

const viewed = ({ key, state, issues }: Told): readonly [string, object] => [key, { state, issues }];

describe('streams over two gateways on PostgreSQL', () => {
  let database: TestDatabase;
  let gateways: readonly StoredGateway[];
  let stores: Stores;
  beforeAll(async () => {
    database = await createTestDatabase();
    gateways = [await openStoredGateway(database, ENVIRONMENT), await openStoredGateway(database, ENVIRONMENT)];
    stores = gateways[0]?.stores as Stores;
    for (const { app } of gateways) await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    for (const { app } of gateways) await app.close();
    await database.drop();
  });

  /** Numbers that become ready and fall back, one event each time, until it is called. */
  const write = (connectionId: ConnectionId): (() => Promise<void>) => {
    let isOver = false;
    const writer = async (): Promise<void> => {
      const key = aDidKey();
      for (let turn = 0; !isOver; turn += 1) {
        const update = updateOf(key, { issues: turn % 2 === 0 ? [] : ['NO_BOT'], at: await stores.clock.time() });
        await stores.keyStates.apply(connectionId, [update], { makeDue: false });
        await sleep(Math.random() * 20);
      }
    };
    const sequencer = async (): Promise<void> => {
      while (!isOver) {
        await stores.sequencer.assign(100);
        await sleep(10);
      }
    };
    const running = [sequencer(), ...Array.from({ length: WRITERS }, writer)];
    return async () => {
      isOver = true;
      await Promise.all(running);
      while ((await stores.sequencer.assign(1_000)) > 0);
    };
  };

  /** One connection, which is cut after so many ms: what it was sent, also in part. */
  const connectOnce = async (
    turn: number,
    { apiKey, lastId, ms }: { readonly apiKey: string; readonly lastId: string | undefined; readonly ms: number },
  ): Promise<readonly SseMessage[]> => {
    const base = await gateways[turn % 2]?.app.getUrl();
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(lastId !== undefined && { 'last-event-id': lastId }),
    };
    let text = '';
    const request = get(`${String(base)}/api/v2/voicelink/events/stream?snapshot=true&type=${READINESS}`, {
      headers,
      agent: false,
    });
    const done = Promise.withResolvers<undefined>();
    request.on('response', (response: IncomingMessage) => {
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', () => undefined);
    });
    request
      .on('error', () => undefined)
      .on('close', () => {
        done.resolve(undefined);
      });
    await sleep(ms);
    request.destroy();
    await done.promise;
    return messagesIn(text);
  };

  it('end with the view of the database and every event once in order, however often the client is cut off', async () => {
    const { id: partnerId } = await stores.partners.create('Partner');
    const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
    const credentials = { username: 'u', password: 'p' };
    const access = { partnerId, name: 'VoiceLink', baseUrl: 'http://127.0.0.1:1', credentials };
    const { id: connectionId } = await stores.connections.create(access);
    const earlier = Array.from({ length: EARLIER }, () => updateOf(aDidKey(), { issues: ['NO_BOT'] }));
    await stores.keyStates.apply(connectionId, earlier, { makeDue: false });
    const stop = write(connectionId);
    const told: ToldEvent[] = [];
    const view = new Map<string, object>();
    let lastId: string | undefined;
    let start: string | undefined;
    const follow = async (turn: number, ms: number): Promise<void> => {
      const messages = await connectOnce(turn, { apiKey, lastId, ms });
      for (const { id, event, data = '' } of messages) {
        lastId = id ?? lastId;
        start ??= lastId;
        if (event === 'snapshot') view.set(...viewed(JSON.parse(data) as Told));
        if (event === 'snapshot' || event === 'bookmark') continue;
        const heard = JSON.parse(data) as ToldEvent;
        told.push(heard);
        view.set(...viewed(heard.data));
      }
    };
    for (let cut = 0; cut < CUTS || start === undefined; cut += 1) await follow(cut, Math.random() * 150);
    await stop();
    const after = positionOf(start);
    const { events } = await stores.eventWatch.read({ partnerId, after, limit: 100_000 });
    const meant = events.filter(({ type }) => type === READINESS);
    for (let turn = 0; turn < 20 && told.length < meant.length; turn += 1) await follow(turn, 500);
    expect(meant.length).toBeGreaterThan(CUTS);
    expect(told.map(({ id }) => id)).toEqual(meant.map((event) => event.event_id));
    const order = { by: 'key', descending: false } as const;
    const { items } = await stores.numbers.list({ partnerId, order, limit: 1_000, freshForMs: 0 });
    expect(items.length).toBe(EARLIER + WRITERS);
    const known = [...view].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(JSON.stringify(known)).toBe(JSON.stringify(items.map(viewed)));
  }, 300_000);
});

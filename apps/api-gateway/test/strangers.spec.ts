import { setTimeout as sleep } from 'node:timers/promises';
import { TestGateway } from './gateway';
import { eventually, getOf, RawClient, requestLines } from './raw-client';

const BINDINGS = '/api/v2/voicelink/bindings';
const UNANSWERED = 16;
const WAITING = 1_000;
/** Keys in one of two statements at a time. */
const BATCH = 200;
const CONNECTIONS = 400;

/** Well-formed, and never issued. */
const guess = (nth: number): string => `rg_live_${nth.toString(16).padStart(16, '0')}_${'A'.repeat(43)}`;
const range = (count: number): number[] => Array.from({ length: count }, (_, nth) => nth);
/** So many requests in one text, each with a key of its own. */
const guesses = (count: number, from = 0): string =>
  range(count)
    .map((nth) => getOf(BINDINGS, guess(from + nth)))
    .join('');

describe('what nobody without a key may cost', () => {
  let gateway: TestGateway;
  const clients: RawClient[] = [];
  const open = async (isReading = true): Promise<RawClient> => {
    const client = await RawClient.open(gateway, isReading);
    clients.push(client);
    return client;
  };
  /** Holds all look-ups of unknown keys until it is called. */
  const holdLookups = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    gateway.world.apiKeys.authenticateAll = async (apiKeys) => {
      await promise;
      return Promise.all(apiKeys.map((apiKey) => gateway.world.apiKeys.authenticate(apiKey)));
    };
    return () => {
      resolve(undefined);
    };
  };

  beforeEach(async () => {
    gateway = await TestGateway.start();
    await gateway.app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.reset();
    await gateway.close();
  });

  describe('one connection', () => {
    it('gets so many answers, one 503 that says when to come again, and its end, whatever it sends ahead', async () => {
      const release = holdLookups();
      const flood = await open();
      await flood.send(guesses(5_000));
      await eventually(() => requestLines(gateway).length > 0);
      release();
      await eventually(() => flood.socket.destroyed);
      expect(flood.statuses).toEqual([...Array<number>(UNANSWERED).fill(401), 503]);
      expect(flood.said).toMatch(/503 Service Unavailable\r\nretry-after: 1\r\n/);
      expect(flood.said).toContain('"code":"SERVICE_UNAVAILABLE"');
      expect(gateway.world.lookups).toBe(UNANSWERED);
      expect(requestLines(gateway)).toHaveLength(UNANSWERED + 1);
    });

    it('of a partner may send some requests ahead, and gets all answers in order', async () => {
      const partner = await open();
      const { apiKey } = gateway.tenant;
      const paths = range(UNANSWERED).map((nth) => (nth % 2 === 0 ? BINDINGS : `${BINDINGS}/918011223344`));
      await partner.send(paths.map((path) => getOf(path, apiKey)).join(''));
      await partner.answered(UNANSWERED);
      expect(partner.statuses).toEqual(paths.map((path) => (path === BINDINGS ? 200 : 404)));
      await partner.send(getOf(BINDINGS, apiKey));
      await partner.answered(UNANSWERED + 1);
      expect(partner.statuses.at(-1)).toBe(200);
    });

    it('that takes nothing of its answers is closed within seconds', async () => {
      const silent = await open(false);
      // The network takes some megabytes before anything waits in the process.
      for (let round = 0; round < 4; round += 1) {
        await silent.send(
          range(UNANSWERED)
            .map(() => getOf('/openapi.json'))
            .join(''),
        );
        await sleep(200);
      }
      const ended = (): boolean => requestLines(gateway).some(({ aborted }) => aborted === true);
      // Twice the patience, and what a busy machine adds.
      await eventually(ended, 40_000);
      expect(ended()).toBe(true);
    });
  });

  describe('those that wait for their key to be looked up', () => {
    it('are so many, and every further one is told at once to come again', async () => {
      const release = holdLookups();
      const floods = await Promise.all(range(90).map(() => open()));
      for (const [nth, flood] of floods.entries()) {
        await flood.send(guesses(UNANSWERED, nth * UNANSWERED));
      }
      const [late, health] = [await open(), await open()];
      await late.send(getOf(BINDINGS, guess(10_000)));
      await late.answered(1);
      expect(late.said).toMatch(/^HTTP\/1.1 503 Service Unavailable\r\n(?:.+\r\n)*retry-after: 1\r\n/);
      await health.send(getOf('/health/ready'));
      await health.answered(1);
      expect(health.statuses).toEqual([200]);
      release();
      await eventually(() => requestLines(gateway).length > floods.length * UNANSWERED, 30_000);
      expect(gateway.world.lookups).toBeGreaterThanOrEqual(WAITING);
      expect(gateway.world.lookups).toBeLessThanOrEqual(WAITING + 2 * BATCH);
    });

    it('make no known key wait', async () => {
      const release = holdLookups();
      const known = await open();
      const { apiKey } = gateway.tenant;
      await known.send(getOf(BINDINGS, apiKey));
      release();
      await known.answered(1);
      holdLookups();
      const flood = await open();
      await flood.send(guesses(10));
      const another = await open();
      await another.send(getOf(BINDINGS, apiKey));
      await another.answered(1);
      expect([another.statuses, flood.statuses]).toEqual([[200], []]);
    });

    it('are forgotten when they hang up', async () => {
      const release = holdLookups();
      const first = await open();
      await first.send(guesses(4));
      const second = await open();
      await second.send(getOf(BINDINGS, guess(100)));
      await eventually(() => gateway.world.lookups > 0, 100);
      const third = await open();
      await third.send(guesses(4, 200));
      await eventually(() => gateway.world.lookups > 0, 100);
      third.reset();
      await eventually(() => requestLines(gateway).filter(({ aborted }) => aborted === true).length === 4);
      release();
      await first.answered(4);
      await second.answered(1);
      expect(gateway.world.lookups).toBe(5);
    });

    it.each([
      ['too short', 'rg_live_unknown'],
      ['one character short', `rg_live_0123456789abcdef_${'A'.repeat(42)}`],
      ['in capitals', `rg_live_0123456789ABCDEF_${'A'.repeat(43)}`],
      ['one character long', `rg_live_0123456789abcdef_${'A'.repeat(44)}`],
      ['of another prefix', `RG_LIVE_0123456789abcdef_${'A'.repeat(43)}`],
      ['without end', 'x'.repeat(10_000)],
    ])('are not those whose key cannot be one: %s', async (_name, apiKey) => {
      holdLookups();
      const client = await open();
      await client.send(getOf(BINDINGS, apiKey));
      await client.answered(1);
      expect([client.statuses, gateway.world.lookups]).toEqual([[401], 0]);
    });
  });

  describe('connections', () => {
    it('of strangers are so many: the oldest of them makes room, and a partner keeps its own', async () => {
      const partner = await open();
      await partner.send(getOf(BINDINGS, gateway.tenant.apiKey));
      await partner.answered(1);
      const oldest = await open();
      const others: RawClient[] = [];
      while (others.length < CONNECTIONS) others.push(await open());
      await eventually(() => oldest.socket.destroyed);
      expect([oldest.socket.destroyed, others.filter(({ socket }) => socket.destroyed).length]).toEqual([true, 0]);
      await partner.send(getOf(BINDINGS, gateway.tenant.apiKey));
      await partner.answered(2);
      expect(partner.statuses).toEqual([200, 200]);
    });
  });

  it('their lines in the log are short', async () => {
    const client = await open();
    await client.send(getOf(`/${'x'.repeat(10_000)}?${'y'.repeat(3_000)}`));
    await client.answered(1);
    const lines = gateway.log.filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(400);
  });
});

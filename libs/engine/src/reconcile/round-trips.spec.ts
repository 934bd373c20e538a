import { EngineFixture, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';
const TRIP_MS = 1_000;

type Account = EngineFixture['upstream'];

/** An account of which every answer takes a second: what a run takes is how many requests it waits for in a row. */
const slowly = (fixture: EngineFixture, asked: string[]): Account => {
  const { upstream, clock } = fixture;
  const slow = async <R>(name: string, call: () => Promise<R>): Promise<R> => {
    asked.push(name);
    await clock.sleep(TRIP_MS);
    return call();
  };
  return withCalls(upstream, {
    list: ((...input: Parameters<Account['list']>) => slow(input[0], () => upstream.list(...input))) as Account['list'],
    mapDid: (input) => slow('map', () => upstream.mapDid(input)),
    createBot: (input) => slow('make a bot', () => upstream.createBot(input)),
    createRouting: (input) => slow('route', () => upstream.createRouting(input)),
  });
};

const reconciled = async (hasBot: boolean) => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  if (hasBot) fixture.remote.addBot(client.id);
  const { key } = fixture.did(NUMBER);
  await fixture.declare(key, { clientId: client.id });
  const asked: string[] = [];
  const engine = fixture.engine({ account: slowly(fixture, asked), settings: { leaseTtlMs: 60_000 } });
  const beganAt = fixture.clock.now();
  expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
  expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  return { trips: (fixture.clock.now() - beganAt) / TRIP_MS, asked };
};

describe('from nothing to READY', () => {
  it('takes five round trips when there is a bot: look, map, look, route, look', async () => {
    const { trips, asked } = await reconciled(true);
    expect(asked.join(' ')).toBe('dids routing bots map dids routing route dids routing bots');
    expect(trips).toBe(5);
  });

  it('takes five, too, when a bot is made: beside the map and what shows it, and seen with the record', async () => {
    const { trips, asked } = await reconciled(false);
    expect(asked.join(' ')).toBe('dids routing bots map bots dids routing make a bot route dids routing bots');
    expect(trips).toBe(5);
  });
});

import { canonicalKey, type DidKey, type Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import type { ListFilter } from '../ports';

const NUMBER = '918000000001';
const narrow = { narrowAboveRows: 5 };

const keyOf = (number: string): DidKey => canonicalKey(number) ?? (number as DidKey);

/** More than five DIDs and bots, so that a single DID is looked up by filter; every list that is asked for is noted. */
const largeAccount = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const bot = fixture.remote.addBot(client.id);
  const did = fixture.did(NUMBER, { clientId: client.id });
  for (let index = 0; index < 10; index += 1) {
    fixture.did(`91800001${String(index).padStart(4, '0')}`);
    fixture.remote.addBot(fixture.remote.addClient().id);
  }
  await fixture.declare(did.key);
  const asked: string[] = [];
  const { upstream } = fixture;
  const list = ((section: Section, filter?: ListFilter) => {
    asked.push(filter === undefined ? section : `${section}?${Object.keys(filter).join()}`);
    return upstream.list(section, filter);
  }) as typeof upstream.list;
  const account = withCalls(upstream, { list });
  const engine = fixture.engine({ account, settings: narrow });
  await fixture.reconcile(engine);
  asked.length = 0;
  return { fixture, engine, account, asked, bot, ...did };
};

describe('looking up one DID of a large account', () => {
  it('asks by filter, once it is known to be large, where a filter is known', async () => {
    const { fixture, engine, asked, key } = await largeAccount();
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(asked.toSorted()).toEqual(['bots?clientId', 'dids?search', 'routing']);
  });

  it('believes only what a filter shows: what it does not show is looked up in the full list', async () => {
    const { fixture, engine, asked, didId, key } = await largeAccount();
    fixture.remote.deleteDid(didId);
    await fixture.reconcileKey(engine, key);
    expect(asked).toContain('dids');
    expect(await fixture.stored(key)).toMatchObject({ state: 'REMOTE_DID_DELETED' });
  });

  it('shares the full list once it costs less than a filtered one for each reader', async () => {
    const { engine, asked, fixture } = await largeAccount();
    for (const { number } of [...fixture.remote.dids.values()])
      await fixture.declare(keyOf(number), { mode: 'observe' });
    await fixture.reconcile(engine, 50);
    expect(asked.filter((list) => list === 'dids?search').length).toBeLessThan(4);
    expect(asked).toContain('dids');
  });

  it('finds a DID that the filter does not match, because VoiceLink writes it another way', async () => {
    const { fixture, account, key } = await largeAccount();
    const list = ((section: Section, filter?: ListFilter) =>
      filter?.search === undefined
        ? account.list(section, filter)
        : Promise.resolve({ status: 'complete', rows: [] })) as typeof account.list;
    const engine = fixture.engine({ account: withCalls(account, { list }), settings: narrow });
    await fixture.reconcileKey(engine, key);
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
  });
});

describe('looking up one DID while it is not known how many there are', () => {
  it('tries the filter first, and lists all when that does not show it', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    const asked: string[] = [];
    const { upstream } = fixture;
    const list = ((section: Section, filter?: ListFilter) => {
      if (section === 'dids') asked.push(filter === undefined ? 'all' : 'filtered');
      return upstream.list(section, filter);
    }) as typeof upstream.list;
    const engine = fixture.engine({ account: withCalls(upstream, { list }) });
    await fixture.declare(key, { mode: 'observe' });
    await fixture.reconcileKey(engine, key);
    expect(asked).toEqual(['filtered']);
    const unbought = keyOf('918000000009');
    await fixture.declare(unbought, { mode: 'observe' });
    await fixture.reconcileKey(engine, unbought);
    expect(asked.slice(0, 3)).toEqual(['filtered', 'filtered', 'all']);
  });
});

describe('many DIDs at the same time', () => {
  it('share their listings', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    fixture.remote.addBot(client.id);
    for (let index = 0; index < 50; index += 1) {
      await fixture.declare(fixture.did(`9180000${String(index).padStart(5, '0')}`, { clientId: client.id }).key, {
        mode: 'observe',
      });
    }
    let lists = 0;
    const { upstream } = fixture;
    const list = ((...input: Parameters<typeof upstream.list>) => {
      lists += 1;
      return upstream.list(...input);
    }) as typeof upstream.list;
    await fixture.reconcile(fixture.engine({ account: withCalls(upstream, { list }) }), 50);
    expect(fixture.told.reconciled).toHaveLength(50);
    expect(lists).toBeLessThan(12);
    expect(FIXTURE_SETTINGS.narrowAboveRows).toBeGreaterThan(50);
  });
});

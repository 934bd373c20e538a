import type { RemoteRouting, Section } from '@dialtone/domain';
import type { ListFilter } from '../ports/upstream';
import { EngineFixture, FIXTURE_SETTINGS, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

type Account = EngineFixture['upstream'];

/** What a list shows is there, and the run that saw it ends before it stores a verdict. */
const seenAndNotStored = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const bot = fixture.remote.addBot(client.id);
  // A list that lacks its only row is suspect as a whole.
  for (const number of ['918000000008', '918000000009'])
    fixture.remote.addRouting(fixture.did(number, { clientId: client.id }).didId, { outboundBotId: bot.id });
  const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(key, { clientId: client.id });
  const dying = fixture.engine({
    phoneNumbers: withCalls(fixture.world.phoneNumbers, {
      assignAgent: () => Promise.reject(new Error('the store is away')),
    }),
  });
  expect(await fixture.reconcileKey(dying, key)).toMatchObject({ kind: 'retry' });
  expect(fixture.world.writes).toMatchObject([{ step: 'ensure_routing', state: 'done' }]);
  expect(await fixture.stored(key)).toMatchObject({ presence: { routing: 'absent' } });
  return { fixture, key, didId };
};

/** The next list of routing records lacks that of the number. */
const lackingOnce = ({ upstream }: EngineFixture): Account => {
  let isNext = true;
  const list = (async (section: Section, filter?: ListFilter) => {
    const listing = await upstream.list(section, filter);
    if (section !== 'routing' || listing.status !== 'complete' || !isNext) return listing;
    isNext = false;
    return { ...listing, rows: (listing.rows as readonly RemoteRouting[]).filter(({ key }) => key !== NUMBER) };
  }) as Account['list'];
  return withCalls(upstream, { list });
};

describe('what a list has shown of a write, when no verdict was stored after it', () => {
  it.each([
    { name: 'soon after', waitMs: 0, staleReadsMs: 0 },
    { name: 'when lists cannot be from before it any more', waitMs: 120_000, staleReadsMs: 15_000 },
    { name: 'a day later', waitMs: 86_400_000, staleReadsMs: FIXTURE_SETTINGS.staleReadsMs },
  ])('is not made again because one list lacks it $name', async ({ waitMs, staleReadsMs }) => {
    const { fixture, key } = await seenAndNotStored();
    await fixture.clock.advance(waitMs);
    const engine = fixture.engine({ account: lackingOnce(fixture), settings: { staleReadsMs } });
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual(['routing.create']);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', presence: { routing: 'present' } });
  });

  it('is gone when two lists in a row lack it, and is made again', async () => {
    const { fixture, key, didId } = await seenAndNotStored();
    await fixture.clock.advance(120_000);
    fixture.remote.deleteRouting(didId);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual(['routing.create', 'routing.create']);
  });
});

import { SECTIONS, type DidKey, type Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, type EngineFixture, type OddRow } from '@dialtone/testing';
import { sync } from '../../test/sync-fixture';
import { readyFixture } from '../../test/ready-fixture';
import type { Engine } from '../loops/engine';

const { sweepIntervalMs } = FIXTURE_SETTINGS;

interface World {
  readonly fixture: EngineFixture;
  readonly engine: Engine;
  readonly clientId: number;
  readonly botId: number;
  /** Its row of each list is the one that turns odd. */
  readonly odd: { readonly key: DidKey; readonly didId: number };
  readonly broken: { readonly key: DidKey; readonly didId: number };
  readonly gone: { readonly key: DidKey; readonly didId: number };
}

const worldOf = async (): Promise<World> => {
  const { fixture, engine, bot, dids } = await readyFixture(4);
  const [odd, broken, gone] = dids;
  const clientId = fixture.remote.bots.get(bot.id)?.clientId ?? 0;
  if (odd === undefined || broken === undefined || gone === undefined) throw new Error('no DIDs');
  return { fixture, engine, clientId, botId: bot.id, odd, broken, gone };
};

const idOfOdd = ({ fixture, odd }: World, section: Section): number | null => {
  if (section === 'dids') return odd.didId;
  return section === 'routing' ? (fixture.remote.routings.get(odd.didId)?.id ?? null) : null;
};

/** What may be wrong with a row. A bot has no number, so there the last two are rows of nulls. */
const KINDS: readonly { readonly kind: string; readonly rowOf: (world: World, section: Section) => OddRow }[] = [
  { kind: 'a row of nulls', rowOf: () => ({ why: 'no id' }) },
  { kind: 'a row that has an id and nothing else', rowOf: () => ({ identity: 77_001, why: 'no did_number' }) },
  {
    kind: 'a row of another number without an id',
    rowOf: () => ({ key: '918099999999' as DidKey, clientId: 990_001, why: 'id cannot be read' }),
  },
  {
    kind: 'a number whose own row cannot be read',
    rowOf: (world, section) => {
      const id = idOfOdd(world, section);
      return id === null ? { why: 'no id' } : { insteadOf: id, identity: id, why: 'no did_number' };
    },
  },
  {
    kind: 'a number whose own row has no id',
    rowOf: (world, section) => {
      const id = idOfOdd(world, section);
      return id === null ? { why: 'no id' } : { insteadOf: id, key: world.odd.key, why: 'id cannot be read' };
    },
  },
];

const CASES = SECTIONS.flatMap((section) => KINDS.map(({ kind, rowOf }) => ({ section, kind, rowOf })));

/** What was said of a number itself; how its declaration fares is another matter. */
const verdictsOn = (fixture: EngineFixture, key: DidKey): readonly string[] =>
  fixture.eventTypes(key).filter((type) => /readiness|drift/.test(type));

const unroute = ({ fixture }: World, didId: number): void => {
  fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
};

describe.each(CASES)('while $section holds $kind', ({ section, rowOf }) => {
  const oddWorld = async (): Promise<World> => {
    const world = await worldOf();
    world.fixture.upstream.odd.set(section, [rowOf(world, section)]);
    await world.fixture.sweep(world.engine);
    return world;
  };

  it('another number is repaired as soon as without it', async () => {
    const took: number[] = [];
    for (const world of [await worldOf(), await oddWorld()]) {
      const { fixture, engine, broken } = world;
      unroute(world, broken.didId);
      const from = fixture.clock.now();
      await fixture.sweep(engine);
      expect(await fixture.stored(broken.key)).toMatchObject({ state: 'ROUTING_CHANGED', stale: false });
      await fixture.reconcile(engine);
      expect(await fixture.stored(broken.key)).toMatchObject({ state: 'READY', stale: false });
      took.push(fixture.clock.now() - from);
    }
    expect(took[1]).toBeLessThanOrEqual(1.2 * (took[0] ?? 0));
  });

  it('a further number of the client is declared and made READY', async () => {
    const { fixture, engine, clientId } = await oddWorld();
    const further = fixture.did('918077777777', { clientId });
    fixture.remote.addRouting(further.didId, { forOutboundCall: 4 });
    await fixture.declare(further.key);
    expect((await fixture.reconcile(engine)).get(further.key)).toMatchObject({ kind: 'settled' });
    expect(await fixture.stored(further.key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('a sync imports what is listed, and one warning names the row', async () => {
    const { fixture } = await oddWorld();
    const further = fixture.did('918066666666');
    const { warnings, localNumbers } = await sync(fixture);
    expect(warnings.map((warning) => [warning.section, warning.code])).toEqual([[section, 'TRUNCATED']]);
    expect(warnings[0]?.message).toMatch(/a row could not be read \(.*\)/);
    expect(localNumbers.map(({ key }) => key)).toContain(further.key);
    expect(fixture.world.events.filter(({ type }) => type === 'dialtone.warning.raised.v1')).toHaveLength(1);
  });

  it('nothing is concluded or written about the number that the row may be', async () => {
    const world = await oddWorld();
    const { fixture, engine, odd } = world;
    const before = verdictsOn(fixture, odd.key).length;
    await fixture.run(engine, 4 * sweepIntervalMs);
    await fixture.reconcileKey(engine, odd.key);
    expect(verdictsOn(fixture, odd.key).slice(before)).toEqual([]);
    expect(await fixture.stored(odd.key)).toMatchObject({ state: 'READY' });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('all is as before once the row can be read', async () => {
    const { fixture, engine, odd } = await oddWorld();
    fixture.upstream.odd.set(section, []);
    await fixture.sweep(engine);
    expect(await fixture.stored(odd.key)).toMatchObject({ state: 'READY', stale: false });
    expect(fixture.told.swept.at(-1)).toMatchObject({ warnings: [], complete: true });
  });
});

describe('what is missing beside a row that cannot be read', () => {
  it.each(['dids', 'routing'] as const)(
    'is believed by two listings of %s when the row was there before',
    async (section) => {
      const world = await worldOf();
      const { fixture, engine, gone } = world;
      fixture.upstream.odd.set(section, [{ identity: 77_001, why: 'no did_number' }]);
      await fixture.sweep(engine);
      if (section === 'dids') fixture.remote.deleteDid(gone.didId);
      else fixture.remote.deleteRouting(gone.didId);
      await fixture.sweep(engine);
      expect(await fixture.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
      await fixture.sweep(engine);
      const want = section === 'dids' ? 'REMOTE_DID_DELETED' : 'ROUTING_MISSING';
      expect(await fixture.stored(gone.key)).toMatchObject({ state: want, stale: false });
      if (section === 'dids') return;
      await fixture.reconcile(engine);
      expect(await fixture.stored(gone.key)).toMatchObject({ state: 'READY', stale: false });
    },
  );

  it.each(['dids', 'routing'] as const)('is unknown when the row of %s came as it went', async (section) => {
    const { fixture, engine, gone } = await worldOf();
    fixture.upstream.odd.set(section, [{ identity: 77_001, why: 'no did_number' }]);
    if (section === 'dids') fixture.remote.deleteDid(gone.didId);
    else fixture.remote.deleteRouting(gone.didId);
    await fixture.run(engine, 3 * sweepIntervalMs);
    await fixture.reconcileKey(engine, gone.key);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('is unknown for good when the row has no id: it may be another each time', async () => {
    const { fixture, engine, gone } = await worldOf();
    fixture.upstream.odd.set('routing', [{ why: 'no id' }]);
    await fixture.sweep(engine);
    fixture.remote.deleteRouting(gone.didId);
    await fixture.run(engine, 3 * sweepIntervalMs);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
  });

  it('is known when a routing row names another DID', async () => {
    const { fixture, engine, gone, broken } = await worldOf();
    fixture.upstream.odd.set('routing', [{ didId: broken.didId, why: 'no did_number' }]);
    fixture.remote.deleteRouting(gone.didId);
    await fixture.sweep(engine);
    await fixture.sweep(engine);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'ROUTING_MISSING', stale: false });
  });
});

describe('a row that may be a bot', () => {
  it.each([
    { who: 'any client', of: () => null },
    { who: 'the client', of: (clientId: number) => clientId },
  ])('of $who keeps a client without a listed bot from getting one, and from being told so', async ({ of }) => {
    const { fixture, engine } = await worldOf();
    const client = fixture.remote.addClient();
    const did = fixture.did('918055555555', { clientId: client.id });
    await fixture.declare(did.key);
    fixture.upstream.odd.set('bots', [{ clientId: of(client.id), why: 'no id' }]);
    await fixture.run(engine, 3 * sweepIntervalMs);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    expect(await fixture.stored(did.key)).not.toMatchObject({ state: 'NO_BOT' });
    expect(verdictsOn(fixture, did.key)).toEqual([]);
    fixture.upstream.odd.set('bots', []);
    await fixture.run(engine, 3 * sweepIntervalMs);
    expect(await fixture.stored(did.key)).toMatchObject({ state: 'READY' });
  });

  it('of another client keeps nothing from happening', async () => {
    const { fixture, engine, clientId } = await worldOf();
    const client = fixture.remote.addClient();
    const did = fixture.did('918055555555', { clientId: client.id });
    await fixture.declare(did.key);
    fixture.upstream.odd.set('bots', [{ clientId, why: 'no id' }]);
    await fixture.run(engine, sweepIntervalMs);
    expect(await fixture.stored(did.key)).toMatchObject({ state: 'READY' });
  });

  it('leaves open what became of the bot that calls go to, when that is not listed', async () => {
    const { fixture, engine, botId, clientId, odd } = await worldOf();
    fixture.remote.addBot(clientId);
    fixture.upstream.odd.set('bots', [{ insteadOf: botId, identity: botId, why: 'no name' }]);
    await fixture.run(engine, 3 * sweepIntervalMs);
    expect(await fixture.stored(odd.key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.upstream.journal).toEqual([]);
  });
});

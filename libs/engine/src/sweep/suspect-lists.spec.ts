import type { DidKey, KeySection, ReadinessState } from '@dialtone/domain';
import { FIXTURE_SETTINGS, type EngineFixture } from '@dialtone/testing';
import { callReady, failedStep } from '../../test/call-ready-requests';
import { newsOf, shortListsFixture } from '../../test/short-lists-fixture';
import { sync } from '../../test/sync-fixture';

const { losses, sweepIntervalMs } = FIXTURE_SETTINGS;
const MINUTE = 60_000;

const warnings = ({ world }: EngineFixture): readonly string[] =>
  world.events
    .filter(({ type }) => type.startsWith('dialtone.warning.'))
    .map(({ type, data }) => `${type} ${(data as { section: string }).section}`);

const states = async (fixture: EngineFixture, dids: readonly { readonly key: DidKey }[]): Promise<readonly string[]> =>
  Promise.all(dids.map(async ({ key }) => (await fixture.stored(key)).state));

const holds = ({ world }: EngineFixture): number =>
  world.events.filter(({ type }) => type === 'dialtone.writes.held.v1').length;

describe('a list that is empty although it had rows', () => {
  const cases = (['dids', 'bots', 'routing'] as const).flatMap((section) =>
    [1, 3, 12].flatMap((count) => [4_000, MINUTE, 4 * MINUTE].map((ms) => ({ section, count, ms }))),
  );
  it.each(cases)(
    '($section, of an account of $count) for $ms ms makes no news and no write, and one warning',
    async ({ section, count, ms }) => {
      const { fixture, engine, dids, empty } = await shortListsFixture(count);
      const [events, calls] = [fixture.world.events.length, fixture.upstream.journal.length];
      empty.add(section);
      await fixture.sweep(engine);
      await fixture.sweep(engine);
      for (const { key } of dids) await fixture.world.trigger(fixture.connectionId, key);
      await fixture.run(engine, ms);
      expect(newsOf(fixture, events)).toEqual([]);
      expect(warnings(fixture)).toEqual([`dialtone.warning.raised.v1 ${section}`]);

      empty.delete(section);
      await fixture.run(engine, 2 * MINUTE);
      expect(newsOf(fixture, events)).toEqual([]);
      expect(warnings(fixture)).toEqual([
        `dialtone.warning.raised.v1 ${section}`,
        `dialtone.warning.cleared.v1 ${section}`,
      ]);
      expect(fixture.upstream.journal).toHaveLength(calls);
      for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
    },
  );

  it.each([2, 5, 12])(
    'for good is asked about once, and once confirmed each of its %d numbers is deleted',
    async (count) => {
      const { fixture, restarted, dids, empty } = await shortListsFixture(count);
      const events = fixture.world.events.length;
      empty.add('dids');
      // A process lives for a minute: what is remembered outlives it.
      for (let minute = 0; minute < 10; minute += 1) await fixture.run(restarted(), MINUTE);
      expect(holds(fixture)).toBe(1);
      expect(new Set(await states(fixture, dids))).toEqual(new Set(['READY']));
      const { writesHeld } = (await fixture.world.voiceLinkConnections.find(fixture.connectionId)) ?? {};
      const path = `/api/v2/voicelink/connections/${fixture.connectionId}/acknowledge-hold`;
      expect(writesHeld).toMatch(
        new RegExp(
          `^all of ${String(count)} rows have vanished from the VoiceLink dids list .*POST ${path} or dialtone-admin acknowledge-hold `,
        ),
      );

      await fixture.world.acknowledgeHold(fixture.connectionId);
      fixture.did('918111100001');
      empty.clear();
      for (const { didId } of dids) fixture.remote.deleteDid(didId);
      await fixture.run(restarted(), 10 * MINUTE);
      expect(new Set(await states(fixture, dids))).toEqual(new Set(['REMOTE_DID_DELETED']));
      expect(holds(fixture)).toBe(1);
      for (const { key } of dids)
        expect(
          fixture.world.events
            .slice(events)
            .filter((event) => event.key === key && event.type === 'dialtone.drift.detected.v1'),
        ).toHaveLength(1);
    },
  );

  it('whose hold is acknowledged after the rows are back has made no news of them', async () => {
    const { fixture, engine, dids, empty } = await shortListsFixture(4);
    empty.add('dids');
    await fixture.run(engine, 10 * MINUTE);
    empty.clear();
    await fixture.run(engine, 2 * MINUTE);
    await fixture.world.acknowledgeHold(fixture.connectionId);
    await fixture.run(engine, 10 * MINUTE);
    expect(new Set(await states(fixture, dids))).toEqual(new Set(['READY']));
    expect(holds(fixture)).toBe(1);
  });

  it('on a new account is no loss', async () => {
    const { fixture, engine, empty } = await shortListsFixture(0);
    empty.add('bots').add('dids').add('routing');
    await fixture.run(engine, MINUTE);
    expect(warnings(fixture)).toEqual([]);
  });
});

describe('a list that lacks some of its rows', () => {
  it('is believed when it has lacked them for minutes, and repaired without an operator', async () => {
    const { fixture, engine, dids } = await shortListsFixture(8);
    for (const { didId } of dids.slice(0, 3)) fixture.remote.deleteRouting(didId);
    await fixture.run(engine, losses.believedAfterMs - MINUTE);
    expect(fixture.remote.routings.size).toBe(5);
    expect(new Set(await states(fixture, dids))).toEqual(new Set(['READY']));
    await fixture.run(engine, 4 * MINUTE);
    expect(fixture.remote.routings.size).toBe(8);
    expect([holds(fixture), ...new Set(await states(fixture, dids))]).toEqual([0, 'READY']);
  });

  it('decides on all that it shows, as usual', async () => {
    const { fixture, engine, dids } = await shortListsFixture(8);
    const [broken] = dids;
    for (const { didId } of dids.slice(4)) fixture.remote.deleteRouting(didId);
    fixture.remote.editRouting(broken?.didId ?? 0, { active: false });
    await fixture.sweep(engine);
    expect((await fixture.stored(broken?.key ?? ('' as DidKey))).state).toBe('ROUTING_CHANGED');
    await fixture.reconcile(engine);
    expect(fixture.remote.routings.get(broken?.didId ?? 0)).toMatchObject({ active: true });
  });

  it.each([2, 3, 10, 40])('one number, deleted, of %d, is reported within two listings', async (count) => {
    const { fixture, engine, dids } = await shortListsFixture(count);
    const [gone, ...others] = dids;
    fixture.remote.deleteDid(gone?.didId ?? 0);
    await fixture.sweep(engine);
    await fixture.sweep(engine);
    expect((await fixture.stored(gone?.key ?? ('' as DidKey))).state).toBe('REMOTE_DID_DELETED');
    expect(new Set(await states(fixture, others))).toEqual(new Set(['READY']));
  });
});

describe('the only record of its list, deleted,', () => {
  type Given = Awaited<ReturnType<typeof shortListsFixture>>;
  const only = ({ dids: [did] }: Given): NonNullable<Given['dids'][number]> => {
    if (did === undefined) throw new Error('There is no number.');
    return did;
  };
  const cases: readonly {
    readonly record: string;
    readonly remove: (given: Given) => void;
    readonly ends: ReadinessState;
    /** What is there again at the end. */
    readonly madeAgain: (given: Given) => number;
  }[] = [
    {
      record: 'a number',
      remove: (given) => {
        given.fixture.remote.deleteDid(only(given).didId);
      },
      ends: 'REMOTE_DID_DELETED',
      madeAgain: () => 0,
    },
    {
      record: 'a bot',
      remove: ({ fixture, bot }) => {
        fixture.remote.deleteBot(bot.id);
      },
      ends: 'READY',
      madeAgain: ({ fixture }) => fixture.upstream.effects('bots.create').length,
    },
    {
      record: 'a routing record',
      remove: (given) => {
        given.fixture.remote.deleteRouting(only(given).didId);
      },
      ends: 'READY',
      madeAgain: ({ fixture }) => fixture.upstream.effects('routing.create').length,
    },
  ];
  it.each(cases)('$record, is believed to be gone after the time, without an operator: $ends', async (given) => {
    const lists = await shortListsFixture(1);
    const { fixture, restarted } = lists;
    const { key } = only(lists);
    given.remove(lists);
    for (let minute = 0; minute < 4; minute += 1) await fixture.run(restarted(), MINUTE);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
    expect(fixture.upstream.journal).toEqual([]);
    for (let minute = 0; minute < 6; minute += 1) await fixture.run(restarted(), MINUTE);
    expect(await fixture.stored(key)).toMatchObject({ state: given.ends, stale: false });
    expect([holds(fixture), given.madeAgain(lists)]).toEqual([0, given.ends === 'READY' ? 1 : 0]);
  });

  it('a mapping, is no row that vanished: it is seen and made again at once', async () => {
    const lists = await shortListsFixture(1);
    const { fixture, engine } = lists;
    const { key, didId } = only(lists);
    const clientId = fixture.remote.dids.get(didId)?.clientId ?? 0;
    await fixture.declare(key, { clientId });
    await fixture.reconcile(engine);
    fixture.remote.editDid(didId, { clientId: null });
    await fixture.run(engine, MINUTE);
    expect(fixture.remote.dids.get(didId)).toMatchObject({ clientId });
    expect(holds(fixture)).toBe(0);
  });
});

describe('no bot is made', () => {
  const secondOf = async (section: KeySection | null) => {
    const given = await shortListsFixture(2);
    const { fixture, bot, empty } = given;
    const clientId = fixture.remote.bots.get(bot.id)?.clientId ?? null;
    if (section !== null) empty.add(section);
    return { ...given, ...fixture.did('918000000001', { clientId }) };
  };

  it('for the second number of a client while the list lacks its bot, by a first declaration', async () => {
    const { fixture, restarted, key, empty } = await secondOf('bots');
    await fixture.declare(key);
    await fixture.run(restarted(), 2 * MINUTE);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    empty.clear();
    await fixture.run(restarted(), MINUTE);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    expect((await fixture.stored(key)).state).toBe('READY');
  });

  it('by call-ready in a process that has never listed it', async () => {
    const { fixture } = await secondOf('bots');
    const result = await callReady(fixture);
    expect(failedStep(result)?.detail).toContain('suspect as a whole');
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('for minutes after its client’s bot was listed, although other bots are', async () => {
    const { fixture, restarted, bot, key } = await secondOf(null);
    fixture.remote.addBot(fixture.remote.addClient().id);
    await fixture.sweep(restarted());
    fixture.remote.deleteBot(bot.id);
    await fixture.declare(key);
    await fixture.run(restarted(), losses.believedAfterMs - MINUTE);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    await fixture.run(restarted(), 5 * MINUTE);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });
});

describe('a check', () => {
  it('says that a list is suspect, and stores nothing', async () => {
    const { fixture, empty } = await shortListsFixture(3);
    await fixture.clock.advance(sweepIntervalMs);
    empty.add('dids');
    const before = await fixture.world.listMemories.recall(fixture.connectionId, 'dids', null);
    const { warnings: told, keys } = await sync(fixture, false);
    expect(told).toEqual([
      {
        section: 'dids',
        code: 'TRUNCATED',
        message: expect.stringContaining('all of its 3 rows are missing') as unknown,
      },
    ]);
    expect(keys.map(({ readiness }) => readiness.state)).toEqual(['READY', 'READY', 'READY']);
    const { stored } = await fixture.world.listMemories.recall(fixture.connectionId, 'dids', null);
    expect(stored).toEqual(before.stored);
  });
});

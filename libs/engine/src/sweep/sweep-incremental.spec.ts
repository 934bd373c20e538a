import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { DidKey, PresenceMemory } from '@dialtone/domain';
import { EngineFixture, withCalls } from '@dialtone/testing';
import { FAULTS, REMOTE, STORED, TIME, type Act, type ActWorld } from '../../test/sweep-acts';
import type { Engine, EngineDeps } from '../loops/engine';

/**
 * Two worlds in which the same happens. One is swept by an engine that remembers, the other by a new engine each time,
 * which judges everything: what is stored, told and scheduled must be the same.
 */
interface World extends ActWorld {
  /** The keys of each batch that was written. */
  readonly writes: (readonly DidKey[])[];
  /** Happens once, at a moment of the next sweep. */
  readonly during: { moment: Moment | null; act: () => Promise<void> | void };
}
type Moment = (typeof MOMENTS)[number];
/** Between two reads of the sweep, or instead of its first write. */
const MOMENTS = ['summary', 'load', 'apply', 'apply fails'] as const;

/** Enough for buckets of few keys, so that a change here and there leaves most keys alone. */
const DIDS = 120;
const HOUR = 3_600_000;

const aWorld = async (): Promise<World> => {
  const fixture = await EngineFixture.make();
  const clients = [1, 2, 3, 4].map(() => fixture.remote.addClient().id);
  const keys: DidKey[] = [];
  for (let index = 0; index < DIDS; index += 1) {
    const clientId = index % 5 === 4 ? null : (clients[index % 4] ?? null);
    const expiresAt = index % 7 === 0 ? fixture.clock.now() + index * HOUR : null;
    const { key, didId } = fixture.did(`91800000${String(1_000 + index * 37)}`, { clientId, expiresAt });
    keys.push(key);
    if (index % 3 !== 0) fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: null });
  }
  for (const clientId of clients.slice(1)) {
    const bot = fixture.remote.addBot(clientId);
    for (const [didId] of fixture.remote.routings) {
      if (fixture.remote.dids.get(didId)?.clientId === clientId)
        fixture.remote.editRouting(didId, { outboundBotId: bot.id });
    }
  }
  return { fixture, clients, keys, writes: [], during: { moment: null, act: () => undefined } };
};

const depsOf = ({ fixture, writes, during }: World): Partial<EngineDeps> => {
  const { keyStates } = fixture.world;
  const reached = async (moment: Moment): Promise<boolean> => {
    if (during.moment !== moment) return false;
    during.moment = null;
    await during.act();
    return true;
  };
  return {
    keyStates: withCalls<EngineDeps['keyStates']>(keyStates, {
      summary: async (...input) => {
        const summary = await keyStates.summary(...input);
        await reached('summary');
        return summary;
      },
      load: async (...input) => {
        const loaded = await keyStates.load(...input);
        await reached('load');
        return loaded;
      },
      apply: async (...input) => {
        if (input[1].length > 0 && (await reached('apply fails'))) throw new Error('the store is away');
        if (input[1].length > 0) await reached('apply');
        const written = await keyStates.apply(...input);
        if (written.length > 0) writes.push(written);
        return written;
      },
    }),
  };
};

const actOf = (kinds: typeof REMOTE): fc.Arbitrary<{ name: string; act: Act }> =>
  fc.tuple(fc.constantFrom(...Object.keys(kinds)), fc.nat(1_000)).map(([name, at]) => ({
    name: `${name} ${String(at)}`,
    act: kinds[name]?.(at) ?? (() => undefined),
  }));

interface Turn {
  readonly acts: readonly { readonly name: string; readonly act: Act }[];
  readonly during: { readonly moment: Moment; readonly name: string; readonly act: Act } | null;
}
const turnWith = (moments: readonly Moment[]): fc.Arbitrary<Turn> =>
  fc.record({
    acts: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: actOf(REMOTE) },
        { weight: 4, arbitrary: actOf(STORED) },
        { weight: 1, arbitrary: actOf(TIME) },
        { weight: 1, arbitrary: actOf(FAULTS) },
      ),
      { maxLength: 3 },
    ),
    during: fc.option(
      fc.tuple(fc.constantFrom(...moments), actOf(STORED)).map(([moment, { name, act }]) => ({ moment, name, act })),
      { freq: 3 },
    ),
  });
const turnsWith = (moments: readonly Moment[]): fc.Arbitrary<Turn[]> =>
  fc.array(turnWith(moments), { minLength: 3, maxLength: 10 });
const QUIET: Turn = { acts: [], during: null };

const play = async (world: World, engine: Engine, { acts, during }: Turn): Promise<void> => {
  for (const { act } of acts) await act(world);
  world.during.moment = during?.moment ?? null;
  world.during.act = () => during?.act(world);
  await world.fixture.sweep(engine);
  // A sweep that had nothing to load or to write did not come to that moment. What happens has to happen in both worlds.
  if (during !== null && world.during.moment !== null) await during.act(world);
  world.during.moment = null;
  // Later than everything that was observed before.
  await world.fixture.clock.advance(1_000);
};

/** Plays the turns in both worlds. */
const playBoth = async (turns: readonly Turn[]): Promise<{ readonly remembering: World; readonly full: World }> => {
  const [remembering, full] = [await aWorld(), await aWorld()];
  const engine = remembering.fixture.engine(depsOf(remembering));
  for (const one of turns) {
    await play(remembering, engine, one);
    await play(full, full.fixture.engine(depsOf(full)), one);
  }
  return { remembering, full };
};

const storedOf = async ({ fixture }: World) =>
  [...(await fixture.world.keyStates.load(fixture.connectionId)).values()].sort((a, b) => (a.key < b.key ? -1 : 1));

const outcomeOf = async (world: World) => ({
  stored: await storedOf(world),
  events: world.fixture.world.events,
  // How many were judged is the one thing that may differ.
  told: world.fixture.told.swept.map((told) => ({ ...told, judged: null })),
  failed: world.fixture.told.failed.length,
  writes: world.writes,
});

const valuesOf = (presence: PresenceMemory): unknown =>
  Object.entries(presence.values ?? {}).map(([section, { is, doubtedAt }]) => [section, is, doubtedAt !== null]);

/** Without when it was seen. */
const verdictsOf = async (world: World) =>
  (await storedOf(world)).map(({ key, state, issues, stale, presence, digest, drift }) => {
    // Ids that were drawn in another order are other ids.
    const facts = digest.replace(/[0-9a-f-]{36}/g, 'id');
    const { did, bot, routing } = presence;
    const remembered = [did, bot, routing, valuesOf(presence)];
    // What cannot be judged now keeps the last verdict that could be: which that was depends on when a row was seen.
    if (stale) return { key, stale, remembered };
    return { key, state, issues, stale, remembered, facts, drift: drift?.issues ?? null };
  });

/** Jest takes longer to compare two such worlds than the engine does to sweep them; it only tells the difference. */
const expectSame = (received: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(received, expected)) expect(received).toStrictEqual(expected);
};

const judgedBy = ({ fixture }: World): number => fixture.told.swept.reduce((sum, { judged }) => sum + judged, 0);

describe('a sweep that remembers the last one', () => {
  it('stores, tells and schedules exactly what one that judges everything does', async () => {
    let [judged, judgedFully] = [0, 0];
    await fc.assert(
      fc.asyncProperty(turnsWith(['apply', 'apply fails']), async (turns) => {
        const { remembering, full } = await playBoth(turns);
        expectSame(await outcomeOf(remembering), await outcomeOf(full));
        judged += judgedBy(remembering);
        judgedFully += judgedBy(full);
      }),
      { numRuns: 40 },
    );
    // Otherwise two full sweeps were compared.
    expect(judged).toBeLessThan(0.95 * judgedFully);
  });

  it('comes to the same verdicts when others write between its reads', async () => {
    await fc.assert(
      fc.asyncProperty(turnsWith(MOMENTS), async (turns) => {
        const { remembering, full } = await playBoth([...turns, QUIET, QUIET, QUIET]);
        expectSame(await verdictsOf(remembering), await verdictsOf(full));
      }),
      { numRuns: 40 },
    );
  });
});

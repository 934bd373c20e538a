import * as fc from 'fast-check';
import type { DidKey, Section } from '@dialtone/domain';
import { EngineFixture, withCalls } from '@dialtone/testing';
import type { Engine, EngineDeps } from '../loops/engine';

/**
 * Two worlds in which the same happens. One is swept by an engine that remembers, the other by a new engine each time,
 * which judges everything: what is stored, told and scheduled must be the same.
 */
interface World {
  readonly fixture: EngineFixture;
  readonly clients: readonly number[];
  readonly keys: DidKey[];
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

/** Something that changes VoiceLink, the store or the time, or strikes the next sweep; the same in both worlds. */
type Act = (world: World) => Promise<void> | void;

const didOf = ({ fixture, keys }: World, at: number): number => {
  const key = keys[at % keys.length];
  return [...fixture.remote.dids.values()].find(({ number }) => number === key)?.didId ?? 0;
};
const keyOf = ({ keys }: World, at: number): DidKey => keys[at % keys.length] as DidKey;
const clientOf = ({ clients }: World, at: number): number => clients[at % clients.length] ?? 0;
const botOf = ({ fixture: { remote } }: World, at: number): number =>
  [...remote.bots.keys()][at % remote.bots.size] ?? 0;

const ifListed =
  (act: (world: World, didId: number) => void): ((at: number) => Act) =>
  (at) =>
  (world) => {
    const didId = didOf(world, at);
    if (didId !== 0) act(world, didId);
  };
const ifRouted = (act: (world: World, didId: number) => void): ((at: number) => Act) =>
  ifListed((world, didId) => {
    if (world.fixture.remote.routings.has(didId)) act(world, didId);
  });
const ifBot =
  (act: (world: World, botId: number) => void): ((at: number) => Act) =>
  (at) =>
  (world) => {
    if (world.fixture.remote.bots.size > 0) act(world, botOf(world, at));
  };

const REMOTE: Readonly<Record<string, (at: number) => Act>> = {
  map: (at) =>
    ifListed(({ fixture, clients }, didId) => {
      fixture.remote.editDid(didId, { clientId: clients[at % 4] ?? null });
    })(at),
  unmap: ifListed(({ fixture }, didId) => {
    fixture.remote.editDid(didId, { clientId: null });
  }),
  'expire by mark': ifListed(({ fixture }, didId) => {
    fixture.remote.editDid(didId, { expired: true });
  }),
  'delete did': ifListed(({ fixture }, didId) => {
    fixture.remote.deleteDid(didId);
  }),
  'new did': (at) => (world) => {
    const number = `91811${String(at).padStart(7, '0')}`;
    if (!world.keys.includes(number as DidKey))
      world.keys.push(world.fixture.did(number, { clientId: clientOf(world, at) }).key);
  },
  'disable routing': ifRouted(({ fixture }, didId) => {
    fixture.remote.editRouting(didId, { active: false });
  }),
  'delete routing': ifRouted(({ fixture }, didId) => {
    fixture.remote.deleteRouting(didId);
  }),
  'new routing': ifListed(({ fixture }, didId) => {
    if (!fixture.remote.routings.has(didId)) fixture.remote.addRouting(didId);
  }),
  'route to a bot': (at) =>
    ifRouted((world, didId) => {
      if (world.fixture.remote.bots.size > 0)
        world.fixture.remote.editRouting(didId, { outboundBotId: botOf(world, at), forOutboundCall: 3, active: true });
    })(at),
  'disable bot': ifBot(({ fixture }, botId) => {
    fixture.remote.editBot(botId, { active: false });
  }),
  'enable bot': ifBot(({ fixture }, botId) => {
    fixture.remote.editBot(botId, { active: true });
  }),
  'delete bot': ifBot(({ fixture }, botId) => {
    fixture.remote.deleteBot(botId);
  }),
  'move bot': (at) =>
    ifBot((world, botId) => {
      world.fixture.remote.editBot(botId, { clientId: clientOf(world, at + 1) });
    })(at),
  'new bot': (at) => (world) => {
    world.fixture.remote.addBot(clientOf(world, at));
  },
};

const STORED: Readonly<Record<string, (at: number) => Act>> = {
  declare: (at) => async (world) => {
    const clientId = at % 2 === 0 ? clientOf(world, at) : null;
    await world.fixture.declare(keyOf(world, at), { clientId, mode: 'observe' });
  },
  undeclare: (at) => (world) => world.fixture.world.undeclare(world.fixture.connectionId, keyOf(world, at)),
  import: (at) => async (world) => {
    const { partnerId, connectionId } = world.fixture;
    const key = keyOf(world, at);
    await world.fixture.world.phoneNumbers.import({ partnerId, connectionId, key, friendlyName: 'x' });
  },
  assign: (at) => async (world) => {
    const { partnerId, connectionId, agentId } = world.fixture;
    await world.fixture.world.phoneNumbers.assignAgent({ partnerId, connectionId, key: keyOf(world, at), agentId });
  },
  'delete agent': (at) => (world) => (at === 0 ? world.fixture.world.deleteAgent(world.fixture.agentId) : undefined),
  'mark misreported': (at) => async (world) => {
    if (world.fixture.remote.bots.size === 0) return;
    await world.fixture.world.voiceLinkConnections.markMisreportedBot(world.fixture.connectionId, botOf(world, at));
  },
};

const TIME: Readonly<Record<string, (at: number) => Act>> = {
  'let time pass': (at) => (world) => world.fixture.clock.advance((at % 30) * HOUR),
};

const SECTION_OF = ['dids', 'bots', 'routing', 'clients', 'available_dids'] as const satisfies readonly Section[];
const FAULTS: Readonly<Record<string, (at: number) => Act>> = {
  fail:
    (at) =>
    ({ fixture }) => {
      fixture.upstream.inject({ on: SECTION_OF[at % 5] ?? 'dids', kind: 'fail' });
    },
  truncate:
    (at) =>
    ({ fixture }) => {
      fixture.upstream.inject({ on: SECTION_OF[at % 5] ?? 'dids', kind: 'truncate' });
    },
};

const actOf = (kinds: Readonly<Record<string, (at: number) => Act>>): fc.Arbitrary<{ name: string; act: Act }> =>
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

/** Without when it was seen. */
const verdictsOf = async (world: World) =>
  (await storedOf(world)).map(({ key, state, issues, stale, presence, digest, drift }) => {
    // Ids that were drawn in another order are other ids.
    const facts = digest.replace(/[0-9a-f-]{36}/g, 'id');
    return { key, state, issues, stale, presence, facts, drift: drift?.issues ?? null };
  });

const judgedBy = ({ fixture }: World): number => fixture.told.swept.reduce((sum, { judged }) => sum + judged, 0);

describe('a sweep that remembers the last one', () => {
  it('stores, tells and schedules exactly what one that judges everything does', async () => {
    let [judged, judgedFully] = [0, 0];
    await fc.assert(
      fc.asyncProperty(turnsWith(['apply', 'apply fails']), async (turns) => {
        const { remembering, full } = await playBoth(turns);
        expect(await outcomeOf(remembering)).toEqual(await outcomeOf(full));
        judged += judgedBy(remembering);
        judgedFully += judgedBy(full);
      }),
      { numRuns: 40 },
    );
    // Otherwise two full sweeps were compared.
    expect(judged).toBeLessThan(0.95 * judgedFully);
  }, 120_000);

  it('comes to the same verdicts when others write between its reads', async () => {
    await fc.assert(
      fc.asyncProperty(turnsWith(MOMENTS), async (turns) => {
        const { remembering, full } = await playBoth([...turns, QUIET, QUIET, QUIET]);
        expect(await verdictsOf(remembering)).toEqual(await verdictsOf(full));
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

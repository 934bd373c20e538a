import type { ConnectionId, DidKey } from '@dialtone/domain';
import { aDidKey, EngineFixture, FIXTURE_SETTINGS, updateOf, withCalls } from '@dialtone/testing';
import type { KeyUpdate } from '../ports/key-states';
import { FirstVerdicts } from './first-verdicts';

const BATCH = 500;
const CONNECTION = '0000' as ConnectionId;
const updates = (count: number): readonly KeyUpdate[] => Array.from({ length: count }, () => updateOf(aDidKey(), {}));
const keysOf = (some: readonly KeyUpdate[]): readonly DidKey[] => some.map(({ observation }) => observation.key);
const settle = async (): Promise<void> => {
  for (let nth = 0; nth < 20; nth += 1) await Promise.resolve();
};

/** A store that writes a batch when it is told to. */
const world = () => {
  const begun: { readonly keys: readonly DidKey[]; end: () => void; fail: () => void }[] = [];
  const apply = (_id: ConnectionId, batch: readonly KeyUpdate[]): Promise<readonly DidKey[]> =>
    new Promise((resolve, reject) => {
      const keys = keysOf(batch);
      const end = () => {
        resolve(keys);
      };
      begun.push({
        keys,
        end,
        fail: () => {
          reject(new Error('the database is away'));
        },
      });
    });
  const losing = new AbortController();
  const deps = { keyStates: { apply }, settings: FIXTURE_SETTINGS };
  return { begun, losing, firsts: new FirstVerdicts(deps, CONNECTION, losing.signal) };
};

describe('first verdicts', () => {
  it('are written while others are judged, two batches at once, and judging waits for more', async () => {
    const { begun, firsts } = world();
    const all = updates(3 * BATCH + 7);
    for (const update of all.slice(0, BATCH - 1)) firsts.add(update);
    await firsts.flow();
    expect(begun).toHaveLength(0);
    for (const update of all.slice(BATCH - 1)) firsts.add(update);
    let isThrough = false;
    const flowing = firsts.flow().then(() => (isThrough = true));
    await settle();
    expect([begun.length, isThrough]).toEqual([2, false]);
    begun[1]?.end();
    await flowing;
    expect(begun).toHaveLength(3);
    const ending = firsts.end();
    for (let nth = 0; nth < 4; nth += 1) {
      begun[nth]?.end();
      await settle();
    }
    await ending;
    expect(begun.map(({ keys }) => keys.length)).toEqual([BATCH, BATCH, BATCH, 7]);
    expect([...firsts.written].sort()).toEqual([...keysOf(all)].sort());
  });

  it('are written no more when the lease is lost', async () => {
    const { begun, losing, firsts } = world();
    for (const update of updates(2 * BATCH)) firsts.add(update);
    losing.abort();
    await firsts.end();
    expect([begun, firsts.written]).toEqual([[], []]);
  });

  it('end with what a store said, after what else is being written', async () => {
    const { begun, firsts } = world();
    for (const update of updates(4 * BATCH)) firsts.add(update);
    const flowing = firsts.flow().catch((error: unknown) => String(error));
    await settle();
    begun[0]?.fail();
    expect(await flowing).toContain('away');
    expect(begun).toHaveLength(2);
    const ending = firsts.end().catch((error: unknown) => String(error));
    begun[1]?.end();
    expect(await ending).toContain('away');
    expect(begun).toHaveLength(2);
    expect(firsts.written).toHaveLength(BATCH);
  });
});

describe('the first sweep', () => {
  const swept = async (prepare: (fixture: EngineFixture) => Promise<unknown> = () => Promise.resolve()) => {
    const fixture = await EngineFixture.make();
    const dids = Array.from({ length: 1_200 }, (_, nth) => fixture.did(String(918000000000 + nth)));
    const asked: string[] = [];
    await prepare(fixture);
    const keyStates = withCalls(fixture.world.keyStates, {
      load: async (...[id, only]: Parameters<typeof fixture.world.keyStates.load>) => {
        asked.push(only?.kind ?? 'all');
        return fixture.world.keyStates.load(id, only);
      },
      apply: (...[id, some, options]: Parameters<typeof fixture.world.keyStates.apply>) => {
        if (some.length > 0) asked.push(`${options.areFirst === true ? 'first' : 'other'} ${String(some.length)}`);
        return fixture.world.keyStates.apply(id, some, options);
      },
    });
    await fixture.sweep(fixture.engine({ keyStates }));
    return { fixture, dids, asked };
  };

  it('judges every number once, and stores each before the last one is judged', async () => {
    const { fixture, dids, asked } = await swept();
    expect(asked).toEqual(['range', 'first 500', 'range', 'first 500', 'first 200']);
    expect(fixture.told.swept).toMatchObject([{ keys: 1_200, judged: 1_200, changed: 1_200, held: null }]);
    for (const { key } of dids) expect((await fixture.stored(key)).state).not.toBe('UNKNOWN');
    await fixture.sweep(fixture.engine());
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('leaves to the guard what is declared', async () => {
    const { asked } = await swept((fixture) => fixture.declare('918000000003' as DidKey));
    expect(asked).toEqual(['range', 'first 500', 'range', 'first 500', 'first 199', 'picked', 'other 1']);
  });
});

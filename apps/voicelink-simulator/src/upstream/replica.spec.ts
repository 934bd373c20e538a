import { World } from '../world/world';
import { Replica } from './replica';

/** A world that says before each change what it was, as a simulator's does. */
const watched = (keepMs: () => number) => {
  const clock = { now: 1_000 };
  const replica = new Replica(() => clock.now);
  const world = World.empty();
  world.beforeChange = () => {
    replica.changing(world, keepMs());
  };
  const add = (at: number): void => {
    clock.now = at;
    world.trunks.add({ clientId: 1 } as never);
  };
  const seen = (at: number, ms: number): number => {
    clock.now = at;
    return (replica.before(ms) ?? world).trunks.rows.length;
  };
  return { add, seen, replica };
};

describe('a replica', () => {
  it.each([
    { at: 2_000, ms: 0, want: 3, reason: 'it does not lag' },
    { at: 2_000, ms: 500, want: 2, reason: 'the third came 400 ms ago' },
    { at: 2_000, ms: 900, want: 1, reason: 'the change of that very moment is done' },
    { at: 2_000, ms: 1_000, want: 0, reason: 'all three came later' },
    { at: 5_000, ms: 3_000, want: 3, reason: 'nothing has changed since' },
  ])('shows $want records at $at with a lag of $ms ms: $reason', ({ at, ms, want }) => {
    const { add, seen } = watched(() => 10_000);
    for (const time of [1_100, 1_400, 1_600]) add(time);
    expect(seen(at, ms)).toBe(want);
  });

  it('shows two changes of one millisecond together', () => {
    const { add, seen } = watched(() => 10_000);
    add(1_100);
    add(1_100);
    expect(seen(1_200, 150)).toBe(0);
    expect(seen(1_200, 100)).toBe(2);
  });

  it('keeps nothing when no list is read from it, and begins anew when one is', () => {
    let keepMs = 0;
    const { add, seen } = watched(() => keepMs);
    add(1_100);
    keepMs = 10_000;
    expect(seen(1_200, 500)).toBe(1);
    add(1_300);
    expect(seen(1_400, 1_000)).toBe(1);
  });
});

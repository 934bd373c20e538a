import { ManualClock } from './clock';

describe('ManualClock', () => {
  it('wakes sleepers at their time and in their order, also those that fall asleep on the way', async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    const nap = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push(`${name}@${String(clock.now())}`);
    };
    void nap('b', 20);
    void nap('a', 10).then(() => nap('a2', 5));
    void nap('c', 20);
    await clock.advance(19);
    expect(woken).toEqual(['a@10', 'a2@15']);
    expect(clock.nextWakeAt()).toBe(20);
    await clock.advance(1);
    expect(woken).toEqual(['a@10', 'a2@15', 'b@20', 'c@20']);
    expect([clock.now(), clock.nextWakeAt()]).toEqual([20, null]);
  });

  it('wakes at once when the signal aborts, before or during the sleep, and forgets the sleeper', async () => {
    const clock = new ManualClock(0);
    await clock.sleep(1_000, AbortSignal.abort());
    const abort = new AbortController();
    const sleeping = clock.sleep(1_000, abort.signal);
    abort.abort();
    await sleeping;
    expect([clock.now(), clock.nextWakeAt()]).toEqual([0, null]);
  });

  it('repeats its randomness for the same seed only', () => {
    const draw = (seed: number): readonly number[] => {
      const clock = new ManualClock(0, seed);
      return Array.from({ length: 20 }, () => clock.random());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

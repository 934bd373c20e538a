import { ReusedAnswers } from './reused-answers';

describe('answers that are given again', () => {
  let now = 0;
  let made = 0;
  let tookMs = 0;
  const make = (): Promise<number> => {
    made += 1;
    now += tookMs;
    return Promise.resolve(made);
  };
  const answers = (): ReusedAnswers<number> =>
    new ReusedAnswers({ now: () => now }, { forMs: (took) => Math.max(1_000, 10 * took), atMost: 2 });
  beforeEach(() => {
    [now, made, tookMs] = [0, 0, 0];
  });

  it('are made once for a second, and anew after it', async () => {
    const kept = answers();
    expect([await kept.get('a', make), await kept.get('a', make)]).toEqual([1, 1]);
    now += 999;
    expect(await kept.get('a', make)).toBe(1);
    now += 1;
    expect(await kept.get('a', make)).toBe(2);
  });

  it('are not kept by a clock that is set back', async () => {
    const kept = answers();
    now = 5_000;
    await kept.get('a', make);
    now = 4_000;
    expect(await kept.get('a', make)).toBe(2);
  });

  it('are given the longer the more they cost', async () => {
    const kept = answers();
    tookMs = 300;
    await kept.get('a', make);
    now += 2_999;
    expect(await kept.get('a', make)).toBe(1);
    now += 1;
    expect(await kept.get('a', make)).toBe(2);
  });

  it('are made once for all that ask at the same time', async () => {
    const kept = answers();
    expect(await Promise.all([kept.get('a', make), kept.get('a', make), kept.get('b', make)])).toEqual([1, 1, 2]);
  });

  it('are as many as may be kept: the oldest one goes', async () => {
    const kept = answers();
    for (const id of ['a', 'b', 'c']) await kept.get(id, make);
    expect([await kept.get('c', make), await kept.get('b', make), await kept.get('a', make)]).toEqual([3, 2, 4]);
  });

  it('are not kept when they failed', async () => {
    const kept = answers();
    await expect(kept.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await kept.get('a', make)).toBe(1);
  });

  it('that fail late leave a newer one in place', async () => {
    const kept = answers();
    let fail = (): void => undefined;
    const late = kept.get(
      'a',
      () =>
        new Promise(
          (_, reject) =>
            (fail = () => {
              reject(new Error('late'));
            }),
        ),
    );
    await kept.get('b', make);
    await kept.get('c', make);
    const newer = await kept.get('a', make);
    fail();
    await expect(late).rejects.toThrow('late');
    expect(await kept.get('a', make)).toBe(newer);
  });
});

import { awaitDatabase } from './await-database';

const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const refused = Object.assign(new Error('password authentication failed'), { code: '28P01' });

describe('awaitDatabase', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());

  /** An attempt that fails with these errors in turn and then succeeds; what was told meanwhile, in whole seconds. */
  const run = (errors: readonly Error[], forMs: number) => {
    const left = [...errors];
    const told: number[] = [];
    const done = awaitDatabase(
      () => {
        const error = left.shift();
        return error === undefined ? Promise.resolve('open') : Promise.reject(error);
      },
      { forMs, onWaiting: ({ waitedMs }) => void told.push(Math.round(waitedMs / 1_000)) },
    ).then(
      (value) => value,
      (error: unknown) => error,
    );
    return { done, told, attempts: () => errors.length - left.length };
  };

  it('tries until the database is there, and tells at first and every five seconds', async () => {
    const { done, told } = run(Array<Error>(25).fill(away), 60_000);
    await jest.advanceTimersByTimeAsync(13_000);
    expect([await done, told]).toEqual(['open', [0, 5, 10]]);
  });

  it('gives up with the last error when the time is over', async () => {
    const { done, attempts } = run(Array<Error>(100).fill(away), 3_000);
    await jest.advanceTimersByTimeAsync(4_000);
    expect(await done).toBe(away);
    expect(attempts()).toBe(7);
  });

  it.each([
    { name: 'an error that waiting does not mend', error: refused, forMs: 60_000 },
    { name: 'the first error when no wait is wanted', error: away, forMs: 0 },
  ])('rejects at once with $name', async ({ error, forMs }) => {
    const { done, told } = run([error, error], forMs);
    expect([await done, told]).toEqual([error, []]);
  });
});

import { SystemClock } from './system-clock';

describe('SystemClock', () => {
  it('sleeps at least as long as asked', async () => {
    const clock = new SystemClock();
    const started = performance.now();
    await clock.sleep(20);
    expect(performance.now() - started).toBeGreaterThan(18);
  });

  it('wakes at once, without an error, when the signal aborts or has aborted', async () => {
    const clock = new SystemClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(60_000, abort.signal);
    abort.abort();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(clock.sleep(60_000, abort.signal)).resolves.toBeUndefined();
  });
});

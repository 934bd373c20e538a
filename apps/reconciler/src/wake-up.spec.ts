import { setTimeout as delay } from 'node:timers/promises';
import { recordedLog } from '../test/recorded-log';
import { WakeUp } from './wake-up';

/** A port of this machine where nothing listens. */
const NO_DATABASE = 'postgres://nobody@127.0.0.1:1/none';

describe('WakeUp without a database', () => {
  it('wakes nothing, tells that the loops poll, and stops when it is told to', async () => {
    const { logger, lines } = recordedLog();
    const sleeper = { wake: jest.fn() };
    const wakeUp = new WakeUp(NO_DATABASE, [sleeper], logger);
    wakeUp.onApplicationBootstrap();
    while (lines.length === 0) await delay(10);
    await wakeUp.beforeApplicationShutdown();
    expect(sleeper.wake).not.toHaveBeenCalled();
    const [first] = lines;
    expect(first).toMatchObject({ level: 'warn' });
    expect(first?.msg).toBe('Not listening for wake-ups; polling until the database is back');
    const told = lines.length;
    await delay(50);
    expect(lines).toHaveLength(told);
  });

  it('can be stopped before it was started', async () => {
    const { logger } = recordedLog();
    await expect(new WakeUp(NO_DATABASE, [], logger).beforeApplicationShutdown()).resolves.toBeUndefined();
  });
});

describe('WakeUp', () => {
  it('wakes at once, and those that follow closely together once more', async () => {
    const sleeper = { wake: jest.fn() };
    const wakeUp = new WakeUp(NO_DATABASE, [sleeper], recordedLog().logger);
    for (let nth = 0; nth < 100; nth += 1) wakeUp.wake();
    expect(sleeper.wake).toHaveBeenCalledTimes(1);
    await delay(100);
    expect(sleeper.wake).toHaveBeenCalledTimes(2);
    wakeUp.wake();
    expect(sleeper.wake).toHaveBeenCalledTimes(3);
    await wakeUp.beforeApplicationShutdown();
  });
});

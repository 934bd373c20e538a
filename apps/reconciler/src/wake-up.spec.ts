import { setTimeout as delay } from 'node:timers/promises';
import { recordedLog } from '../test/recorded-log';
import { WakeUp, type Sleeper, type Sleepers } from './wake-up';

/** A port of this machine where nothing listens. */
const NO_DATABASE = { url: 'postgres://nobody@127.0.0.1:1/none', owner: 'one' };

const sleepersOf = (sleeper: Sleeper): Sleepers => ({
  work: [sleeper],
  readers: [sleeper],
  events: { wake: sleeper.wake, hears: jest.fn() },
});

describe('WakeUp without a database', () => {
  it('wakes nothing, tells that the loops poll, and stops when it is told to', async () => {
    const { logger, lines } = recordedLog();
    const sleeper = { wake: jest.fn() };
    const wakeUp = new WakeUp(NO_DATABASE, sleepersOf(sleeper), logger);
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
    await expect(
      new WakeUp(NO_DATABASE, sleepersOf({ wake: jest.fn() }), logger).beforeApplicationShutdown(),
    ).resolves.toBeUndefined();
  });
});

describe('WakeUp', () => {
  const world = () => {
    const [work, readers, events] = [{ wake: jest.fn() }, { wake: jest.fn() }, { wake: jest.fn(), hears: jest.fn() }];
    const wakeUp = new WakeUp(NO_DATABASE, { work: [work], readers: [readers], events }, recordedLog().logger);
    return { work, readers, events, wakeUp };
  };

  it('wakes at once, and those that follow closely together once more', async () => {
    const { work, wakeUp } = world();
    for (let nth = 0; nth < 100; nth += 1) wakeUp.wake('anything');
    expect(work.wake).toHaveBeenCalledTimes(1);
    await delay(100);
    expect(work.wake).toHaveBeenCalledTimes(2);
    wakeUp.wake('anything');
    expect(work.wake).toHaveBeenCalledTimes(3);
    await wakeUp.beforeApplicationShutdown();
  });

  it('wakes those that read events when there is something to read, those that work when something may be due', async () => {
    const { work, readers, wakeUp } = world();
    wakeUp.wake('numbered');
    expect([work.wake.mock.calls.length, readers.wake.mock.calls.length]).toEqual([0, 1]);
    wakeUp.wake('anything');
    expect([work.wake.mock.calls.length, readers.wake.mock.calls.length]).toEqual([1, 1]);
    await delay(100);
    wakeUp.wake('positioned');
    expect([work.wake.mock.calls.length, readers.wake.mock.calls.length]).toEqual([1, 2]);
    await delay(100);
    wakeUp.wake('logged');
    expect([work.wake.mock.calls.length, readers.wake.mock.calls.length]).toEqual([1, 2]);
    await wakeUp.beforeApplicationShutdown();
  });

  it('tells the pump of events of each, without a delay', async () => {
    const { events, wakeUp } = world();
    for (const reason of ['anything', 'logged', 'numbered', 'positioned'] as const) wakeUp.wake(reason);
    expect(events.wake.mock.calls.flat()).toEqual(['anything', 'logged', 'numbered', 'positioned']);
    await wakeUp.beforeApplicationShutdown();
  });
});

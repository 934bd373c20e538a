import { ManualClock } from '@dialtone/testing';
import { WritesUnderWay } from './writes-under-way';

const LIST_MS = 1_000;
/** By which the test advances at least. */
const STEP_MS = 50;

/** After a list that took a second. */
const known = async () => {
  const clock = new ManualClock();
  const writes = new WritesUnderWay(clock);
  const listing = writes.timed(() => clock.sleep(LIST_MS));
  await clock.advance(LIST_MS);
  await listing;
  const write = (ms: number): Promise<void> => writes.during(() => clock.sleep(ms));
  const waited = async (): Promise<number> => {
    const beganAt = clock.now();
    const waiting = new Set([0]);
    const ended = writes.ended().then(() => {
      waiting.clear();
    });
    for (let ms = 0; ms < LIST_MS && waiting.size > 0; ms += STEP_MS) await clock.advance(STEP_MS);
    await ended;
    return clock.now() - beganAt;
  };
  return { clock, writes, write, waited };
};

describe('a list', () => {
  it('waits for no write when none is under way', async () => {
    const { waited } = await known();
    expect(await waited()).toBe(STEP_MS);
  });

  it('waits for all writes that are under way', async () => {
    const { write, waited } = await known();
    void write(100);
    void write(300);
    expect(await waited()).toBe(300);
  });

  it('waits for half of what the last one took, however long a write takes', async () => {
    const { write, waited } = await known();
    void write(LIST_MS);
    void write(LIST_MS);
    expect(await waited()).toBe(LIST_MS / 2);
  });

  it('does not wait for a single one, which is that of the number that lists', async () => {
    const { write, waited } = await known();
    void write(LIST_MS);
    expect(await waited()).toBe(STEP_MS);
  });

  it('waits for no write that begins later', async () => {
    const { clock, write, waited } = await known();
    void write(100);
    void write(100);
    void clock.sleep(50).then(() => write(300));
    expect(await waited()).toBe(100);
  });

  it('waits for none before it is known how long a list takes', async () => {
    const clock = new ManualClock();
    const writes = new WritesUnderWay(clock);
    void writes.during(() => clock.sleep(100));
    await expect(writes.ended()).resolves.toBeUndefined();
  });

  it('does not fail with a write', async () => {
    const { clock, writes, waited } = await known();
    void writes.during(() => clock.sleep(100));
    const failing = writes.during(() => clock.sleep(100).then(() => Promise.reject(new Error('refused'))));
    await Promise.all([expect(failing).rejects.toThrow('refused'), waited()]);
    expect(await waited()).toBe(STEP_MS);
  });
});

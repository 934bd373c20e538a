import { EVENT_EXAMPLES, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import { InMemoryEventLog } from '@dialtone/testing';
import fc from 'fast-check';
import type { LogPage } from '../ports/event-log';
import { LogTail } from './log-tail';

const DRIFT = 'dialtone.drift.detected.v1';
const VERDICT = 'dialtone.readiness.changed.v1';
const SPAN = 10_000;

const world = () => {
  const log = new InMemoryEventLog();
  const looks = jest.spyOn(log, 'readOn');
  const tail = new LogTail(log);
  const logged = (types: readonly OutboundEventType[]) => {
    const before = log.events.length;
    log.append(
      ...types.map((type, nth) => ({ event_id: String(nth), type, data: EVENT_EXAMPLES[type] }) as AnyLoggedEvent),
    );
    return log.events.slice(before);
  };
  const append = (...types: readonly OutboundEventType[]): void => {
    logged(types);
    tail.wake();
  };
  /** With the events that were numbered. */
  const show = (...types: readonly OutboundEventType[]): void => {
    tail.wake(logged(types));
  };
  const read = (after: bigint, except: readonly string[] = [], limit = 100): Promise<LogPage> =>
    tail.readOn(after, limit, { except, span: SPAN });
  const positions = async (page: Promise<LogPage>): Promise<readonly bigint[]> =>
    (await page).events.map(({ position }) => position);
  return { log, looks, tail, append, show, read, positions };
};

describe('LogTail', () => {
  it('looks once for all readers at the end, and gives each its own', async () => {
    const { looks, append, read, positions } = world();
    await read(0n);
    looks.mockClear();
    append(DRIFT, VERDICT, DRIFT);
    const pages = await Promise.all([[DRIFT], [VERDICT], []].map((except) => positions(read(0n, except))));
    expect(pages).toEqual([[2n], [1n, 3n], [1n, 2n, 3n]]);
    expect(looks).toHaveBeenCalledTimes(1);
  });

  it('serves what it has just read to one that comes later, and looks again for one that has it', async () => {
    const { looks, append, read, positions } = world();
    await read(0n);
    append(DRIFT, VERDICT);
    await read(0n);
    looks.mockClear();
    expect(await positions(read(1n))).toEqual([2n]);
    expect(looks).not.toHaveBeenCalled();
    expect(await read(2n)).toEqual({ events: [], until: 2n, end: 2n });
    expect(looks).toHaveBeenCalledTimes(1);
  });

  it('looks anew after a wake, because a look under way may have begun before it', async () => {
    const { log, looks, append, read, positions } = world();
    await read(0n);
    const early = Promise.withResolvers<LogPage>();
    looks.mockImplementationOnce(() => early.promise);
    const first = read(0n);
    append(DRIFT);
    const second = positions(read(0n));
    expect(await second).toEqual([1n]);
    early.resolve({ events: [], until: 0n, end: 0n });
    await first;
    expect(log.events).toHaveLength(1);
    expect(await positions(read(0n))).toEqual([1n]);
  });

  it('needs no look for what it is shown, and looks when something lies between', async () => {
    const { looks, append, show, read, positions } = world();
    await read(0n);
    looks.mockClear();
    show(DRIFT, VERDICT);
    expect(await positions(read(0n, [VERDICT]))).toEqual([1n]);
    expect(await read(0n, [DRIFT])).toMatchObject({ until: 2n, end: 2n });
    expect(looks).not.toHaveBeenCalled();
    append(DRIFT);
    show(VERDICT);
    expect(await positions(read(2n))).toEqual([3n, 4n]);
    expect(looks).toHaveBeenCalledTimes(1);
  });

  it('leaves one that is far behind to read for itself, only what is its own', async () => {
    const { looks, append, read } = world();
    await read(0n);
    append(...Array.from({ length: 3_000 }, () => DRIFT as OutboundEventType));
    await read(0n);
    looks.mockClear();
    const { events, until } = await read(1n, [DRIFT]);
    expect([events, until]).toEqual([[], 3_000n]);
    expect(looks).toHaveBeenCalledWith(1n, 100, { except: [DRIFT], span: SPAN });
  });

  it('passes on that the log cannot be read, and looks again afterwards', async () => {
    const { looks, append, read, positions } = world();
    await read(0n);
    append(DRIFT);
    looks.mockRejectedValueOnce(new Error('the database is away'));
    const both = await Promise.allSettled([read(0n), read(0n)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await positions(read(0n))).toEqual([1n]);
  });

  it('keeps nothing of a log that ends earlier than it did', async () => {
    const { log, append, read, positions } = world();
    await read(0n);
    append(DRIFT, DRIFT, DRIFT);
    await read(0n);
    log.clear();
    append(VERDICT);
    expect(await read(3n)).toEqual({ events: [], until: 1n, end: 1n });
    expect((await read(0n)).events.map(({ type }) => type)).toEqual([VERDICT]);
    expect(await positions(read(0n, [VERDICT]))).toEqual([]);
  });

  it('gives every reader all of its events once and in order, whenever it comes and however much it takes', async () => {
    const step = fc.record({
      logged: fc.integer({ min: 0, max: 900 }),
      isShown: fc.boolean(),
      readers: fc.array(fc.nat({ max: 2 }), { maxLength: 4 }),
      limit: fc.integer({ min: 1, max: 700 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { log, append, show, read } = world();
        const excepts = [[DRIFT], [VERDICT], []];
        const at = [0n, 0n, 0n];
        const got: bigint[][] = [[], [], []];
        const go = async (reader: number, limit: number): Promise<void> => {
          const { events, until } = await read(at[reader] ?? 0n, excepts[reader], limit);
          got[reader]?.push(...events.map(({ position }) => position));
          at[reader] = until;
        };
        for (const { logged, isShown, readers, limit } of steps) {
          const tell = isShown ? show : append;
          tell(...Array.from({ length: logged }, (_, nth): OutboundEventType => (nth % 3 === 0 ? DRIFT : VERDICT)));
          await Promise.all([...new Set(readers)].map((reader) => go(reader, limit)));
        }
        for (const reader of at.keys()) while ((at[reader] ?? 0n) < log.events.length) await go(reader, 500);
        const wanted = excepts.map((except) =>
          log.events.filter(({ type }) => !except.includes(type)).map(({ position }) => position),
        );
        expect(got).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });
});

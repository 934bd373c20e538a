import type { ClaimedBinding, ClaimedSweep, Outcome } from '@dialtone/engine';
import { controllerMetrics, Registry } from '@dialtone/platform';
import { ManualClock } from '@dialtone/testing';
import { recordedLog } from '../../test/recorded-log';
import { seriesOf } from '../../test/series-of';
import { ReconcileLoops } from './reconcile-loops';

const POLL = 1_000;
const binding = (overdueMs = 0): ClaimedBinding => ({ overdueMs }) as unknown as ClaimedBinding;
const sweep = (id: string): ClaimedSweep => ({ connection: { id } }) as unknown as ClaimedSweep;

/** What is due, and work that ends when the test says so. */
const world = (calmAt: { readonly at: number } | null = null) => {
  const clock = new ManualClock();
  const due: ClaimedBinding[] = [];
  const sweepsDue: ClaimedSweep[] = [];
  const working: PromiseWithResolvers<Outcome>[] = [];
  const sweeping: PromiseWithResolvers<undefined>[] = [];
  const rooms: number[] = [];
  const calmed: number[] = [];
  const store = { isAway: false };
  const begin = <T>(running: PromiseWithResolvers<T>[]): Promise<T> => {
    const work = Promise.withResolvers<T>();
    running.push(work);
    return work.promise;
  };
  const engine = {
    claim: (room: number): Promise<readonly ClaimedBinding[]> => {
      rooms.push(room);
      return store.isAway ? Promise.reject(new Error('store away')) : Promise.resolve(due.splice(0, room));
    },
    reconcile: () => begin(working),
    claimSweep: () => Promise.resolve(sweepsDue.shift() ?? null),
    sweep: () => begin(sweeping),
    nextDueInMs: () => Promise.resolve(null),
    endFlapping: () => Promise.resolve(calmed.push(clock.now())),
    nextFlapEndInMs: () => Promise.resolve(calmAt === null ? null : Math.max(0, calmAt.at - clock.now())),
  };
  const registry = new Registry();
  const { logger, lines } = recordedLog();
  const metrics = controllerMetrics(registry, {
    controller: 'binding',
    maxConcurrent: 2,
    depth: () => Promise.resolve(due.length),
    seconds: () => clock.now() / 1_000,
  });
  const loops = new ReconcileLoops({
    engine,
    clock,
    logger,
    metrics,
    concurrency: 2,
    pollMs: POLL,
    flapWindowMs: 10 * POLL,
  });
  const started = (): Promise<void> => {
    loops.onApplicationBootstrap();
    return clock.settle();
  };
  return { clock, calmed, due, sweepsDue, working, sweeping, rooms, store, registry, lines, loops, started };
};
const results = (registry: Registry): Promise<readonly string[]> =>
  seriesOf(registry, 'controller_runtime_reconcile_total');

describe('ReconcileLoops', () => {
  it('works on what is due, as many at once as it may, and takes the next when one ends', async () => {
    const { due, working, clock, rooms, started } = world();
    due.push(binding(), binding(), binding());
    await started();
    expect([working.length, rooms]).toEqual([2, [2]]);
    working[0]?.resolve({ kind: 'settled' });
    await clock.settle();
    expect([working.length, rooms]).toEqual([3, [2, 1]]);
  });

  it('sweeps two connections at once, and no more', async () => {
    const { sweepsDue, sweeping, clock, started } = world();
    sweepsDue.push(sweep('a'), sweep('b'), sweep('c'));
    await started();
    await clock.advance(3 * POLL);
    expect(sweeping).toHaveLength(2);
    sweeping[0]?.resolve(undefined);
    await clock.advance(POLL);
    expect(sweeping).toHaveLength(3);
  });

  it('keeps reconciling while sweeps hang', async () => {
    const { due, sweepsDue, working, clock, started } = world();
    sweepsDue.push(sweep('a'), sweep('b'));
    await started();
    due.push(binding());
    await clock.advance(POLL);
    expect(working).toHaveLength(1);
  });

  it('looks at both queues at once when it is woken', async () => {
    const { due, sweepsDue, working, sweeping, clock, loops, started } = world();
    await started();
    due.push(binding());
    sweepsDue.push(sweep('a'));
    loops.wake();
    await clock.settle();
    expect([working.length, sweeping.length]).toEqual([1, 1]);
  });

  it('ends what flaps when it is over, and not at the next poll', async () => {
    const calmAt = { at: 0 };
    const { clock, calmed, started } = world(calmAt);
    calmAt.at = clock.now() + 3 * POLL + 300;
    await started();
    for (let nth = 0; nth < 34; nth += 1) await clock.advance(POLL / 10);
    expect(calmed.map((at) => at - calmAt.at).filter((late) => late >= 0 && late < POLL / 10)).toContain(0);
  });

  it.each<{ outcome: Outcome; result: string; terminal: number; retries: number }>([
    { outcome: { kind: 'settled' }, result: 'success', terminal: 0, retries: 0 },
    { outcome: { kind: 'stalled', issues: [], message: 'm' }, result: 'success', terminal: 1, retries: 0 },
    {
      outcome: { kind: 'progressing', requeueAfterMs: 1, reason: 'r' },
      result: 'requeue_after',
      terminal: 0,
      retries: 0,
    },
    { outcome: { kind: 'retry', error: 'e', retryAfterMs: null }, result: 'error', terminal: 0, retries: 1 },
  ])('counts $outcome.kind as $result', async ({ outcome, result, terminal, retries }) => {
    const { due, working, clock, registry, started } = world();
    due.push(binding(3_000));
    await started();
    working[0]?.resolve(outcome);
    await clock.settle();
    const counted = (await results(registry)).filter((line) => line.endsWith(' 1'));
    expect(counted).toEqual([`controller_runtime_reconcile_total{controller="binding",result="${result}"} 1`]);
    const labels = '{name="binding",controller="binding"}';
    expect(await seriesOf(registry, 'controller_runtime_terminal')).toEqual([
      `controller_runtime_terminal_reconcile_errors_total{controller="binding"} ${String(terminal)}`,
    ]);
    expect(await seriesOf(registry, 'workqueue_adds')).toEqual([`workqueue_adds_total${labels} 1`]);
    expect(await seriesOf(registry, 'workqueue_retries')).toEqual(
      retries === 0 ? [] : [`workqueue_retries_total${labels} 1`],
    );
    expect(await seriesOf(registry, 'workqueue_queue_duration_seconds_sum')).toEqual([
      `workqueue_queue_duration_seconds_sum${labels} 3`,
    ]);
  });

  it('counts an outcome that cannot be stored as an error, tells of it, and goes on', async () => {
    const { due, working, clock, registry, lines, started } = world();
    due.push(binding());
    await started();
    working[0]?.reject(new Error('outcome not stored'));
    due.push(binding());
    await clock.advance(POLL);
    expect(await results(registry)).toContain(
      'controller_runtime_reconcile_total{controller="binding",result="error"} 1',
    );
    expect(lines).toMatchObject([{ level: 'error', err: { message: 'outcome not stored' } }]);
    expect(working).toHaveLength(2);
  });

  it('goes on a poll after the queue could not be read, and tells of it', async () => {
    const { due, store, working, clock, lines, started } = world();
    store.isAway = true;
    due.push(binding());
    await started();
    expect(lines).toMatchObject([{ level: 'error', msg: 'The work queue could not be read; trying again' }]);
    store.isAway = false;
    await clock.advance(POLL);
    expect(working).toHaveLength(1);
  });

  it('is idle since it last looked, however long its work takes', async () => {
    const { due, working, clock, loops, started } = world();
    expect(loops.idleMs()).toBe(0);
    await started();
    await clock.advance(10 * POLL + 400);
    expect(loops.idleMs()).toBe(400);
    due.push(binding(), binding());
    await clock.advance(600);
    // No room: the queue is not looked at until work ends.
    await clock.advance(30 * POLL);
    expect([working.length, loops.idleMs()]).toEqual([2, 30 * POLL]);
  });
});

describe('the shutdown of ReconcileLoops', () => {
  it('ends at once when nothing is under way', async () => {
    const { clock, loops, lines, started } = world();
    await started();
    await loops.beforeApplicationShutdown();
    expect([loops.isDrained, lines, clock.nextWakeAt()]).toEqual([true, [], null]);
  });

  it('takes nothing new, and waits for what is under way', async () => {
    const { due, working, rooms, clock, loops, started } = world();
    due.push(binding());
    await started();
    const looks = rooms.length;
    const stopped = loops.beforeApplicationShutdown();
    due.push(binding());
    await clock.advance(1_500);
    expect(loops.isDrained).toBe(false);
    working[0]?.resolve({ kind: 'settled' });
    await stopped;
    expect([loops.isDrained, working.length, rooms.length]).toEqual([true, 1, looks]);
  });

  it('leaves after two seconds what VoiceLink does not answer, as a crash would', async () => {
    const { sweepsDue, clock, loops, lines, started } = world();
    sweepsDue.push(sweep('a'));
    await started();
    const stopped = loops.beforeApplicationShutdown();
    await clock.advance(1_999);
    expect(lines).toEqual([]);
    await clock.advance(1);
    await stopped;
    expect(loops.isDrained).toBe(false);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'Stopping although VoiceLink has not answered yet' }]);
  });
});

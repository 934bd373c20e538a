import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { WorkLoop, type Clock, type ClaimedBinding, type Engine } from '@dialtone/engine';
import { onceAMinute, type ControllerMetrics, type Logger } from '@dialtone/platform';
import { tracedReconcile, tracedSweep } from './traced-work';
import { RESULT_OF } from './engine-observer';

/** Sweeps are heavy and their connections few: two at once keep one slow account from delaying the rest. */
const SWEEPS_AT_ONCE = 2;

export interface LoopOptions {
  readonly engine: Pick<
    Engine,
    'claim' | 'claimSweep' | 'endFlapping' | 'nextDueInMs' | 'nextFlapEndInMs' | 'reconcile' | 'sweep'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  readonly concurrency: number;
  readonly pollMs: number;
  /** For how long a verdict flaps at least. */
  readonly flapWindowMs: number;
}

/** How long a shutdown waits for what is under way: an orchestrator kills what does not end, and VoiceLink may hang. */
const DRAIN_MS = 2_000;

/**
 * Runs the loops from start to shutdown. What is claimed is finished before the database is let go, unless it takes
 * too long: then it is left as by a crash, and its leases and its journal rows tell the next process.
 */
export class ReconcileLoops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly loops: readonly WorkLoop[];
  /** Nothing wakes it, or has to: it looks more often than a flapping lasts, and then knows when the next one ends. */
  private readonly calming: WorkLoop;
  private running: Promise<unknown> = Promise.resolve();
  private turnedAt: number;
  private drained = false;

  constructor(private readonly options: LoopOptions) {
    const { clock, concurrency, pollMs, logger } = options;
    const tell = onceAMinute(logger.error.bind(logger), () => clock.now());
    const onError = (error: unknown): void => {
      tell({ err: error }, 'The work queue could not be read; trying again');
    };
    this.turnedAt = clock.now();
    this.loops = [
      new WorkLoop((room) => this.takeBindings(room), {
        ...{ clock, concurrency, pollMs, onError },
        nextDueInMs: () => options.engine.nextDueInMs(),
      }),
      new WorkLoop(() => this.takeSweep(), { clock, concurrency: SWEEPS_AT_ONCE, pollMs, onError }),
    ];
    this.calming = new WorkLoop(() => this.takeCalmed(), {
      ...{ clock, concurrency: 1, pollMs: Math.max(1, options.flapWindowMs / 2), onError },
      nextDueInMs: () => this.nextFlapEndInMs(onError),
    });
  }

  onApplicationBootstrap(): void {
    this.running = Promise.all([...this.loops, this.calming].map((loop) => loop.run(this.stopping.signal)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    const timeUp = new AbortController();
    const finished = this.running.then(() => {
      this.drained = true;
      timeUp.abort();
    });
    await Promise.race([finished, this.options.clock.sleep(DRAIN_MS, timeUp.signal)]);
    if (!this.drained) this.options.logger.warn('Stopping although VoiceLink has not answered yet');
  }

  /** Nothing is under way any more, and nothing will be. */
  get isDrained(): boolean {
    return this.drained;
  }

  /** Work may have become due. */
  wake(): void {
    for (const loop of this.loops) loop.wake();
  }

  /** Milliseconds since the queue was last looked at: grows without bound when a loop stands still. */
  idleMs(): number {
    return this.options.clock.now() - this.turnedAt;
  }

  private async takeBindings(room: number): Promise<Promise<unknown>[]> {
    this.turnedAt = this.options.clock.now();
    const claimed = await this.options.engine.claim(room);
    this.options.metrics.added(claimed.length);
    return claimed.map((binding) => this.reconcile(binding));
  }

  private async reconcile(claimed: ClaimedBinding): Promise<void> {
    const { engine, metrics } = this.options;
    const item = metrics.begin(claimed.overdueMs / 1000);
    try {
      const { kind } = await tracedReconcile(engine, claimed);
      item.end(RESULT_OF[kind], { terminal: kind === 'stalled' });
      if (kind === 'retry') metrics.retried();
    } catch (error) {
      item.end('error');
      throw error;
    }
  }

  /** Without an answer the next flapping may end at any time. */
  private async nextFlapEndInMs(onError: (error: unknown) => void): Promise<number | null> {
    try {
      return await this.options.engine.nextFlapEndInMs();
    } catch (error) {
      onError(error);
      return this.options.pollMs;
    }
  }

  private async takeCalmed(): Promise<Promise<unknown>[]> {
    await this.options.engine.endFlapping();
    return [];
  }

  private async takeSweep(): Promise<Promise<unknown>[]> {
    const claimed = await this.options.engine.claimSweep();
    return claimed === null ? [] : [tracedSweep(this.options.engine, claimed)];
  }
}

import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { DidKey, PartnerId } from '@dialtone/domain';
import type { Clock } from '@dialtone/engine';
import type { BindingStore, BindingView } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { BINDING_STORE, CLOCK, COMMITS, LOGGER, type Commits, type CommitsHeard } from '../outside/tokens';

interface Place {
  readonly partnerId: PartnerId;
  readonly key: DidKey;
}

interface Waiting extends Place {
  /** Null: it is not declared any more. */
  readonly seen: (view: BindingView | null) => void;
}

/** Between two looks at the database, as a multiple of what the last one took: looking costs it a fifth of its time at most. */
const REST = 4;
const MIN_REST_MS = 20;

const placeOf = ({ partnerId, key }: Place): string => `${partnerId}/${key}`;

/**
 * Looks at all bindings that requests wait for, in one statement, when any process has committed something: no request polls, and
 * none holds a connection. Commits during a look are followed by one more.
 */
@Injectable()
export class BindingWaits implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly waiting = new Set<Waiting>();
  private heard: CommitsHeard | null = null;
  private state: 'idle' | 'looking' | 'look again' = 'idle';

  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    @Inject(COMMITS) private readonly commits: Commits,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** At the start, so that looking is nobody's share of the pool. */
  onApplicationBootstrap(): void {
    this.heard = this.commits(() => {
      this.onCommit();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.heard?.close();
  }

  /**
   * Resolves with the first answer of `judge` that is not null, after `ms` or when `signal` aborts with null. `judge` is given the
   * binding after each commit, null once it is not declared any more.
   */
  until<T>(
    place: Place,
    judge: (view: BindingView | null) => T | null,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): { readonly answer: Promise<T | null>; readonly end: () => void } {
    const { promise, resolve } = Promise.withResolvers<T | null>();
    const done = new AbortController();
    const waiting: Waiting = {
      ...place,
      seen: (view) => {
        const judged = judge(view);
        if (judged !== null) resolve(judged);
      },
    };
    this.waiting.add(waiting);
    const end = (): void => {
      this.waiting.delete(waiting);
      done.abort();
    };
    void this.clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(() => {
      resolve(null);
    });
    return { answer: promise.finally(end), end };
  }

  private onCommit(): void {
    if (this.waiting.size === 0) return;
    if (this.state === 'idle') void this.look();
    else this.state = 'look again';
  }

  private async look(): Promise<void> {
    do {
      this.state = 'looking';
      const begun = this.clock.now();
      await this.lookOnce();
      await this.clock.sleep(Math.max(MIN_REST_MS, REST * (this.clock.now() - begun)));
    } while (this.isWokenSince());
    this.state = 'idle';
  }

  private isWokenSince(): boolean {
    return this.state === 'look again';
  }

  private async lookOnce(): Promise<void> {
    const asked = [...this.waiting];
    try {
      const views = await this.bindings.findAll(asked);
      const known = new Map(views.map((view) => [placeOf(view.binding), view]));
      for (const waiting of asked) waiting.seen(known.get(placeOf(waiting)) ?? null);
    } catch (error) {
      // Each waiter looks once more when its time is up.
      this.logger.warn({ err: error }, 'Could not look at the bindings that requests wait for');
    }
  }
}

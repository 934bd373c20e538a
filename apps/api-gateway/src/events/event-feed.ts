import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock, EventWatch, WatchedEvent, WatchedPage } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { CLOCK, COMMITS, EVENT_WATCH, LOGGER, type Commits, type CommitsHeard } from '../outside/tokens';
import { isComplete } from './event-cursor';

/** The last events of all partners: some megabytes for all streams together. */
const KEPT = 1_000;
const READ_AT_ONCE = 500;
/** Between two looks. A commit is heard of before its events have positions, so the feed looks often for a while after one. */
const REST_MS = 500;
const MIN_REST_MS = 20;
const HOT_REST_MS = 50;
const HOT_MS = 1_000;

/** What follows a position. */
type FeedPage = Pick<WatchedPage, 'events' | 'until'>;

/** Everything between two positions. */
interface Ring {
  readonly floor: bigint;
  readonly head: bigint;
  /** Of all partners, ascending. */
  readonly events: readonly WatchedEvent[];
}

/**
 * Reads new events once for all streams of the process, while there are any. A stream that is within the last events is served from
 * memory; one that lags reads by itself until it gets there.
 */
@Injectable()
export class EventFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private ring: Ring | null = null;
  private followers = 0;
  private isClosed = false;
  private hotUntil = 0;
  private heard: CommitsHeard | null = null;
  private rest = new AbortController();
  private readonly waiting = new Set<() => void>();
  /** Counts what `change` waits for. */
  version = 0;

  constructor(
    @Inject(EVENT_WATCH) private readonly watch: EventWatch,
    @Inject(COMMITS) private readonly commits: Commits,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** At the start, so that reading is nobody's share of the pool. */
  onApplicationBootstrap(): void {
    this.heard = this.commits(() => {
      this.hotUntil = this.clock.now() + HOT_MS;
      this.rest.abort();
    });
    void this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    this.rest.abort();
    await this.heard?.close();
  }

  /** Call what it returns once, when the stream ends. */
  follow(): () => void {
    this.followers += 1;
    if (this.followers === 1) this.rest.abort();
    return () => {
      this.followers -= 1;
    };
  }

  /** Null: these are not kept; the position itself as `until`: nothing is new. */
  after(position: bigint, limit: number): FeedPage | null {
    const { ring } = this;
    if (ring === null || position < ring.floor || position > ring.head) return null;
    const from = ring.events.findLastIndex((event) => event.position <= position) + 1;
    const events = ring.events.slice(from, from + limit);
    const isAll = from + limit >= ring.events.length;
    return { events, until: isAll ? ring.head : (events.at(-1)?.position ?? ring.head) };
  }

  /** Resolves when `version` is not `seen` any more, after `ms`, or when the signal aborts. */
  async change(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.version !== seen || signal.aborted) return;
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    this.waiting.add(end);
    signal.addEventListener('abort', end);
    await this.clock.sleep(ms, over.signal);
    this.waiting.delete(end);
    signal.removeEventListener('abort', end);
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      // Made before the look: a commit during it is followed by another one.
      this.rest = new AbortController();
      if (this.followers > 0) await this.look();
      else this.ring = null;
      await this.pause(this.rest.signal);
    }
  }

  /** Without streams until there is one. */
  private async pause(signal: AbortSignal): Promise<void> {
    if (this.followers > 0) {
      await this.clock.sleep(MIN_REST_MS);
      await this.clock.sleep(this.clock.now() < this.hotUntil ? HOT_REST_MS : REST_MS, signal);
      return;
    }
    if (signal.aborted) return;
    const woken = Promise.withResolvers<undefined>();
    signal.addEventListener('abort', () => {
      woken.resolve(undefined);
    });
    await woken.promise;
  }

  private async look(): Promise<void> {
    try {
      while (await this.readOn()) await this.clock.nextTurn();
    } catch (error) {
      this.logger.warn({ err: error }, 'Could not read the events that streams wait for');
    }
  }

  /** True: there is more. */
  private async readOn(): Promise<boolean> {
    const { ring } = this;
    const page = await this.watch.read({ after: ring?.head ?? 0n, limit: ring === null ? 0 : READ_AT_ONCE });
    // At the start, and when the log is another one: each stream then asks the log whether it has missed something.
    if (ring === null || !isComplete(ring.head, page)) this.tell({ floor: page.end, head: page.end, events: [] });
    else if (page.until > ring.head) this.tell(grown(ring, page));
    return ring !== null && page.until < page.end;
  }

  private tell(ring: Ring): void {
    this.ring = ring;
    this.version += 1;
    for (const end of this.waiting) end();
  }
}

const grown = ({ floor, events }: Ring, page: WatchedPage): Ring => {
  const all = [...events, ...page.events];
  const dropped = Math.max(0, all.length - KEPT);
  return { floor: all[dropped - 1]?.position ?? floor, head: page.until, events: all.slice(dropped) };
};

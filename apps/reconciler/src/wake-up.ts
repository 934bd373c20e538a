import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { createListener, type Listener, type WakeReason } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';

/**
 * Notifications that come this soon after one another wake the loops together, ms: each look costs statements, and a thousand numbers
 * at work notify with every commit.
 */
const TOGETHER_MS = 25;

/** Wakes at once, and after what follows closely once more. */
class Together {
  /** While it runs, the next wake-up waits for its end. */
  private resting: NodeJS.Timeout | null = null;
  private isWoken = false;

  constructor(private readonly sleepers: readonly Sleeper[]) {}

  wake(): void {
    if (this.resting !== null) {
      this.isWoken = true;
      return;
    }
    this.resting = setTimeout(() => {
      this.resting = null;
      if (this.isWoken) this.wake();
    }, TOGETHER_MS);
    this.isWoken = false;
    for (const sleeper of this.sleepers) sleeper.wake();
  }

  stop(): void {
    if (this.resting !== null) clearTimeout(this.resting);
  }
}

export interface Sleeper {
  wake(): void;
}

export interface Sleepers {
  /** Anything may have become due. */
  readonly work: readonly Sleeper[];
  /** Events have their positions. */
  readonly readers: readonly Sleeper[];
  /** Told of each notification at once; it looks no more often than it must. */
  readonly events: { wake(reason: WakeReason): void; hears(isHearing: boolean): void };
}

/** Shortens the wait of the loops when another process made work due; without it they find out by polling. */
export class WakeUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private listener: Listener | null = null;
  private readonly work: Together;
  private readonly readers: Together;

  constructor(
    private readonly database: { readonly url: string; readonly owner: string },
    private readonly sleepers: Sleepers,
    private readonly logger: Logger,
  ) {
    this.work = new Together(sleepers.work);
    this.readers = new Together(sleepers.readers);
  }

  onApplicationBootstrap(): void {
    const tell = onceAMinute(this.logger.warn.bind(this.logger), Date.now);
    const onError = (error: Error): void => {
      tell({ err: error }, 'Not listening for wake-ups; polling until the database is back');
    };
    const wake = (reason: WakeReason): void => {
      this.wake(reason);
    };
    const onHearing = (isHearing: boolean): void => {
      this.sleepers.events.hears(isHearing);
    };
    const { url, owner } = this.database;
    this.listener = createListener(url, wake, { onError, onHearing, owner });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener?.close();
    this.work.stop();
    this.readers.stop();
  }

  /** What was only logged or numbered makes no work due; what has no position cannot be read. */
  wake(reason: WakeReason): void {
    this.sleepers.events.wake(reason);
    if (reason === 'anything') this.work.wake();
    else if (reason !== 'logged') this.readers.wake();
  }
}

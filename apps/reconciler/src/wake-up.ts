import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { createListener, type Listener } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';

/**
 * Notifications that come this soon after one another wake the loops together, ms: each look costs statements, and a thousand numbers
 * at work notify with every commit.
 */
const TOGETHER_MS = 25;

/** Shortens the wait of the loops when another process made work due; without it they find out by polling. */
export class WakeUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private listener: Listener | null = null;
  /** While it runs, the next wake-up waits for its end. */
  private resting: NodeJS.Timeout | null = null;
  private isWoken = false;

  constructor(
    private readonly databaseUrl: string,
    private readonly sleepers: readonly { wake(): void }[],
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const wake = (): void => {
      this.wake();
    };
    const tell = onceAMinute(this.logger.warn.bind(this.logger), Date.now);
    const onError = (error: Error): void => {
      tell({ err: error }, 'Not listening for wake-ups; polling until the database is back');
    };
    this.listener = createListener(this.databaseUrl, wake, { onError });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener?.close();
    if (this.resting !== null) clearTimeout(this.resting);
  }

  /** The first at once, those that follow it closely once more after a while. */
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
}

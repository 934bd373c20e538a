import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { createListener, type Listener } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';

/** Shortens the wait of the loops when another process made work due; without it they find out by polling. */
export class WakeUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private listener: Listener | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly sleepers: readonly { wake(): void }[],
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const wakeAll = (): void => {
      for (const sleeper of this.sleepers) sleeper.wake();
    };
    const onError = (error: Error): void => {
      this.logger.warn({ err: error }, 'Not listening for wake-ups; polling until the database is back');
    };
    this.listener = createListener(this.databaseUrl, wakeAll, { onError });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener?.close();
  }
}

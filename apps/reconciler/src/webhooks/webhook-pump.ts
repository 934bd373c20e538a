import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { WebhookDeliveries } from '@dialtone/engine';

/** Delivers events to webhooks from start to shutdown, in every replica: each takes other webhooks. */
export class WebhookPump implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly deliveries: WebhookDeliveries) {}

  onApplicationBootstrap(): void {
    this.running = this.deliveries.run(this.stopping.signal);
  }

  /** Requests under way end first: an answer that is not noted would be a message that comes twice. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Events may have been logged. */
  wake(): void {
    this.deliveries.wake();
  }
}

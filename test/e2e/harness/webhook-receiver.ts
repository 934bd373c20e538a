import { LoopbackServer } from '@dialtone/testing';
import type { ToldEvent } from './stream-follower';

/** A receiver of webhooks on this machine that accepts everything. */
export class WebhookReceiver {
  /** By arrival; includes what came again. */
  readonly events: ToldEvent[] = [];

  private constructor(private readonly server: LoopbackServer) {
    server.answer = ({ body }) => {
      this.events.push(JSON.parse(body) as ToldEvent);
      return 204;
    };
  }

  static async start(): Promise<WebhookReceiver> {
    return new WebhookReceiver(await LoopbackServer.start());
  }

  get url(): string {
    return `${this.server.url}/hook`;
  }

  close(): Promise<void> {
    return this.server.stop();
  }
}

import { withRenewal } from '../lease-keeping';
import { WorkLoop } from '../work-loop';
import type { Leases } from '../../ports/leases';
import type { ClaimedWebhook, WebhookQueue } from '../../ports/webhook-queue';
import { WebhookDelivery, type WebhookDeliveryDeps } from './webhook-delivery';

export type { WebhookObserver } from './webhook-delivery';

export interface WebhookDeliveriesOptions extends WebhookDeliveryDeps {
  readonly leases: Leases;
  readonly owner: string;
  readonly leaseTtlMs: number;
  /** Requests that are open at once, at most. */
  readonly concurrency: number;
  /** How long an event may lie unnoticed when nothing announces it. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
}

const FOLLOW_EVERY_MS = 60_000;
/** For so long an installation without webhooks is believed to have none: every event would ask for them. */
const NONE_FOR_MS = 1_000;

/**
 * Delivers the events of all webhooks, many at once and each in its order. Receivers that fail or are slow share half of the places
 * at most, so the others never wait for them.
 */
export class WebhookDeliveries {
  private readonly loop: WorkLoop;
  private readonly stopping = new AbortController();
  private slow = 0;
  private followedAt = -Infinity;
  private noneUntil = -Infinity;

  constructor(private readonly options: WebhookDeliveriesOptions) {
    const { clock, pollMs, concurrency, onError, queue } = options;
    const nextDueInMs = (): Promise<number | null> =>
      this.hasNone ? Promise.resolve(NONE_FOR_MS) : queue.nextDueInMs();
    this.loop = new WorkLoop((room) => this.take(room), { clock, pollMs, concurrency, onError, nextDueInMs });
  }

  /** Events may have been logged. */
  wake(): void {
    this.loop.wake();
  }

  /** Resolves when `signal` has aborted and the requests under way have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => {
      this.stopping.abort();
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    await this.loop.run(signal);
    signal.removeEventListener('abort', stop);
  }

  private async take(room: number): Promise<readonly Promise<unknown>[]> {
    const { queue, owner, leaseTtlMs, concurrency, clock } = this.options;
    if (!(await this.isInUse())) return [];
    const terms = { owner, leaseTtlMs };
    if (clock.now() - this.followedAt >= FOLLOW_EVERY_MS) {
      this.followedAt = clock.now();
      await queue.followIdle();
    }
    const prompt = await queue.claim({ ...terms, limit: room, slow: false });
    const started = prompt.map((webhook) => this.deliver(webhook));
    const slowRoom = Math.min(room - prompt.length, Math.ceil(concurrency / 2) - this.slow);
    if (slowRoom <= 0) return started;
    return [...started, ...(await this.takeSlow({ ...terms, limit: slowRoom, slow: true }))];
  }

  private get hasNone(): boolean {
    return this.options.clock.now() < this.noneUntil;
  }

  private async isInUse(): Promise<boolean> {
    if (this.hasNone) return false;
    const isInUse = await this.options.queue.isInUse();
    if (!isInUse) this.noneUntil = this.options.clock.now() + NONE_FOR_MS;
    return isInUse;
  }

  /** Never rejects: what was claimed before is at work. */
  private async takeSlow(request: Parameters<WebhookQueue['claim']>[0]): Promise<readonly Promise<unknown>[]> {
    try {
      const claimed = await this.options.queue.claim(request);
      return claimed.map((webhook) => this.deliverSlow(webhook));
    } catch (error) {
      this.options.onError(error);
      return [];
    }
  }

  private async deliverSlow(webhook: ClaimedWebhook): Promise<void> {
    this.slow += 1;
    try {
      await this.deliver(webhook);
    } finally {
      this.slow -= 1;
    }
  }

  private deliver(webhook: ClaimedWebhook): Promise<void> {
    const { leases, clock, leaseTtlMs: ttlMs } = this.options;
    return withRenewal({ leases, clock, ttlMs }, webhook.lease, (lost) =>
      new WebhookDelivery(this.options, webhook, AbortSignal.any([lost, this.stopping.signal])).run(),
    );
  }
}

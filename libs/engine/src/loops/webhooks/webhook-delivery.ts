import { EVENT_TYPES, toCloudEvent, type AnyLoggedEvent } from '@dialtone/contracts';
import type { Clock } from '../../ports/clock';
import type { EventWatch, WatchedEvent, WatchedPage } from '../../ports/event-watch';
import type {
  ClaimedWebhook,
  WebhookAttempt,
  WebhookQueue,
  WebhookTarget,
  WebhookTurn,
} from '../../ports/webhook-queue';
import type { WebhookSender } from '../../ports/webhook-sender';
import { attemptOf, nextTurn, type WebhookPatience } from './next-turn';
import { missedMessage } from './webhook-events';
import { webhookMatcherOf } from './webhook-filter';

export interface WebhookDeliveryDeps {
  readonly queue: WebhookQueue;
  readonly watch: EventWatch;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly patience: WebhookPatience;
  readonly observer: WebhookObserver;
}

/** Told of each attempt; without URLs and secrets. */
export interface WebhookObserver {
  attempted(webhook: Pick<ClaimedWebhook, 'id' | 'partnerId'>, attempt: WebhookAttempt, turn: WebhookTurn): void;
  missed(webhook: Pick<ClaimedWebhook, 'id' | 'partnerId'>): void;
  unreadable(webhook: Pick<ClaimedWebhook, 'id' | 'partnerId'>): void;
}

const READ_AT_ONCE = 100;
/** Then a webhook with more to deliver lets others have its place. */
const TURN_MS = 10_000;
/** A process of the version that logged it, or an operator with the key, will be there. */
const LATER_MS = 60_000;

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES);

/** Where a delivery stands while this process has it. */
interface Progress {
  at: bigint;
  attempts: number;
  eventAgeMs: number;
  failingMs: number;
}

/** Delivers the events of one webhook in the order of the log, one at a time, until there are no more, one fails, or its turn is over. */
export class WebhookDelivery {
  private readonly isMeant: (event: WatchedEvent) => boolean;
  private readonly progress: Progress;
  private readonly claimedAt: number;

  constructor(
    private readonly deps: WebhookDeliveryDeps,
    private readonly webhook: ClaimedWebhook,
    /** Aborts when the lease is lost or the process stops: nothing new is sent. */
    private readonly signal: AbortSignal,
  ) {
    const { position: at, attempts, eventAgeMs, failingMs, id, filter } = webhook;
    this.isMeant = webhookMatcherOf(id, filter);
    this.progress = { at, attempts, eventAgeMs, failingMs };
    this.claimedAt = deps.clock.now();
  }

  /** Ends the lease, whatever happens. */
  async run(): Promise<void> {
    const { queue, observer } = this.deps;
    const { target } = this.webhook;
    let dueInMs: number | undefined = LATER_MS;
    try {
      if (target === null) observer.unreadable(this.webhook);
      else dueInMs = (await this.deliver(target)) === 'later' ? LATER_MS : undefined;
    } finally {
      await queue.release(this.webhook, dueInMs);
    }
  }

  private async deliver(target: WebhookTarget): Promise<'later' | 'done'> {
    const { watch, clock } = this.deps;
    const { partnerId } = this.webhook;
    while (!this.signal.aborted && clock.now() - this.claimedAt < TURN_MS) {
      const page = await watch.read({ partnerId, after: this.progress.at, limit: READ_AT_ONCE });
      const end =
        this.progress.at < page.prunedTo ? await this.miss(target, page) : await this.deliverPage(target, page);
      if (end !== 'more') return end;
    }
    return 'done';
  }

  /** The message comes before the events that are left; the cursor moves after it, so that it is not lost. */
  private async miss(target: WebhookTarget, { prunedTo }: WatchedPage): Promise<'more' | 'done'> {
    const { queue, observer, clock } = this.deps;
    const { at, eventAgeMs } = this.progress;
    const message = missedMessage({ ...this.webhook, now: clock.now() - eventAgeMs }, at);
    if (!(await this.attempt(target, { ...message, position: at }))) return 'done';
    if (!(await queue.miss(this.webhook, { from: this.progress.at, to: prunedTo }))) return 'done';
    observer.missed(this.webhook);
    this.next(prunedTo);
    return 'more';
  }

  private async deliverPage(target: WebhookTarget, page: WatchedPage): Promise<'more' | 'later' | 'done'> {
    for (const event of page.events) {
      // A newer version may have logged it during a roll-out: stop here rather than drop it.
      if (!KNOWN.has(event.type)) return 'later';
      if (!this.isMeant(event)) continue;
      if (this.isOver() || !(await this.attempt(target, event))) return 'done';
    }
    if (this.progress.at < page.until) {
      const isPassed = await this.deps.queue.pass(this.webhook, { from: this.progress.at, to: page.until });
      if (!isPassed) return 'done';
      this.next(page.until);
    }
    return page.until < page.end ? 'more' : 'done';
  }

  private isOver(): boolean {
    return this.signal.aborted || this.deps.clock.now() - this.claimedAt >= TURN_MS;
  }

  /** Whether the next event may follow. */
  private async attempt(
    target: WebhookTarget,
    event: AnyLoggedEvent & { readonly position: bigint },
  ): Promise<boolean> {
    const { sender, queue, clock, patience, observer } = this.deps;
    const { at, attempts, eventAgeMs, failingMs } = this.progress;
    const answer = await sender.send(target, { id: event.event_id, body: JSON.stringify(toCloudEvent(event)) });
    const state = { attempts, eventAgeMs, failingMs };
    const turn = nextTurn(answer, state, { patience, random: clock.random() });
    const attempt = attemptOf({ id: event.event_id, type: event.type }, attempts + 1, answer);
    const isSettled = await queue.settle(this.webhook, { from: at, to: event.position }, attempt, turn);
    observer.attempted(this.webhook, attempt, turn);
    if (!isSettled || (turn.kind !== 'delivered' && turn.kind !== 'given_up')) return false;
    this.next(event.position);
    if (turn.kind === 'delivered') this.progress.failingMs = 0;
    return true;
  }

  private next(to: bigint): void {
    Object.assign(this.progress, { at: to, attempts: 0, eventAgeMs: 0 });
  }
}

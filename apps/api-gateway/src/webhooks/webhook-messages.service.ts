import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { attemptOf, type EventWatch, type WebhookAttempt, type WebhookSender } from '@dialtone/engine';
import type { DeliveryOutcome, WebhookOf, WebhookRow, WebhookStore } from '@dialtone/persistence';
import { cursorExpired, isComplete, positionOf } from '../events/event-cursor';
import { LATEST } from '../events/events.service';
import type { Call } from '../http/call';
import { invalidInput } from '../http/errors/api-error';
import { EVENT_WATCH, WEBHOOK_SENDER, WEBHOOK_STORE } from '../outside/tokens';
import { TEST_TYPE, testMessage } from './test-message';
import type { ReplayBody } from './webhook-body.dto';
import { existing, webhookUnreadable } from './webhooks.service';

type Once = Pick<Call, 'once'>;

/** Which messages a webhook gets, besides those that are next. */
@Injectable()
export class WebhookMessagesService {
  constructor(
    @Inject(WEBHOOK_STORE) private readonly webhooks: WebhookStore,
    @Inject(WEBHOOK_SENDER) private readonly sender: WebhookSender,
    @Inject(EVENT_WATCH) private readonly watch: EventWatch,
  ) {}

  /** Throws CURSOR_EXPIRED, InvalidCursorError. */
  async replay(of: WebhookOf, { cursor, since }: ReplayBody): Promise<WebhookRow> {
    if (typeof since === 'string' && typeof cursor !== 'string')
      return existing(await this.webhooks.replay(of, { since: new Date(since) }));
    if (typeof cursor !== 'string' || typeof since === 'string')
      throw invalidInput('cursor', 'cursor must be given, or since, and not both.');
    return existing(await this.webhooks.replay(of, { position: await this.startOf(cursor) }));
  }

  /** Sends a message that is no event, once, and notes it in the delivery log. */
  async test(
    of: WebhookOf,
    { once }: Once,
  ): Promise<WebhookAttempt & { readonly outcome: DeliveryOutcome; readonly createdAt: Date }> {
    existing(await this.webhooks.find(of));
    const target = await this.webhooks.target(of);
    if (target === null) throw webhookUnreadable();
    await once.begin();
    const createdAt = new Date();
    const message = testMessage(of, { id: randomUUID(), at: createdAt });
    const answer = await this.sender.send(target, message);
    const attempt = attemptOf({ id: message.id, type: TEST_TYPE }, 1, answer);
    const isAccepted = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
    const noted = { ...attempt, outcome: isAccepted ? 'delivered' : 'failed' } as const;
    await this.webhooks.noteTest(of, noted);
    return { ...noted, createdAt };
  }

  private async startOf(cursor: string): Promise<bigint> {
    const marks = await this.watch.read({ after: 0n, limit: 0 });
    if (cursor === LATEST) return marks.end;
    const position = positionOf(cursor);
    if (!isComplete(position, marks)) throw cursorExpired();
    return position;
  }
}

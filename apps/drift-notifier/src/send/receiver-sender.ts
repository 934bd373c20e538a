import { backoffMs } from '../core/backoff';
import { messageText, type TextContext } from '../core/message-text';
import type { Log } from '../operations/log';
import { pause } from '../operations/loop';
import type { Receiver } from '../settings/receivers';
import { plainBody } from './channels/plain';
import { webhookHeaders } from './channels/sign';
import { slackBody } from './channels/slack';
import { teamsBody } from './channels/teams';
import type { Claimed, OutboxStore } from './outbox-store';
import { type Answer, post } from './post';

/** What became of an attempt. `unnoted`: it was sent, and the database did not take note: it may be sent once more. */
export type SendOutcome = 'sent' | 'retried' | 'given_up' | 'unnoted';

export interface SenderDeps {
  readonly outbox: Pick<OutboxStore, 'claim' | 'finish' | 'retryAfter'>;
  readonly context: () => Promise<TextContext>;
  readonly log: Log;
  readonly onOutcome: (receiver: string, outcome: SendOutcome) => void;
  readonly now: () => number;
  readonly random: () => number;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** Beside the time that an answer may take: for the database to take note. A crash delays a message for as long. */
const LEASE_MARGIN_MS = 30_000;
const NOTE_PAUSE_MS = 250;
const BACKOFF = { baseMs: 2_000, capMs: 300_000 };
/** A body that is not taken is tried a few times all the same: receivers answer 400 to more than their bodies. */
const REFUSALS = 3;

const bodyOf = (receiver: Receiver, { message, messageId }: Claimed, context: TextContext): object => {
  const text = messageText(message, context);
  switch (receiver.channel) {
    case 'slack':
      return slackBody(text);
    case 'teams':
      return teamsBody(text);
    case 'webhook':
      return plainBody(messageId, message, text);
  }
};

/** Sends the messages of one receiver, one after the other: a receiver that is slow delays no other. */
export class ReceiverSender {
  constructor(
    private readonly receiver: Receiver,
    private readonly deps: SenderDeps,
  ) {}

  /** Sends the next message, if any; false when there was none to send. */
  async sendNext(): Promise<boolean> {
    const { outbox } = this.deps;
    const claimed = await outbox.claim(this.receiver.name, this.receiver.timeoutMs + LEASE_MARGIN_MS);
    if (claimed === null) return false;
    const answer = await this.attempt(claimed);
    const outcome = await this.note(claimed, answer);
    this.deps.onOutcome(this.receiver.name, outcome);
    return true;
  }

  private async attempt(claimed: Claimed): Promise<Answer> {
    const { receiver } = this;
    const { context, now } = this.deps;
    const body = JSON.stringify(bodyOf(receiver, claimed, await context()));
    const signed = webhookHeaders({ id: claimed.messageId, secret: receiver.secret, body, at: now() });
    const headers = receiver.channel === 'webhook' ? signed : {};
    return post({ url: receiver.url, body, headers, timeoutMs: receiver.timeoutMs, now });
  }

  private async note(claimed: Claimed, answer: Answer): Promise<SendOutcome> {
    const { log, outbox } = this.deps;
    const fields = { receiver: this.receiver.name, message: claimed.messageId, attempts: claimed.attempts };
    if (answer.kind === 'accepted') {
      log.info(fields, 'A message was sent');
      return (await this.keepNoting(() => outbox.finish(claimed, 'sent', null))) ? 'sent' : 'unnoted';
    }
    if (this.isOver(claimed, answer)) {
      log.error({ ...fields, reason: answer.reason }, 'A message is given up');
      await outbox.finish(claimed, 'given_up', answer.reason);
      return 'given_up';
    }
    log.warn({ ...fields, reason: answer.reason }, 'A message was not taken, it is tried again');
    await outbox.retryAfter(claimed, this.delayOf(claimed, answer), answer.reason);
    return 'retried';
  }

  /** It was sent: while the database is away the note waits, so that the message is not sent once more. */
  private async keepNoting(note: () => Promise<boolean>): Promise<boolean> {
    for (;;) {
      try {
        return await note();
      } catch (error) {
        if (this.deps.stopping.aborted) throw error;
        await pause(NOTE_PAUSE_MS, this.deps.stopping);
      }
    }
  }

  private isOver({ attempts, createdAt }: Claimed, answer: Answer): boolean {
    if (answer.kind === 'refused' && attempts >= REFUSALS) return true;
    return this.deps.now() - createdAt.getTime() >= this.receiver.giveUpAfterMs;
  }

  private delayOf({ attempts }: Claimed, answer: Answer): number {
    const backoff = backoffMs(attempts - 1, BACKOFF, this.deps.random());
    return answer.kind === 'failed' ? Math.max(backoff, answer.retryAfterMs ?? 0) : backoff;
  }
}

import { randomUUID } from 'node:crypto';
import type { Message } from '../core/message';
import type { Database } from '../store/database';

/** A message that this replica may send until its lease ends. */
export interface Claimed {
  readonly id: string;
  /** The same at each attempt: a receiver can recognise a repeat by it. */
  readonly messageId: string;
  readonly message: Message;
  readonly createdAt: Date;
  /** This one included. */
  readonly attempts: number;
  readonly lease: string;
}

interface ClaimedRow {
  readonly id: string;
  readonly message_id: string;
  readonly message: Message;
  readonly created_at: Date;
  readonly attempts: number;
}

/** The oldest message of the receiver, and no later one before it is finished. */
const CLAIM = `
  update outbox set lease = $2, lease_until = now() + make_interval(secs => $3), attempts = attempts + 1
   where id = (
     select o.id from outbox o
      where o.id = (select min(id) from outbox where receiver = $1 and finished_at is null)
        and o.next_attempt_at <= now() and (o.lease_until is null or o.lease_until <= now())
        and o.finished_at is null
        for update skip locked)
  returning id, message_id, message, created_at, attempts`;
const FINISH = `
  update outbox set finished_at = now(), outcome = $3, last_error = $4, lease = null, lease_until = null
   where id = $1 and lease = $2`;
const LATER = `
  update outbox set next_attempt_at = now() + make_interval(secs => $3), last_error = $4, lease = null, lease_until = null
   where id = $1 and lease = $2`;

/** The messages that wait to be sent. */
export class OutboxStore {
  constructor(private readonly database: Database) {}

  /** Null when there is nothing to send, or another replica sends. */
  async claim(receiver: string, leaseMs: number): Promise<Claimed | null> {
    const lease = randomUUID();
    const [row] = await this.database.alone((session) =>
      session.rows<ClaimedRow>(CLAIM, [receiver, lease, leaseMs / 1_000]),
    );
    if (row === undefined) return null;
    const { id, message_id: messageId, message, created_at: createdAt, attempts } = row;
    return { id, messageId, message, createdAt, attempts, lease };
  }

  /** False when the lease was lost meanwhile: another replica may have sent it, too. */
  finish({ id, lease }: Claimed, outcome: 'sent' | 'given_up', error: string | null): Promise<boolean> {
    return this.database.alone(async (session) => (await session.run(FINISH, [id, lease, outcome, error])) === 1);
  }

  retryAfter({ id, lease }: Claimed, delayMs: number, error: string): Promise<boolean> {
    return this.database.alone(
      async (session) => (await session.run(LATER, [id, lease, delayMs / 1_000, error])) === 1,
    );
  }
}

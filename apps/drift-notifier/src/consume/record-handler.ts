import { parseEvent, type ReceivedEvent } from '@dialtone/contracts';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Message } from 'kafkajs';
import { backoffMs } from '../core/backoff';
import type { Log } from '../operations/log';
import { pause } from '../operations/loop';
import { isOfTheValue } from '../store/database';
import type { EventOutcome, EventStore } from '../store/event-store';
import { deadLetterOf, type ReceivedRecord } from './dead-letter';

/** A record with what its transport lends to the handler. */
export interface Delivery extends ReceivedRecord {
  /** Keeps the partition during a long wait. */
  heartbeat(): Promise<void>;
  /** Resolves when the letter is stored. */
  park(letter: Message): Promise<void>;
}

/** What became of a record. `unknown`: of a type of a later version. `parked`: it went to the dead letters. */
export type RecordOutcome = EventOutcome | 'unknown' | 'parked';

export interface RecordHandlerDeps {
  readonly events: Pick<EventStore, 'record'>;
  readonly log: Log;
  readonly onOutcome: (topic: string, outcome: RecordOutcome) => void;
  readonly onSkipped: (count: number) => void;
  readonly now: () => number;
}

const BACKOFF = { baseMs: 100, capMs: 3_000 };

/**
 * Takes one record in. Resolves when the database has it, or the dead-letter topic, or there is nothing to take: the offset may be
 * committed then. While the database or the broker is away it waits, with back-off, and keeps its partition by heartbeats. Rejects
 * only when the process ends or the partition is lost: the record comes again, here or at another replica.
 */
export class RecordHandler implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(private readonly deps: RecordHandlerDeps) {}

  /** Nest calls it before it closes the transports, which wait for the handler. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  async handle(delivery: Delivery): Promise<void> {
    const outcome = await this.outcomeOf(delivery);
    this.deps.onOutcome(delivery.topic, outcome);
  }

  private async outcomeOf(delivery: Delivery): Promise<RecordOutcome> {
    const parsed = parseEvent(delivery.headers, delivery.value);
    switch (parsed.kind) {
      case 'known':
        return this.record(delivery, parsed.event);
      case 'unknown':
        return 'unknown';
      case 'broken':
        return this.park(delivery, `${parsed.path} ${parsed.reason}`);
    }
  }

  private async record(delivery: Delivery, event: ReceivedEvent): Promise<RecordOutcome> {
    const recorded = await this.keepTrying(delivery, async () => {
      try {
        return { refused: null, ...(await this.deps.events.record(event)) };
      } catch (error) {
        // A text that fits its schema and that the database does not take, such as one with a zero byte.
        if (isOfTheValue(error)) return { refused: error instanceof Error ? error.message : String(error) };
        throw error;
      }
    });
    if (recorded.refused !== null) return this.park(delivery, `cannot be stored: ${recorded.refused}`);
    if (recorded.skipped > 0) this.deps.onSkipped(recorded.skipped);
    return recorded.outcome;
  }

  private async park(delivery: Delivery, reason: string): Promise<RecordOutcome> {
    const { topic, partition, offset } = delivery;
    const letter = deadLetterOf(delivery, reason, this.deps.now());
    await this.keepTrying(delivery, () => delivery.park(letter));
    this.deps.log.warn({ topic, partition, offset, reason }, 'A record went to the dead letters');
    return 'parked';
  }

  private async keepTrying<T>(delivery: Delivery, attempt: () => Promise<T>): Promise<T> {
    const { topic, partition, offset } = delivery;
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (this.stopping.signal.aborted) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        const say = failures === 0 ? 'warn' : 'debug';
        this.deps.log[say]({ topic, partition, offset, error: reason }, 'A record waits, it is tried again');
        await pause(backoffMs(failures, BACKOFF, Math.random()), this.stopping.signal);
        await delivery.heartbeat();
      }
    }
  }
}

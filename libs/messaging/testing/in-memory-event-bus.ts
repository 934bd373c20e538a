import type { StoredEvent } from '@dialtone/contracts';
import type { EventPublisher } from '@dialtone/engine';
import { type OutgoingRecord, toKafkaRecord } from '../src';

/** An event destination in memory, with the faults of a real one. */
export class InMemoryEventBus implements EventPublisher {
  private readonly published: OutgoingRecord[] = [];
  private available = true;
  private opened = false;
  private acknowledgementsToLose = 0;

  get connected(): boolean {
    return this.opened;
  }

  /** Everything that arrived, oldest first, repeats included. */
  get records(): readonly OutgoingRecord[] {
    return this.published;
  }

  publish(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    if (!this.available) return this.fail('the bus is away');
    this.published.push(...events.map(toKafkaRecord));
    if (this.acknowledgementsToLose > 0) {
      this.acknowledgementsToLose -= 1;
      return this.fail('the acknowledgement was lost');
    }
    this.opened = true;
    return Promise.resolve();
  }

  probe(): Promise<void> {
    this.opened = this.available;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.opened = false;
    return Promise.resolve();
  }

  /** Nothing can be published until `restore`. */
  interrupt(): void {
    this.available = false;
  }

  restore(): void {
    this.available = true;
  }

  /** The next `count` batches arrive, but are reported as failed. */
  loseAcknowledgements(count: number): void {
    this.acknowledgementsToLose = count;
  }

  private fail(reason: string): Promise<never> {
    this.opened = false;
    return Promise.reject(new Error(reason));
  }
}

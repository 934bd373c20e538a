import type { StoredEvent } from '@dialtone/contracts';
import { type EventPublisher, type OutgoingRecord, toKafkaRecord } from '@dialtone/messaging';

/** An event destination in memory, with the faults of a real one. */
export class InMemoryEventBus implements EventPublisher {
  readonly #records: OutgoingRecord[] = [];
  #available = true;
  #connected = false;
  #acknowledgementsToLose = 0;

  get connected(): boolean {
    return this.#connected;
  }

  /** Everything that arrived, oldest first, repeats included. */
  get records(): readonly OutgoingRecord[] {
    return this.#records;
  }

  publish(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    if (!this.#available) return this.#fail('the bus is away');
    this.#records.push(...events.map(toKafkaRecord));
    if (this.#acknowledgementsToLose > 0) {
      this.#acknowledgementsToLose -= 1;
      return this.#fail('the acknowledgement was lost');
    }
    this.#connected = true;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#connected = false;
    return Promise.resolve();
  }

  /** Nothing can be published until `restore`. */
  interrupt(): void {
    this.#available = false;
  }

  restore(): void {
    this.#available = true;
  }

  /** The next so many batches arrive, but are reported as failed. */
  loseAcknowledgements(count: number): void {
    this.#acknowledgementsToLose = count;
  }

  #fail(reason: string): Promise<never> {
    this.#connected = false;
    return Promise.reject(new Error(reason));
  }
}

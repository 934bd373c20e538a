import type { EventPublisher } from '@dialtone/engine';
import { Violation } from './invariants';
import type { Scheduler } from './scheduler';

type Events = Parameters<EventPublisher['publish']>[0];

const LATENCY_MS = 100;
const FAULT = 0.1;

/** One broker for the relays of all processes. An event may come again; one that comes first must be the next of the log. */
export class SimBroker {
  isFaulty = true;
  private delivered = 0n;

  constructor(
    private readonly scheduler: Scheduler,
    /** Given what a relay must not do: an exception would only make it repeat the batch. */
    private readonly onViolation: (violation: Violation) => void,
  ) {}

  /** Goes on after its caller was killed. In half of its failures a part of the batch is there. */
  async publish(events: Events): Promise<void> {
    await this.travel();
    const draw = this.isFaulty ? this.scheduler.random() : 1;
    if (draw < FAULT / 2) throw new Error('the broker is away');
    const stored = draw < FAULT ? events.slice(0, this.scheduler.between(0, events.length)) : events;
    for (const { position } of stored) this.store(position);
    await this.travel();
    if (draw < FAULT) throw new Error('the broker did not acknowledge');
  }

  hasDelivered(logged: number): boolean {
    return this.delivered >= BigInt(logged);
  }

  /** Everything that is logged was delivered. */
  checkDelivered(logged: number): void {
    if (!this.hasDelivered(logged)) throw new Violation(`event ${String(this.delivered + 1n)} is never delivered`);
  }

  private store(position: bigint): void {
    const next = this.delivered + 1n;
    if (position > next) {
      this.onViolation(new Violation(`event ${String(position)} is delivered before event ${String(next)}`));
    }
    if (position >= next) this.delivered = position;
  }

  private travel(): Promise<void> {
    return this.scheduler.clock.sleep(this.scheduler.between(0, LATENCY_MS));
  }
}

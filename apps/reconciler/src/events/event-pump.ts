import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Clock, Leases } from '@dialtone/engine';
import type { EventRelay } from '@dialtone/messaging';
import { SEQUENCER_RESOURCE, type EventSequencer } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { HeldLease } from './held-lease';

export const RELAY_CURSOR = 'kafka';
const RELAY_RESOURCE = `relay:${RELAY_CURSOR}`;
const BATCH = 1_000;

export interface EventPumpOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseTtlMs: number;
  readonly sequencer: EventSequencer;
  readonly sequencerPollMs: number;
  /** Built on `mayRelay`, so that only the replica with the lease sends. */
  readonly relay: (mayRelay: () => boolean) => EventRelay;
  readonly logger: Logger;
}

/** Numbers committed events, and hands them to Kafka: each in one replica at a time. */
export class EventPump implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly sequencing: HeldLease;
  private readonly relaying: HeldLease;
  readonly relay: EventRelay;
  private nap: AbortController | null = null;
  private woken = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: EventPumpOptions) {
    const deps = { leases: options.leases, clock: options.clock, owner: options.owner, ttlMs: options.leaseTtlMs };
    this.sequencing = new HeldLease(deps, SEQUENCER_RESOURCE);
    this.relaying = new HeldLease(deps, RELAY_RESOURCE);
    this.relay = options.relay(() => this.relaying.held);
  }

  onApplicationBootstrap(): void {
    const { signal } = this.stopping;
    this.relay.start();
    this.running = Promise.all([this.sequencing.run(signal), this.relaying.run(signal), this.number(signal)]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.nap?.abort();
    await this.relay.stop();
    await this.running;
  }

  /** Which of the things that one replica does at a time this one does now. */
  get leads(): { readonly sequencer: boolean; readonly relay: boolean } {
    return { sequencer: this.sequencing.held, relay: this.relaying.held };
  }

  /** Events may have been logged. */
  wake(): void {
    this.woken = true;
    this.nap?.abort();
  }

  private async number(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.woken = false;
      const numbered = this.sequencing.held ? await this.assign() : 0;
      if (numbered > 0) this.relay.wake();
      if (numbered < BATCH) await this.rest(signal);
    }
  }

  private async assign(): Promise<number> {
    try {
      return await this.options.sequencer.assign(BATCH);
    } catch (error) {
      this.options.logger.warn({ err: error }, 'Events could not be numbered; trying again');
      return 0;
    }
  }

  private async rest(signal: AbortSignal): Promise<void> {
    if (this.woken) return;
    this.nap = new AbortController();
    await this.options.clock.sleep(this.options.sequencerPollMs, AbortSignal.any([signal, this.nap.signal]));
    this.nap = null;
  }
}

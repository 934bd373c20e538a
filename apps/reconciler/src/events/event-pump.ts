import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import {
  LeaderElection,
  Sequencing,
  SEQUENCER_RESOURCE,
  type Clock,
  type EventSequencer,
  type Leases,
  type TopicRelays,
} from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import type { WakeReason } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';

/** Of a burst several events are numbered together, and none waits for long. */
const SEQUENCER_GAP_MS = 2;

const RELAY_RESOURCE = `relay:${RELAY_CURSOR}`;

export interface EventPumpOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseTtlMs: number;
  readonly sequencer: EventSequencer;
  readonly sequencerPollMs: number;
  /** The same while each commit of events is heard of: how long they may lie when that one notification is missing. */
  readonly heardPollMs: number;
  /** Built on `isLeader`, so that only the replica with the lease sends. */
  readonly relays: (isLeader: () => boolean) => TopicRelays;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Runs the sequencer and the relays, each in one replica at a time, from start to shutdown. */
export class EventPump implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly sequencerElection: LeaderElection;
  private readonly relayElection: LeaderElection;
  private readonly sequencing: Sequencing;
  readonly relays: TopicRelays;
  private running: Promise<unknown> = Promise.resolve();
  private isHearing = false;
  /** Since the last wait events could not be numbered. */
  private hasFailed = false;

  constructor({ leases, clock, owner, leaseTtlMs, logger, ...options }: EventPumpOptions) {
    const tell = onceAMinute(logger.warn.bind(logger), () => clock.now());
    const deps = { leases, clock, owner, ttlMs: leaseTtlMs };
    this.sequencerElection = new LeaderElection(deps, SEQUENCER_RESOURCE);
    this.relayElection = new LeaderElection(deps, RELAY_RESOURCE);
    this.relays = options.relays(() => this.relayElection.isLeader);
    this.sequencing = new Sequencing({
      sequencer: options.sequencer,
      clock,
      pollMs: () => this.pollMs(options),
      gapMs: SEQUENCER_GAP_MS,
      isLeader: () => this.sequencerElection.isLeader,
      onNumbered: (events) => {
        this.relays.wake(events);
      },
      hasReaders: () => this.relayElection.isLeader,
      onError: (error) => {
        this.hasFailed = true;
        tell({ err: error }, 'Events could not be numbered; trying again');
      },
    });
  }

  onApplicationBootstrap(): void {
    const { signal } = this.stopping;
    this.relays.start();
    const loops = [this.sequencerElection, this.relayElection, this.sequencing];
    this.running = Promise.all(loops.map((loop) => loop.run(signal)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.relays.stop();
    await this.running;
  }

  /** Which of the things that one replica does at a time this one does now. */
  get leads(): { readonly sequencer: boolean; readonly relay: boolean } {
    return { sequencer: this.sequencerElection.isLeader, relay: this.relayElection.isLeader };
  }

  /** Whether this process hears of what others commit. When it does not, it looks at once, and often. */
  hears(isHearing: boolean): void {
    this.isHearing = isHearing;
    if (!isHearing) this.sequencing.wake();
  }

  /** Events may have been logged; or they can be read. Of those that this process has numbered its relays have heard. */
  wake(reason: WakeReason): void {
    if (reason === 'anything' || reason === 'logged') this.sequencing.wake();
    else if (reason === 'positioned' || !this.sequencerElection.isLeader) this.relays.wake();
  }

  /** Who is about to lead looks often, as it hears only of what is committed from then on. */
  private pollMs({ sequencerPollMs, heardPollMs }: Pick<EventPumpOptions, 'sequencerPollMs' | 'heardPollMs'>): number {
    const isCalm = this.isHearing && this.leads.sequencer && !this.hasFailed;
    this.hasFailed = false;
    return isCalm ? Math.max(heardPollMs, sequencerPollMs) : sequencerPollMs;
  }
}

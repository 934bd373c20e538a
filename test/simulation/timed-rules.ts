import type { EngineSettings, Outcome, WriteIntent } from '@dialtone/engine';
import type { InMemoryWorld } from '@dialtone/testing';
import { ContestRule } from './contest-rule';
import { FlapRule } from './flap-rule';
import type { Population } from './population';
import { Punctuality } from './punctuality';
import type { Scheduler } from './scheduler';
import type { Steerers } from './steerers';
import { SteeringRule } from './steering-rule';
import { WakingRule } from './waking-rule';

export interface TimedParts {
  readonly scheduler: Scheduler;
  readonly world: InMemoryWorld;
  readonly population: Population;
  readonly settings: EngineSettings;
  readonly steerers: Steerers | null;
}

/** What holds for a time and ends by itself: contests, pauses, windows, flapping. Each check throws a Violation. */
export class TimedRules {
  readonly contests: ContestRule;
  readonly flaps: FlapRule;
  /** How many were to be sent. */
  writes = 0;
  private readonly waking: WakingRule;
  private readonly steering: SteeringRule | null;
  private readonly punctuality: Punctuality;
  private readonly claimedAt = new Map<bigint, number>();
  private readonly now: () => number;

  constructor(private readonly parts: TimedParts) {
    const { scheduler, world, population, settings, steerers } = parts;
    this.now = () => world.clock.now();
    this.punctuality = new Punctuality(scheduler);
    this.contests = new ContestRule(world, settings.contest, this.punctuality);
    this.flaps = new FlapRule(world, settings.flapping, population, this.punctuality);
    this.waking = new WakingRule(this.punctuality);
    this.steering = steerers && new SteeringRule(steerers, this.now);
  }

  async begins(intent: WriteIntent, epoch: bigint): Promise<void> {
    this.writes += 1;
    this.steering?.begins(intent, this.claimedAt.get(epoch) ?? 0);
    await this.contests.begins(intent);
  }

  claimed(epoch: bigint, key: string): void {
    this.claimedAt.set(epoch, this.now());
    this.contests.claimed(key);
    this.waking.claimed(key);
  }

  completed(key: string, outcome: Outcome): void {
    this.contests.completed(key, outcome);
    this.waking.completed(key, outcome);
  }

  events(events: InMemoryWorld['events']): void {
    this.contests.events(events);
    this.flaps.events(events);
  }

  calmBegins(): void {
    this.punctuality.calmBegins();
  }

  /** What keeps repairs back ends by itself, and so does what is not told. */
  longestWaitMs(): number {
    const { steerers, settings } = this.parts;
    const ends = steerers === null ? [] : [steerers.season.to, ...steerers.pauses.map(({ until }) => until)];
    const flapsMs = settings.flapping.returns === 0 ? 0 : 2 * settings.flapping.windowMs;
    return Math.max(0, ...ends.map((at) => at - this.now())) + flapsMs;
  }

  /** Nothing but its time wakes what waits. */
  mustBeInTime(): void {
    this.contests.mustBeAwake();
    this.waking.mustBeAwake();
    this.flaps.mustEndInTime();
  }
}

import type { ContestLimits, Outcome, RepairWrite, WriteIntent } from '@dialtone/engine';
import type { InMemoryWorld } from '@dialtone/testing';
import { must } from './invariants';
import type { Punctuality } from './punctuality';

interface ContestEvent {
  readonly type: string;
  readonly key: string | null;
  readonly data: unknown;
}

/**
 * Repairs of one step of a number: at most as many in the window as were seen and undone, or accepted without effect; one event for
 * each contest; and from its end on the number is worked on within a second.
 */
export class ContestRule {
  private readonly ends = new Map<string, number>();
  private readonly waking = new Map<string, number>();
  private eventsRead = 0;

  constructor(
    private readonly world: InMemoryWorld,
    private readonly limits: ContestLimits,
    private readonly punctuality: Punctuality,
  ) {}

  /** A write is about to be sent. */
  async begins({ connectionId, key, step, actor }: WriteIntent): Promise<void> {
    if (this.limits.repairs === 0) return;
    if (key === null || step === 'ensure_bot' || step === 'request' || step === 'release' || actor !== 'reconciler')
      return;
    const since = this.punctuality.now() - this.limits.windowMs;
    const earlier = await this.world.journal.repairs(connectionId, { key, step }, since);
    const own = earlier.filter((write) => write.step === step).slice(0, -1);
    for (const some of [own.filter(isSeen), own.filter(isWithoutEffect)])
      must(
        some.length < this.limits.repairs,
        `${step} of ${key} is repaired ${String(some.length + 1)} times within the window`,
      );
  }

  events(events: readonly ContestEvent[]): void {
    for (const { type, key, data } of events.slice(this.eventsRead)) {
      if (type !== 'dialtone.repairs.contested.v1' || key === null) continue;
      const ends = Date.parse((data as { readonly resumes_at: string }).resumes_at);
      must(this.punctuality.now() >= (this.ends.get(key) ?? 0), `${key} is told to be contested twice`);
      this.ends.set(key, ends);
      this.waking.set(key, ends);
    }
    this.eventsRead = events.length;
  }

  /** A declaration was claimed. */
  claimed(key: string): void {
    if ((this.waking.get(key) ?? Infinity) <= this.punctuality.now()) this.waking.delete(key);
  }

  /** Claimed before the end, and at work beyond it. */
  completed(key: string, { kind }: Outcome): void {
    if (kind === 'settled') this.claimed(key);
  }

  /** In peace nothing but its time wakes a number. */
  mustBeAwake(): void {
    for (const [key, at] of this.waking)
      must(!this.punctuality.isOverdue(at), `${key} sleeps although its contest ended at ${String(at)}`);
  }

  /** How many there were. */
  get count(): number {
    return this.ends.size;
  }
}

const isSeen = ({ state }: RepairWrite): boolean => state === 'done' || state === 'applied';
const isWithoutEffect = ({ state, answer }: RepairWrite): boolean =>
  state === 'not_applied' && answer !== null && !('class' in answer);

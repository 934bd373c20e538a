import type { StoredEvent } from '@dialtone/contracts';
import type { EventLog, LogPage, LogStretch } from '../ports/event-log';

/** Events at the end of the log, at most: those of a moment, for a reader that has just delivered. Collections of garbage copy them all. */
const KEPT = 250;

/** All events between two positions. */
interface Ring {
  readonly floor: bigint;
  readonly head: bigint;
  readonly end: bigint;
  readonly events: readonly StoredEvent[];
}

/** How far a reader is behind the end before it reads by itself, without what is not its own. */
const BEHIND = BigInt(KEPT);

/**
 * The log for several readers of different types: those that are at its end share one look at what is new, so that an event costs one
 * statement however many wait for it. A reader that is behind reads for itself.
 */
export class LogTail implements Pick<EventLog, 'readOn'> {
  private ring: Ring | null = null;
  private looking: Promise<void> | null = null;

  constructor(private readonly source: Pick<EventLog, 'readOn'>) {}

  /** There may be something new, `events` next: a look that is under way may have come too early for it. */
  wake(events: readonly StoredEvent[] = []): void {
    this.looking = null;
    const { ring } = this;
    const end = events.at(-1)?.position;
    // What lies between was numbered elsewhere: then a reader looks.
    if (ring === null || end === undefined || events[0]?.position !== ring.head + 1n) return;
    this.ring = extended(ring, events, { until: end, end });
  }

  /** What is read next is read from the log: one that was restored may have other events at the same positions. */
  forget(): void {
    this.ring = null;
    this.looking = null;
  }

  async readOn(after: bigint, limit: number, stretch: LogStretch): Promise<LogPage> {
    if (!this.reaches(after)) return this.readAlone(after, limit, stretch);
    if (after === this.ring?.head) await (this.looking ??= this.look(after));
    const { ring } = this;
    if (ring === null || !this.reaches(after)) return this.readAlone(after, limit, stretch);
    const next = ring.events.findLastIndex(({ position }) => position <= after) + 1;
    const events = ring.events.slice(next).filter(({ type }) => !stretch.except.includes(type));
    const page = events.slice(0, limit);
    return {
      events: page,
      until: page.length < events.length ? (page.at(-1)?.position ?? after) : ring.head,
      end: ring.end,
    };
  }

  private reaches(after: bigint): boolean {
    const { ring } = this;
    return ring !== null && after >= ring.floor && after <= ring.head && ring.end - ring.head < BEHIND;
  }

  private async readAlone(after: bigint, limit: number, stretch: LogStretch): Promise<LogPage> {
    const page = await this.source.readOn(after, limit, stretch);
    const { end, until } = page;
    // From here on it is at the end; so may be others, which know the former one.
    if (until === end && (this.ring === null || end > this.ring.head))
      this.ring = { floor: end, head: end, end, events: [] };
    return page;
  }

  private async look(after: bigint): Promise<void> {
    const { events, until, end } = await this.read(after);
    const { ring } = this;
    if (ring !== null && end < ring.head) this.forget();
    // Another look, or a reader alone, was quicker.
    if (ring === null || until <= ring.head || after < ring.floor) return;
    this.ring = extended(ring, events, { until, end });
  }

  private async read(after: bigint): Promise<LogPage> {
    try {
      return await this.source.readOn(after, KEPT, { except: [], span: KEPT });
    } finally {
      this.looking = null;
    }
  }
}

const extended = (ring: Ring, events: readonly StoredEvent[], { until, end }: Omit<LogPage, 'events'>): Ring => {
  const all = [...ring.events, ...events.filter(({ position }) => position > ring.head)];
  const dropped = Math.max(0, all.length - KEPT);
  return { floor: all[dropped - 1]?.position ?? ring.floor, head: until, end, events: all.slice(dropped) };
};

import type { Clock, WatchedEvent, WatchedPage } from '@dialtone/engine';
import { bookmark, eventMessage, HEARTBEAT, openingMessage } from './event-messages';
import type { EventFeed } from './event-feed';

/** Shorter than an answer may stay silent before its connection is closed. */
export const HEARTBEAT_MS = 4_000;
/** Events of one step: what a stream that is not read keeps in memory. */
export const STEP = 100;
/** Characters per write. */
const PIECE = 16 * 1024;

export type Step = Pick<WatchedPage, 'events' | 'until'>;

export interface StreamTerms {
  readonly after: bigint;
  readonly isMeant: (event: WatchedEvent) => boolean;
  readonly endsAt: number;
  /** Aborts when the client hangs up or the process stops. */
  readonly signal: AbortSignal;
  /** Reads the log itself. Throws CURSOR_EXPIRED. */
  readonly read: (after: bigint) => Promise<Step>;
  /** Throws when the key would not be admitted any more. */
  readonly admits: () => Promise<void>;
}

/** One client's way along the log. It goes on only when the client has taken what it was sent. */
export class EventStream {
  private position: bigint;
  /** The last id that was sent. */
  private told: bigint;
  private beatAt: number;

  constructor(
    private readonly feed: EventFeed,
    private readonly clock: Clock,
    private readonly terms: StreamTerms,
  ) {
    this.position = terms.after;
    this.told = terms.after;
    this.beatAt = clock.now() + HEARTBEAT_MS;
  }

  async *messages(): AsyncGenerator<string> {
    yield openingMessage(this.position);
    while (!this.isOver()) {
      const step = await this.next();
      yield* this.piecesOf(step.events);
      this.position = step.until;
      if (this.clock.now() >= this.beatAt) yield await this.beat();
    }
    if (this.told !== this.position) yield this.bookmark();
  }

  private isOver(): boolean {
    return this.terms.signal.aborted || this.clock.now() >= this.terms.endsAt;
  }

  /** Waits when nothing is new. */
  private async next(): Promise<Step> {
    const { version } = this.feed;
    const step = this.feed.after(this.position, STEP) ?? (await this.terms.read(this.position));
    if (step.until === this.position) {
      const until = Math.min(this.beatAt, this.terms.endsAt);
      await this.feed.change(version, Math.max(0, until - this.clock.now()), this.terms.signal);
    }
    return step;
  }

  private *piecesOf(events: readonly WatchedEvent[]): Generator<string> {
    let piece = '';
    for (const event of events.filter(this.terms.isMeant)) {
      piece += eventMessage(event);
      this.told = event.position;
      if (piece.length < PIECE) continue;
      yield piece;
      piece = '';
    }
    if (piece !== '') yield piece;
  }

  private async beat(): Promise<string> {
    this.beatAt = this.clock.now() + HEARTBEAT_MS;
    await this.terms.admits();
    return this.told === this.position ? HEARTBEAT : this.bookmark();
  }

  private bookmark(): string {
    this.told = this.position;
    return bookmark(this.position);
  }
}

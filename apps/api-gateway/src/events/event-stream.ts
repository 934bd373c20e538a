import type { Clock, WatchedEvent, WatchedPage } from '@dialtone/engine';
import { bookmark, eventMessage, HEARTBEAT, numberMessage, RETRY, snapshotEnd } from './event-messages';
import type { EventFeed } from './event-feed';
import type { NumberPages } from './number-snapshot';

/** Shorter than an answer may stay silent before its connection is closed. */
export const HEARTBEAT_MS = 4_000;
/** Events of one step: what a stream that is not read keeps in memory. */
export const STEP = 100;
/** Characters per write. */
const PIECE = 16 * 1024;

export type Step = Pick<WatchedPage, 'events' | 'until'>;

export interface StreamTerms {
  readonly after: bigint;
  /** The numbers as they are at `after` or later, told first; null: only what follows is wanted. */
  readonly snapshot: NumberPages | null;
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
    yield RETRY;
    if (this.terms.snapshot === null) yield bookmark(this.position);
    else yield* this.present(this.terms.snapshot);
    while (!this.isOver()) {
      const step = await this.next();
      yield* piecesOf(this.toldOf(step.events));
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

  /** Ends without its end when the time of the stream is up: the client begins again. */
  private async *present(pages: NumberPages): AsyncGenerator<string> {
    for await (const rows of pages) {
      yield* piecesOf(rows.map(numberMessage));
      if (this.isOver()) return;
      if (this.clock.now() >= this.beatAt) yield await this.beat();
    }
    yield snapshotEnd(this.position);
  }

  private *toldOf(events: readonly WatchedEvent[]): Generator<string> {
    for (const event of events.filter(this.terms.isMeant)) {
      this.told = event.position;
      yield eventMessage(event);
    }
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

const piecesOf = function* (messages: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of messages) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
};

import type { EventLog, LogPage, LogStretch } from '../ports/event-log';

interface Ahead {
  readonly from: bigint;
  readonly limit: number;
  readonly page: Promise<LogPage>;
}

/** A page, and whether there is or may be more after it. */
export interface PageAndMore extends Pick<LogPage, 'events' | 'until'> {
  readonly hasMore: boolean;
}

/** Reads the log, and the page that follows while the one before is on its way. */
export class ReadAhead {
  private ahead: Ahead | null = null;
  /** What was logged since the page ahead was asked for is not in it, and its wake-up has been heard already. */
  private mayLack = false;

  constructor(
    private readonly source: Pick<EventLog, 'readOn'>,
    private readonly stretch: LogStretch,
  ) {}

  async read(from: bigint, limit: number): Promise<PageAndMore> {
    const { ahead, mayLack } = this;
    this.forget();
    const isAhead = ahead?.from === from && ahead.limit === limit;
    const { events, until, end } = await (isAhead ? ahead.page : this.source.readOn(from, limit, this.stretch));
    return { events, until, hasMore: until < end || (isAhead && mayLack) };
  }

  start(from: bigint, limit: number): void {
    const page = this.source.readOn(from, limit, this.stretch);
    // The batch before it may fail: then nothing asks for it.
    page.catch(() => undefined);
    this.ahead = { from, limit, page };
    this.mayLack = false;
  }

  /** Something was logged. */
  wake(): void {
    this.mayLack = true;
  }

  forget(): void {
    this.ahead = null;
    this.mayLack = false;
  }
}

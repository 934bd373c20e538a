import type { EventLog, LogPage, LogStretch } from '../ports/event-log';

/** Reads the log, and the page that follows while the one before is on its way. */
export class ReadAhead {
  private ahead: { readonly from: bigint; readonly limit: number; readonly page: Promise<LogPage> } | null = null;

  constructor(
    private readonly source: Pick<EventLog, 'readOn'>,
    private readonly stretch: LogStretch,
  ) {}

  read(from: bigint, limit: number): Promise<LogPage> {
    const { ahead } = this;
    this.ahead = null;
    return ahead?.from === from && ahead.limit === limit ? ahead.page : this.source.readOn(from, limit, this.stretch);
  }

  start(from: bigint, limit: number): void {
    const page = this.read(from, limit);
    // The batch before it may fail: then nothing asks for it.
    page.catch(() => undefined);
    this.ahead = { from, limit, page };
  }

  forget(): void {
    this.ahead = null;
  }
}

/** What a connection of the database is kept for longer waits for a lock, which costs no processor, ms. */
const MOST_DATABASE_MS = 250;

/**
 * What answering a request takes of thread and database. Waiting for VoiceLink, a carrier or the sender is no work. Of the thread it
 * is all that was done meanwhile: what a short request would have waited for.
 */
export class WorkMeter {
  private begun: NodeJS.CpuUsage | undefined;
  private ms = 0;

  /** `shortMs`: what every request may take, ms. */
  constructor(private readonly shortMs: number) {}

  /** The request's turn has come. */
  begin(): void {
    this.begun = process.threadCpuUsage();
  }

  /** What the thread does from now on is not for this request alone. */
  end(): void {
    if (this.begun === undefined) return;
    const { user, system } = process.threadCpuUsage(this.begun);
    this.ms += (user + system) / 1_000;
    this.begun = undefined;
  }

  readonly tookDatabase = (ms: number): void => {
    this.ms += Math.min(ms, MOST_DATABASE_MS);
  };

  /** What was long of it, ms, and has not been told yet. */
  take(): number {
    const over = this.ms - this.shortMs;
    this.ms = Math.min(this.ms, this.shortMs);
    return Math.max(0, over);
  }
}

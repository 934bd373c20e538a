import type { Clock } from '../ports/clock';

/** However long a list takes: what is worth waiting for has ended by then. */
const LONGEST_MS = 2_000;
const ENDED = 'ended';

/**
 * The writes of this process that an account has not answered yet. Each is followed by a look, so a list that waits for the others is
 * shared by all of them; one that does not is followed at once by another that they wait for.
 */
export class WritesUnderWay {
  private readonly running = new Set<Promise<unknown>>();
  /** What a list took last, ms; it pays to wait for half as long. */
  private lastListMs = 0;

  constructor(private readonly clock: Pick<Clock, 'now' | 'sleep'>) {}

  async during<Answer>(write: () => Promise<Answer>): Promise<Answer> {
    const answer = write();
    this.running.add(answer);
    try {
      return await answer;
    } finally {
      this.running.delete(answer);
    }
  }

  async timed<Listed>(list: () => Promise<Listed>): Promise<Listed> {
    const beganAt = this.clock.now();
    const listed = await list();
    this.lastListMs = this.clock.now() - beganAt;
    return listed;
  }

  /**
   * Resolves when those that are under way now have ended, or when waiting longer would cost more than another list. A single one is not
   * waited for: a number lists beside its own writes.
   */
  async ended(): Promise<void> {
    const longestMs = Math.min(LONGEST_MS, this.lastListMs / 2);
    if (this.running.size <= 1 || longestMs === 0) return;
    const over = new AbortController();
    const all = Promise.allSettled(this.running).then(() => {
      over.abort(ENDED);
    });
    await Promise.race([all, this.clock.sleep(longestMs, over.signal)]);
  }
}

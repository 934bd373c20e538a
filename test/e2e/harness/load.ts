import { setTimeout as sleep } from 'node:timers/promises';

/** The status of a request without an answer. */
const NO_ANSWER = 599;

/** An answer that was waited for. */
export interface Waited {
  readonly what: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** When the request was sent, by the clock of the test, and how long it took. */
  readonly at: number;
  readonly ms: number;
}

export interface Question {
  readonly what: string;
  readonly ask: () => Promise<{ readonly status: number; readonly headers: Headers }>;
  /** Pause after each answer. */
  readonly everyMs: number;
}

/** Repeats the same requests, each independently, and remembers every answer. */
export class Load {
  readonly answers: Waited[] = [];
  private readonly stopping = new AbortController();
  private readonly running: Promise<unknown>;

  constructor(questions: readonly Question[]) {
    this.running = Promise.all(questions.map((question) => this.repeat(question)));
  }

  /** Answers to requests that were sent within a span of time. */
  between(from: number, to: number, what?: string): readonly Waited[] {
    return this.answers.filter((one) => one.at >= from && one.at < to && (what === undefined || one.what === what));
  }

  /** Resolves when the last answer is there. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat({ what, ask, everyMs }: Question): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const at = Date.now();
      const answer = await ask().catch(() => null);
      const retryAfter = answer?.headers.get('retry-after') ?? null;
      this.answers.push({ what, status: answer?.status ?? NO_ANSWER, retryAfter, at, ms: Date.now() - at });
      await sleep(everyMs);
    }
  }
}

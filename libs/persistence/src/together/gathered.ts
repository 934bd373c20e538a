import { isDatabaseUnavailable, isTooSlow } from '../database-errors';

/** One call that waits for its turn. */
interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue<Ask, Answer> {
  waiting: Waiting<Ask, Answer>[];
}

/** The most calls that go together, so that no transaction holds more rows than a page of work. */
const MOST = 200;

/**
 * Calls that come together are answered together: those of one turn of the event loop, and those that come while a group of the same
 * name is under way. Each is answered by work that began after it was asked, as if it had been alone.
 *
 * A group that fails is asked again one by one: what one of them cannot have, the others can. So what is asked must be safe to
 * repeat. While the database is away nothing is repeated.
 */
export class Gathered<Ask, Answer> {
  private readonly queues = new Map<string, Queue<Ask, Answer>>();

  constructor(
    /** Of what goes together, for example a connection: a group never waits for one of another name. */
    private readonly nameOf: (ask: Ask) => string,
    /** Answers in the order of the asks, which are one at least. */
    private readonly answerAll: (asks: readonly [Ask, ...Ask[]]) => Promise<readonly Answer[]>,
  ) {}

  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const name = this.nameOf(ask);
      const queue = this.queues.get(name);
      if (queue !== undefined) {
        queue.waiting.push({ ask, resolve, reject });
        return;
      }
      const begun = { waiting: [{ ask, resolve, reject }] };
      this.queues.set(name, begun);
      setImmediate(() => void this.serve(name, begun));
    });
  }

  private async serve(name: string, queue: Queue<Ask, Answer>): Promise<void> {
    while (queue.waiting.length > 0) await this.answer(queue.waiting.splice(0, MOST));
    this.queues.delete(name);
  }

  private async answer(group: readonly Waiting<Ask, Answer>[]): Promise<void> {
    const [first, ...others] = group;
    if (first === undefined) return;
    try {
      const answers = await this.answerAll([first.ask, ...others.map(({ ask }) => ask)]);
      for (const [nth, { resolve }] of group.entries()) resolve(answers[nth] as Answer);
    } catch (error) {
      const isWorthRepeating = isTooSlow(error) || !isDatabaseUnavailable(error);
      if (others.length > 0 && isWorthRepeating) await Promise.all(group.map((one) => this.answer([one])));
      else for (const { reject } of group) reject(error);
    }
  }
}

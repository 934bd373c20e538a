import fc from 'fast-check';
import type { FuzzAnswer } from '../answer-rules';
import { casesOf } from '../cases';
import type { Operation } from '../document';
import { describeRequest, type FuzzRequest } from '../request';
import type { ValidValues } from '../valid-values';

const PER_ROUTE = 8;
const TRIES = 12;
const VALID = { valid: 1, wrong: 0 };
const KEY = 'Idempotency-Key';

/** New with every answer, or told by the body as well. */
const PASSING = new Set(['x-request-id', 'date', 'content-length']);
/** Counts up by itself. */
const AGE = /("age_seconds":)[\d.e-]+/g;
/** What the rate of a VoiceLink login has left: all that have the login use it up, and it fills again with time. */
const LEFT = /("available":)\d+/g;

/** Where the log of all partners ends: it moves with each event of anybody. */
const LOG_END = /("next_cursor":)"[^"]+"(?=,"has_more":false)/g;
const BOOKMARK = /id: [^\n]+\nevent: bookmark\ndata: {}\n\n/g;

export interface Question {
  readonly request: FuzzRequest;
  readonly answer: string;
  readonly isReplay: boolean;
}

/** One answer that is no longer what it was. */
export interface Change {
  readonly operation: string;
  readonly request: string;
  /** Both from where they part. */
  readonly before: string;
  readonly after: string;
}

const BEFORE = 120;
const SHOWN = 400;
/** The part of a text in which it begins to differ from another. */
export const fromDifference = (text: string, other: string): string => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return text.slice(Math.max(0, at - BEFORE), at + SHOWN);
};

type Ask = (request: FuzzRequest) => Promise<FuzzAnswer>;

/** Status, headers and body, to the byte. */
const shown = ({ status, headers, text }: FuzzAnswer): string =>
  [
    String(status),
    ...Object.entries(headers)
      .filter(([name]) => !PASSING.has(name))
      .map(([name, value]) => `${name}: ${String(value)}`)
      .toSorted(),
    [AGE, LEFT, LOG_END].reduce((told, passing) => told.replace(passing, '$1…'), text).replace(BOOKMARK, ''),
  ].join('\n');

const isKeyed = ({ method, parameters }: Operation): boolean =>
  method !== 'delete' && parameters.some(({ name }) => name === KEY);

/** What a partner is answered: to reads on every route, and to writes that it repeats with their idempotency keys. */
export class WatchedAnswers {
  private constructor(
    private readonly ask: Ask,
    readonly questions: readonly Question[],
  ) {}

  /** Makes the writes, lets `settle` do what they cause, and notes the answers of then. */
  static async take(
    ask: Ask,
    {
      operations,
      values,
      seed,
    }: { readonly operations: readonly Operation[]; readonly values: ValidValues; readonly seed: number },
    settle: () => Promise<void>,
  ): Promise<WatchedAnswers> {
    const sample = (operation: Operation, numRuns: number): readonly FuzzRequest[] =>
      fc.sample(casesOf(operation, values, VALID), { seed, numRuns });
    const written: FuzzRequest[] = [];
    for (const operation of operations.filter(isKeyed)) {
      for (const [nth, made] of sample(operation, TRIES).entries()) {
        const key = `${operation.method}-${operation.path.replace(/\W+/g, '-')}-${String(nth)}`;
        const request = { ...made, headers: { ...made.headers, [KEY]: key } };
        const { status } = await ask(request);
        if (status >= 300) continue;
        written.push(request);
        break;
      }
    }
    await settle();
    const reads = operations
      .filter(({ method }) => method === 'get')
      .flatMap((operation) => sample(operation, PER_ROUTE));
    const distinct = new Map(reads.map((request) => [describeRequest(request), request]));
    const questions: Question[] = [];
    for (const request of [...written, ...distinct.values()]) {
      const answer = await ask(request);
      const isReplay = answer.headers['idempotency-replayed'] === 'true';
      questions.push({ request, answer: shown(answer), isReplay });
    }
    return new WatchedAnswers(ask, questions);
  }

  /** Asks everything once more. */
  async changes(): Promise<readonly Change[]> {
    const found: Change[] = [];
    for (const { request, answer } of this.questions) {
      const now = shown(await this.ask(request));
      if (now === answer) continue;
      found.push({
        operation: request.operation.name,
        request: describeRequest(request),
        before: fromDifference(answer, now),
        after: fromDifference(now, answer),
      });
    }
    return found;
  }
}

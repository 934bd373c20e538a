import fc from 'fast-check';
import { valuesIn, type FuzzAnswer } from '../answer-rules';
import { casesOf } from '../cases';
import type { Operation } from '../document';
import { weightOf } from '../fuzz';
import type { KnownValues } from '../known-values';
import { describeRequest, type FuzzRequest } from '../request';
import type { ValidValues } from '../valid-values';

const MOSTLY_VALID = { valid: 8, wrong: 1 };
/** Of a hundred requests so many are the other partner's own, word for word. */
const COPIED = 6;
const CONCURRENCY = 4;
const DISCONNECT = 'DELETE /api/v2/telephony/connections/{connection_id}';

/** What belongs to the other partner. */
export interface Belongings {
  /** Known to the busy partner, which may write them: seen only in answers to requests that have them. */
  readonly told: readonly string[];
  readonly untold: readonly string[];
}

interface Parts {
  readonly ask: (request: FuzzRequest) => Promise<FuzzAnswer>;
  readonly values: ValidValues;
  readonly known: KnownValues;
  readonly operations: readonly Operation[];
  /** Requests of the other partner. */
  readonly copied: readonly FuzzRequest[];
  readonly others: Belongings;
}

/** Sends requests to every route, most of which do what they ask for. */
export class BusyPartner {
  /** Requests that were answered with something of the other partner's. */
  readonly leaks: string[] = [];
  /** How often an operation was asked with success. */
  readonly successes = new Map<string, number>();
  /** How often a request was refused with an error code. */
  readonly refusals = new Map<string, number>();
  /** The last requests that did something. */
  private done: string[] = [];

  constructor(private readonly parts: Parts) {}

  /** With few connections left, most requests find nothing: `keepsConnections` leaves those out that end one. */
  private requestsOf(keepsConnections: boolean): fc.Arbitrary<FuzzRequest> {
    const { operations, values, copied } = this.parts;
    const made = operations
      .filter(({ name }) => !keepsConnections || name !== DISCONNECT)
      .map((operation) => ({ arbitrary: casesOf(operation, values, MOSTLY_VALID), weight: weightOf(operation) }));
    return fc.oneof(
      { arbitrary: fc.oneof(...made), weight: 100 - COPIED },
      { arbitrary: fc.constantFrom(...copied), weight: COPIED },
    );
  }

  /** The other partner's requests, word for word, with the same idempotency keys. */
  async copy(): Promise<void> {
    for (const request of this.parts.copied) await this.sendOne(request);
  }

  /** Those that did something since the last call. */
  taken(): readonly string[] {
    const { done } = this;
    this.done = [];
    return done;
  }

  /** The same seed makes the same requests, but for ids that the gateway makes up. */
  async send(count: number, seed: number, keepsConnections: boolean): Promise<void> {
    const next = fc.sample(this.requestsOf(keepsConnections), { seed, numRuns: count }).values();
    const worker = async (): Promise<void> => {
      for (const request of next) await this.sendOne(request);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }

  private async sendOne(request: FuzzRequest): Promise<void> {
    const answer = await this.parts.ask(request);
    const { operation } = request;
    const described = describeRequest(request);
    for (const text of this.leaksIn(request, answer)) {
      this.leaks.push(`${text} in the answer to ${described}: ${String(answer.status)} ${answer.text.slice(0, 400)}`);
    }
    if (answer.status >= 400) {
      this.count(this.refusals, /"code":"(\w+)"/.exec(answer.text)?.[1] ?? String(answer.status));
      return;
    }
    this.count(this.successes, operation.name);
    if (operation.method !== 'get') this.done.push(described);
    // A conditional read may have nothing new to say.
    if (operation.secured && answer.text !== '') this.parts.known.learn(operation.path, valuesIn(answer));
  }

  private count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  private leaksIn(request: FuzzRequest, { headers, text }: FuzzAnswer): readonly string[] {
    const answered = `${JSON.stringify(headers)} ${text}`;
    const { told, untold } = this.parts.others;
    const asked = JSON.stringify([request.path, request.query, request.headers, request.payload]);
    return [...untold, ...told.filter((id) => !asked.includes(id))].filter((one) => answered.includes(one));
  }
}

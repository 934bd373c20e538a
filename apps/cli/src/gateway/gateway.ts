import { randomUUID } from 'node:crypto';
import { type Client, createClient } from '@dialtone/client';
import { Failure, reasonOf } from '../failure';
import { maskedKey, type Target } from '../settings/target';
import { ApiFailure, apiFailureOf } from './api-failure';
import { patientFetch, type Patience } from './patient-fetch';
import { noAnswerOf, unreachable } from './unreachable';

/** What every generated function answers, if its envelope is taken off. */
interface Answered {
  readonly data?: { readonly data: unknown } | undefined;
  readonly error?: unknown;
  readonly response?: Response | undefined;
}
type DataOf<R extends Answered> = NonNullable<R['data']>['data'];

const UNAUTHORIZED = 401;

/** A method that changes something is repeated with the same key: the gateway does it once. */
const withIdempotencyKey = (request: Request): Request => {
  if (request.method !== 'GET' && !request.headers.has('idempotency-key'))
    request.headers.set('idempotency-key', `cli-${randomUUID()}`);
  return request;
};

/** One gateway with one key. */
export class Gateway {
  private readonly client: Client;

  constructor(
    readonly target: Target,
    private readonly patience: Patience,
  ) {
    this.client = createClient({
      baseUrl: target.address,
      auth: target.apiKey,
      fetch: patientFetch(patience),
      headers: { 'user-agent': 'dialtone-cli' },
    });
    this.client.interceptors.request.use(withIdempotencyKey);
  }

  /** The data of an answer. Throws a Failure that says what is wrong. */
  async ask<R extends Answered>(call: (base: { readonly client: Client }) => Promise<R>): Promise<DataOf<R>> {
    const result: Answered = await call({ client: this.client });
    const { data, error, response } = result;
    if (data !== undefined && response?.ok === true) return data.data;
    throw this.failureOf(error, response);
  }

  private failureOf(error: unknown, response: Response | undefined): Error {
    if (this.patience.signal.aborted) return new Failure('Interrupted.', 130);
    if (response === undefined) return unreachable(this.target.address, noAnswerOf(error).reason);
    if (response.ok) return new Failure(`The answer of ${this.target.address} cannot be read: ${reasonOf(error)}`);
    const failure = apiFailureOf(this.target.address, response, error);
    return response.status === UNAUTHORIZED ? this.withKeySource(failure) : failure;
  }

  /** Wrong keys are found by knowing where they came from. */
  private withKeySource(failure: ApiFailure): ApiFailure {
    const { apiKey, keyFrom, address, addressFrom } = this.target;
    const source = `The key ${maskedKey(apiKey)} came from ${keyFrom}, the address ${address} from ${addressFrom}.`;
    return new ApiFailure(`${failure.message}\n${source}`, failure.answer);
  }
}

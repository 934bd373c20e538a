import { hiderOf } from '@dialtone/domain';
import { traced } from '@dialtone/tracing';
import { Exchanges, guardedConnector, type PublicNetwork, type Resolve, type WireAnswer } from '@dialtone/wire';
import { Client, type Dispatcher } from 'undici';
import type { CallOrder } from '../port';
import { classify, type RefusalIn, type Reply } from './classify';
import { secretsIn } from './order-secrets';

/** How requests reach carriers; the same for all of them. */
export interface Dialling {
  readonly network: PublicNetwork;
  /** From queueing a request to the last byte of its answer, ms. */
  readonly timeoutMs: number;
  /** In place of the system's resolver. */
  readonly resolve?: Resolve;
}

export interface HttpAccount {
  /** For messages: "Plivo". */
  readonly label: string;
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Must be in no message and no kept answer. */
  readonly secrets: readonly string[];
  readonly refusalIn?: RefusalIn;
}

type Fields = Readonly<Record<string, string | number | undefined>>;

export interface CarrierRequest {
  /** For messages: "place a call". */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL. */
  readonly path: string;
  readonly query?: Fields;
  /** In this order; a name may repeat. */
  readonly form?: readonly (readonly [name: string, value: string])[];
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST that changes nothing, and whose answer holds a token. */
  readonly isLogin?: boolean;
  /** The answer is needed as it came, because parts of it are written back one day: they are sealed where they are kept. */
  readonly keepsBody?: boolean;
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** HTTP Basic authentication. */
export const basic = (user: string, password: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/**
 * Sends single requests of one account. Each has a connection of its own, because a server may close a kept one in the moment it is
 * reused, and that would leave a call in doubt. Nothing is repeated, and no redirect is followed.
 */
export class CarrierHttp {
  private readonly origin: string;
  private readonly prefix: string;

  constructor(
    private readonly account: HttpAccount,
    private readonly dialling: Dialling,
  ) {
    const { origin, pathname } = new URL(account.baseUrl);
    this.origin = origin;
    this.prefix = pathname.replace(/\/+$/, '');
  }

  async send(request: CarrierRequest, more: readonly string[] = []): Promise<Reply> {
    const { label, refusalIn = () => null } = this.account;
    const secrets = [...this.account.secrets, ...more];
    const answer = await this.traced(request);
    return classify(answer, {
      what: `${label}: ${request.what}`,
      changes: request.method !== 'GET' && request.isLogin !== true,
      keepsBody: request.isLogin === true || request.keepsBody === true,
      hide: hiderOf(secrets),
      secrets,
      now: Date.now(),
      refusalIn,
    });
  }

  /** Asks for a call. A carrier that quotes the URLs of the order tells nobody their tokens. */
  place(order: CallOrder, request: Pick<CarrierRequest, 'path' | 'form' | 'json'>): Promise<Reply> {
    return this.send({ what: 'place a call', method: 'POST', ...request }, secretsIn(order));
  }

  /** Named by what it is for: a path may name a number, an account or a key. */
  private traced(request: CarrierRequest): Promise<WireAnswer> {
    const name = `${this.account.label} ${request.what}`;
    const options = { kind: 'client', attributes: { 'http.request.method': request.method } } as const;
    return traced(name, options, async (span) => {
      const answer = await this.exchange(request);
      if (answer.kind === 'answer') span.set({ 'http.response.status_code': answer.status });
      else span.fail(answer.kind);
      return answer;
    });
  }

  private async exchange(request: CarrierRequest): Promise<WireAnswer> {
    const { network, timeoutMs, resolve } = this.dialling;
    const client = new Client(this.origin, {
      connect: guardedConnector(network, { timeoutMs, ...(resolve !== undefined && { resolve }) }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: MAX_ANSWER_BYTES,
      pipelining: 0,
    });
    try {
      return await new Exchanges().run(timeoutMs, (exchange) => {
        client.dispatch(this.optionsOf(request), exchange);
      });
    } finally {
      void client.destroy();
    }
  }

  private optionsOf({ method, path, query, form, json, headers }: CarrierRequest): Dispatcher.DispatchOptions {
    const sent = form === undefined ? jsonBody(json) : { type: FORM_TYPE, text: encoded(form) };
    return {
      method,
      path: this.prefix + path + queryOf(query ?? {}),
      headers: {
        accept: JSON_TYPE,
        ...this.account.headers,
        ...headers,
        ...(sent !== null && { 'content-type': sent.type }),
      },
      body: sent === null ? null : sent.text,
    };
  }
}

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const jsonBody = (json: unknown): { readonly type: string; readonly text: string } | null =>
  json === undefined ? null : { type: JSON_TYPE, text: JSON.stringify(json) };

const encoded = (fields: readonly (readonly [name: string, value: string])[]): string =>
  new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();

const queryOf = (fields: Fields): string => {
  const given = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${encoded(given)}`;
};

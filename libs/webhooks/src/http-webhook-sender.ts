import { hiderOf } from '@dialtone/domain';
import type { WebhookAnswer, WebhookMessage, WebhookSender, WebhookTarget } from '@dialtone/engine';
import { traced } from '@dialtone/tracing';
import {
  BoundedAnswer,
  excerptOf,
  Exchanges,
  guardedConnector,
  PublicNetwork,
  retryAfterMs,
  type Resolve,
  type WireAnswer,
} from '@dialtone/wire';
import { Client, type Dispatcher } from 'undici';
import { signaturesOf, WEBHOOK_HEADERS } from './signatures';
import { secretsOfUrl } from './webhook-url';

export interface WebhookSenderOptions {
  /** Networks in CIDR notation that may be dialled although they are not public. */
  readonly privateNetworks: readonly string[];
  /** From looking up the host to the last byte of the answer, ms. */
  readonly timeoutMs: number;
  /** Epoch ms. */
  readonly now: () => number;
  /** In place of the system's resolver. */
  readonly resolve?: Resolve;
}

/** Beyond it an answer is cut off; its status counts all the same. */
const READ_BYTES = 64 * 1024;
/** Characters of it that are kept. */
const KEPT = 1_000;

/**
 * Sends signed messages. Each has a connection of its own: a server may close a kept one in the moment it is reused, and receivers
 * are many. Only public addresses are dialled, whatever a name leads to then; no redirect is followed, and nothing is repeated.
 */
export class HttpWebhookSender implements WebhookSender {
  private readonly network: PublicNetwork;

  constructor(private readonly options: WebhookSenderOptions) {
    this.network = new PublicNetwork(options.privateNetworks);
  }

  send(target: WebhookTarget, message: WebhookMessage): Promise<WebhookAnswer> {
    return traced(
      'webhook deliver',
      { kind: 'client', attributes: { 'http.request.method': 'POST' } },
      async (span) => {
        const startedAt = performance.now();
        const answer = await this.exchange(target, message);
        const latencyMs = performance.now() - startedAt;
        if (answer.kind === 'answer') span.set({ 'http.response.status_code': answer.status });
        else span.fail(answer.kind);
        return { latencyMs, ...this.told(target, answer) };
      },
    );
  }

  private told(target: WebhookTarget, answer: WireAnswer) {
    if (answer.kind === 'no_answer') return { kind: 'no_answer', reason: answer.reason } as const;
    const hide = hiderOf([...target.secrets, ...secretsOfUrl(target.url)]);
    const response = excerptOf(hide(answer.body.bytes.toString('utf8')), KEPT);
    return {
      kind: 'answer',
      status: answer.status,
      retryAfterMs: retryAfterMs({ 'retry-after': answer.headers['retry-after'] }, this.options.now()),
      response: response === '' ? null : response,
    } as const;
  }

  private async exchange({ url, secrets }: WebhookTarget, message: WebhookMessage): Promise<WireAnswer> {
    const { timeoutMs, resolve } = this.options;
    const { origin, pathname, search } = new URL(url);
    const client = new Client(origin, {
      connect: guardedConnector(this.network, { timeoutMs, ...(resolve !== undefined && { resolve }) }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      pipelining: 0,
    });
    try {
      return await new Exchanges().run(timeoutMs, (exchange) => {
        client.dispatch(this.optionsOf(pathname + search, secrets, message), new BoundedAnswer(exchange, READ_BYTES));
      });
    } finally {
      void client.destroy();
    }
  }

  private optionsOf(
    path: string,
    secrets: readonly string[],
    { id, body }: WebhookMessage,
  ): Dispatcher.DispatchOptions {
    const timestamp = Math.floor(this.options.now() / 1_000);
    return {
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Dialtone-Webhooks/1.0',
        [WEBHOOK_HEADERS.id]: id,
        [WEBHOOK_HEADERS.timestamp]: String(timestamp),
        [WEBHOOK_HEADERS.signature]: signaturesOf(secrets, { id, timestamp, body }),
      },
      body,
    };
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { classify, type CallOutcome } from './classify';
import { CALL_ENDPOINT, endpointOf } from './endpoints';
import type { VoiceLinkSettings } from './options';
import { Session, type LoginOutcome } from './session';
import { isMutating, Transport, type HttpMethod, type WireAnswer } from './transport';

/** Query values as they are to be sent; undefined and null are left out. */
export type Query = Readonly<Record<string, string | number | null | undefined>>;

export interface VoiceLinkCall {
  readonly method: HttpMethod;
  /** Path below the base URL, without query: one of the endpoints that Dialtone calls. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Makes the outcome's body of the answer's bytes, in place of `JSON.parse`; throws for what is no JSON. */
  readonly parse?: (bytes: Buffer) => unknown;
}

/** Pass-through calls: the upstream's body as received, or a classified failure. */
export interface VoiceLinkRaw {
  /**
   * Sends one call with a valid token. Reads are retried a little; a mutating call is sent once, and a second time only
   * after a 401. Never throws for upstream trouble. An endpoint that Dialtone does not call is refused unsent.
   */
  call(call: VoiceLinkCall): Promise<CallOutcome>;
}

/** Authenticated, classified, observed calls: what the account and the pass-through endpoints share. */
export class Caller implements VoiceLinkRaw {
  private readonly transport: Transport;
  private readonly session: Session;
  private readonly closing = new AbortController();

  constructor(private readonly settings: VoiceLinkSettings) {
    this.transport = new Transport(settings);
    this.session = new Session({
      transport: this.transport,
      credentials: settings.credentials,
      observed: (endpoint, send, judge) => this.observed(endpoint, send, judge),
    });
  }

  async call(call: VoiceLinkCall): Promise<CallOutcome> {
    const endpoint = endpointOf(call.method, call.path);
    if (endpoint === null)
      return unsent('rejected', `${call.method} ${call.path}: not an endpoint that Dialtone calls`);
    return this.perform(endpoint, call);
  }

  /** `POST /v1/add_lead`, as one of `call`. */
  placeCall(body: Readonly<Record<string, unknown>>): Promise<CallOutcome> {
    return this.perform(CALL_ENDPOINT, { method: 'POST', path: '/v1/add_lead', body });
  }

  /** Proves the credentials by logging in now. */
  async login(): Promise<LoginOutcome> {
    const outcome = await this.session.login();
    return outcome.kind === 'ok' ? { kind: 'ok' } : outcome;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.transport.close();
  }

  async drain(): Promise<void> {
    this.closing.abort();
    await this.transport.drain();
  }

  private async perform(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    const mutating = isMutating(call.method);
    if (mutating && this.settings.dryRun) return unsent('dry_run', `${endpoint}: not sent, dry-run is on`);
    return mutating ? this.authorized(endpoint, call) : this.repeated(endpoint, call);
  }

  /** Reads only: repeating one changes nothing. */
  private async repeated(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.authorized(endpoint, call);
      const wait = this.delayBeforeRetry(outcome, attempt);
      if (wait === null) return outcome;
      await delay(wait, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  /** Milliseconds, or null when the outcome stands. */
  private delayBeforeRetry(outcome: CallOutcome, attempt: number): number | null {
    const { retries, baseMs, maxDelayMs } = this.settings.readRetry;
    if (outcome.kind === 'ok' || attempt >= retries || this.closing.signal.aborted) return null;
    const { class: errorClass, retryAfterMs } = outcome.failure;
    if (errorClass !== 'unavailable' && errorClass !== 'rate_limited') return null;
    const wait = (retryAfterMs ?? 0) + Math.random() * baseMs * 2 ** attempt;
    return wait <= maxDelayMs ? wait : null;
  }

  /** At most two requests, the second only after a 401: that one proves that the first did nothing. */
  private async authorized(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    const first = await this.session.token();
    if (first.kind !== 'ok') return { ...first, fields: {} };
    const outcome = await this.send(endpoint, call, first.token);
    if (outcome.kind !== 'refused' || outcome.failure.httpStatus !== 401) return outcome;
    this.session.invalidate(first.token);
    const second = await this.session.token();
    return second.kind === 'ok' ? this.send(endpoint, call, second.token) : { ...second, fields: {} };
  }

  private async send(endpoint: string, call: VoiceLinkCall, token: string): Promise<CallOutcome> {
    // Logging in may have taken long.
    if (!(await this.settings.mayCall().catch(() => false)))
      return unsent('unavailable', `${endpoint}: ${NOT_ALLOWED}`);
    const mutating = isMutating(call.method);
    const path = call.path + queryString(call.query ?? {});
    const secrets = [...this.session.secrets, token];
    return this.observed(
      endpoint,
      () => this.transport.exchange({ method: call.method, path, token, body: call.body ?? null, fresh: mutating }),
      (answer) =>
        classify(answer, { endpoint, mutating, secrets, now: Date.now(), ...(call.parse && { parse: call.parse }) }),
    );
  }

  private async observed(
    endpoint: string,
    send: () => Promise<WireAnswer>,
    judge: (answer: WireAnswer) => CallOutcome,
  ): Promise<CallOutcome> {
    const startedAt = performance.now();
    const outcome = judge(await send());
    try {
      this.settings.observer({ endpoint, ...summary(outcome), durationMs: performance.now() - startedAt });
    } catch {
      // The outcome of a sent request must reach the caller, whatever its metrics do.
    }
    return outcome;
  }
}

const summary = (
  outcome: CallOutcome,
): Pick<Parameters<VoiceLinkSettings['observer']>[0], 'outcome' | 'httpStatus'> => {
  if (outcome.kind === 'ok') return { outcome: 'ok', httpStatus: outcome.httpStatus };
  const { class: errorClass, httpStatus } = outcome.failure;
  return { outcome: outcome.kind === 'unknown' ? 'unknown' : errorClass, httpStatus };
};

const NOT_ALLOWED = 'not sent, the connection has been disconnected or given other credentials meanwhile';

const unsent = (errorClass: 'rejected' | 'dry_run' | 'unavailable', message: string): CallOutcome => ({
  kind: 'refused',
  failure: { class: errorClass, httpStatus: null, message, retryAfterMs: null },
  fields: {},
});

const queryString = (query: Query): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
};

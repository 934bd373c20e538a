import { setTimeout as delay } from 'node:timers/promises';
import type { Hide } from '@dialtone/domain';
import {
  backoffMs,
  type ListTurn,
  type Passage,
  type RateLane,
  type UpstreamFailure,
  type UpstreamPause,
} from '@dialtone/engine';
import { traced, type OpenSpan } from '@dialtone/tracing';
import type { ReceivedBody, WireAnswer } from '@dialtone/wire';
import { classify, readAnswer, type CallOutcome } from './classify';
import { CALL_ENDPOINT, endpointOf } from './endpoints';
import type { VoiceLinkSettings } from './options';
import { BearerToken, type LoginOutcome } from './bearer-token';
import { queryString, type Query } from './query-string';
import { isMutating, HttpTransport, type HttpMethod } from './http-transport';

export interface VoiceLinkCall {
  readonly method: HttpMethod;
  /** Path below the base URL, without query: one of the endpoints that Dialtone calls. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Before `JSON.parse` of a success: turns what was received, and digested, into the outcome's body; undefined: parse it. */
  readonly parse?: (received: ReceivedBody) => Promise<unknown>;
  /** Further values in the request that no message may contain. */
  readonly secrets?: readonly string[];
  /** Told while this request waits for its turn. */
  readonly turn?: ListTurn;
  /** Requests that follow this one, as far as is known. */
  readonly following?: number;
}

/** Pass-through calls: the upstream's body as received, or a classified failure. */
export interface VoiceLinkRaw {
  /** Password and token of this account: an answer that quotes them must not be passed on as it is. */
  readonly secrets: readonly string[];
  /**
   * Sends one call with a valid token. A read is retried at most twice, in the lane `user` not after a time-out. A mutating
   * call is sent once, and a second time only after a 401. Never throws for upstream trouble. A call to an endpoint that
   * Dialtone does not use is refused unsent.
   */
  call(call: VoiceLinkCall): Promise<CallOutcome>;
}

/** One request that is about to be sent. */
interface Exchange {
  readonly endpoint: string;
  readonly lane: RateLane;
  readonly mutating: boolean;
  readonly loggedIn: boolean;
  readonly mayCall: () => Promise<boolean>;
  readonly turn?: ListTurn;
  readonly following?: number;
  readonly send: () => Promise<WireAnswer>;
  readonly judge: (answer: WireAnswer) => CallOutcome | Promise<CallOutcome>;
}

/** Shared by all lanes of one account. */
interface Wire {
  readonly transport: HttpTransport;
  readonly bearer: BearerToken;
  readonly closing: AbortController;
}

/** Authenticated, gated, classified, observed calls: what the account and the pass-through endpoints share. */
export class ApiClient implements VoiceLinkRaw {
  private constructor(
    private readonly settings: VoiceLinkSettings,
    private readonly lane: RateLane,
    private readonly wire: Wire,
  ) {}

  static open(settings: VoiceLinkSettings, lane: RateLane): ApiClient {
    const transport = new HttpTransport(settings);
    const bearer = new BearerToken({
      transport,
      credentials: settings.credentials,
      // Every lane needs the token, so logins use lane `user`. They count as writes because a write's in-doubt window includes them.
      observed: (endpoint, send, judge) =>
        exchange(settings, {
          endpoint,
          lane: 'user',
          mutating: true,
          loggedIn: false,
          mayCall: always,
          send,
          judge,
        }),
    });
    return new ApiClient(settings, lane, { transport, bearer, closing: new AbortController() });
  }

  /** The same account, connections and token for another lane. */
  in(lane: RateLane): ApiClient {
    return new ApiClient(this.settings, lane, this.wire);
  }

  get secrets(): readonly string[] {
    return this.wire.bearer.secrets;
  }

  pause(): UpstreamPause | null {
    return this.settings.gate?.pause(this.lane) ?? null;
  }

  async call(call: VoiceLinkCall): Promise<CallOutcome> {
    const endpoint = endpointOf(call.method, call.path);
    if (endpoint === null)
      return unsent('rejected', `${call.method} ${call.path}: not an endpoint that Dialtone calls`);
    return this.perform(endpoint, call);
  }

  /** `POST /v1/add_lead`, as one of `call`; `secrets`: values in the body that no message may contain. */
  placeCall(body: Readonly<Record<string, unknown>>, secrets: readonly string[]): Promise<CallOutcome> {
    return this.perform(CALL_ENDPOINT, { method: 'POST', path: '/v1/add_lead', body, secrets });
  }

  /** Proves the credentials by logging in now. */
  async login(): Promise<LoginOutcome> {
    const outcome = await this.wire.bearer.login();
    return outcome.kind === 'ok' ? { kind: 'ok' } : outcome;
  }

  async close(): Promise<void> {
    this.wire.closing.abort();
    this.settings.gate?.close();
    await this.wire.transport.close();
  }

  async drain(): Promise<void> {
    this.wire.closing.abort();
    this.settings.gate?.close();
    await this.wire.transport.drain();
  }

  private async perform(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    const mutating = isMutating(call.method);
    if (mutating && this.settings.dryRun) return unsent('dry_run', `${endpoint}: not sent, dry-run is on`);
    const outcome = await (mutating ? this.authorized(endpoint, call) : this.repeated(endpoint, call));
    return sayingHowLong(outcome, this.pause());
  }

  /** Reads only: repeating one changes nothing. */
  private async repeated(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.authorized(endpoint, call);
      const wait = this.delayBeforeRetry(outcome, attempt);
      if (wait === null) return outcome;
      await delay(wait, undefined, { signal: this.wire.closing.signal }).catch(() => undefined);
    }
  }

  /** Milliseconds, or null when the outcome stands. */
  private delayBeforeRetry(outcome: CallOutcome, attempt: number): number | null {
    const { retries, baseMs, maxDelayMs } = this.settings.readRetry;
    if (outcome.kind === 'ok' || attempt >= retries || this.wire.closing.signal.aborted) return null;
    if (!this.mayPass(outcome.failure)) return null;
    const backoff = backoffMs(attempt, { baseMs, capMs: maxDelayMs }, Math.random());
    const wait = (outcome.failure.retryAfterMs ?? 0) + backoff;
    return wait <= maxDelayMs ? wait : null;
  }

  /** Whether the same read may be answered soon. */
  private mayPass({ class: errorClass, throttled, timedOut }: UpstreamFailure): boolean {
    if (throttled === true) return false;
    // The user has waited for a whole time-out: two more would triple the wait and the load on a slow upstream.
    if (timedOut === true && this.lane === 'user') return false;
    return errorClass === 'unavailable' || errorClass === 'rate_limited';
  }

  /** At most two requests, the second only after a 401: a 401 proves that the first did nothing. */
  private async authorized(endpoint: string, call: VoiceLinkCall): Promise<CallOutcome> {
    const { bearer } = this.wire;
    const first = await bearer.token();
    if (first.kind !== 'ok') return { ...first, fields: {} };
    const outcome = await this.send(endpoint, call, first.token);
    if (outcome.kind !== 'refused' || outcome.failure.httpStatus !== 401) return outcome;
    bearer.invalidate(first.token);
    const second = await bearer.token();
    return second.kind === 'ok' ? this.send(endpoint, call, second.token) : { ...second, fields: {} };
  }

  private send(endpoint: string, call: VoiceLinkCall, token: string): Promise<CallOutcome> {
    const { bearer, transport } = this.wire;
    const mutating = isMutating(call.method);
    const path = call.path + queryString(call.query ?? {});
    const wanted = { method: call.method, isDigested: call.parse !== undefined };
    // Made when there is something to tell: most answers are as they should be.
    const hide: Hide = (text) =>
      bearer.hiding(JSON.stringify({ path, body: call.body }), token, ...(call.secrets ?? []))(text);
    return exchange(this.settings, {
      endpoint,
      lane: this.lane,
      mutating,
      loggedIn: true,
      mayCall: () => this.settings.mayCall(mutating ? 'write' : 'read'),
      ...(call.turn && { turn: call.turn }),
      ...(call.following !== undefined && { following: call.following }),
      send: () => transport.exchange({ ...wanted, path, token, body: call.body ?? null, fresh: mutating }),
      judge: async (answer) => {
        const read = call.parse && (await readAnswer(answer, call.parse));
        return classify(answer, { endpoint, mutating, hide, now: Date.now(), ...read });
      },
    });
  }
}

/** The one place that sends a request: through the gate, with permission, and observed. */
const exchange = (settings: VoiceLinkSettings, request: Exchange): Promise<CallOutcome> => {
  const { endpoint, lane } = request;
  const options = { kind: 'client', attributes: { 'dialtone.endpoint': endpoint, 'dialtone.lane': lane } } as const;
  return traced(`VoiceLink ${endpoint}`, options, async (span) => {
    const outcome = await pass(settings, request, span);
    span.set({ 'dialtone.outcome': summary(outcome).outcome, ...statusOf(outcome) });
    if (outcome.kind !== 'ok') span.fail(summary(outcome).outcome);
    return outcome;
  });
};

const pass = async (settings: VoiceLinkSettings, request: Exchange, span: OpenSpan): Promise<CallOutcome> => {
  const { endpoint, send } = request;
  const askedAt = performance.now();
  const passage = await passageOf(settings, request);
  span.set({ 'dialtone.wait_ms': Math.round(performance.now() - askedAt) });
  if (passage?.kind === 'throttled') return heldBack(endpoint, passage.failure);
  const obstacle = await obstacleTo(request, passage);
  if (obstacle !== null) {
    passage?.abandon();
    return unsent('unavailable', `${endpoint}: ${obstacle}`);
  }
  const startedAt = performance.now();
  request.turn?.sent();
  const outcome = await request.judge(await send());
  await passage?.settle(outcome.kind === 'ok' ? null : outcome.failure);
  try {
    settings.observer({ endpoint, ...summary(outcome), durationMs: performance.now() - startedAt });
  } catch {
    // The outcome of a sent request must reach the caller, whatever its metrics do.
  }
  return outcome;
};

const passageOf = async (
  { gate }: VoiceLinkSettings,
  { turn, lane, endpoint, mutating, loggedIn, following = 0 }: Exchange,
): Promise<Passage | undefined> => {
  turn?.waits();
  return gate?.pass({ lane, endpoint, mutating, loggedIn, following });
};

/** Checked right before sending: the login, the wait at the gate and the check itself may have taken long. */
const obstacleTo = async (
  { mayCall }: Exchange,
  passage: { readonly isLate: () => boolean } | undefined,
): Promise<string | null> => {
  if (!(await mayCall().catch(() => false))) return NOT_ALLOWED;
  return passage?.isLate() === true ? TOO_LATE : null;
};

/** Without a Retry-After, use the gate's own penalty. */
const sayingHowLong = (outcome: CallOutcome, pause: UpstreamPause | null): CallOutcome => {
  if (outcome.kind === 'ok' || pause?.why !== 'rate_limited') return outcome;
  const { failure } = outcome;
  if (failure.class !== 'rate_limited' || failure.retryAfterMs !== null) return outcome;
  return { ...outcome, failure: { ...failure, retryAfterMs: Math.ceil(pause.forMs) } };
};

const heldBack = (endpoint: string, failure: UpstreamFailure): CallOutcome => ({
  kind: 'refused',
  failure: { ...failure, message: `${endpoint}: ${failure.message}` },
  fields: {},
});

const summary = (
  outcome: CallOutcome,
): Pick<Parameters<VoiceLinkSettings['observer']>[0], 'outcome' | 'httpStatus'> => {
  if (outcome.kind === 'ok') return { outcome: 'ok', httpStatus: outcome.httpStatus };
  const { class: errorClass, httpStatus } = outcome.failure;
  return { outcome: outcome.kind === 'unknown' ? 'unknown' : errorClass, httpStatus };
};

const statusOf = (outcome: CallOutcome): { readonly 'http.response.status_code'?: number } => {
  const { httpStatus } = summary(outcome);
  return httpStatus === null ? {} : { 'http.response.status_code': httpStatus };
};

const always = (): Promise<boolean> => Promise.resolve(true);

const TOO_LATE = 'not sent, the process was paused past the deadline';
const NOT_ALLOWED = 'not sent, the connection has been disconnected or given other credentials meanwhile';

const unsent = (errorClass: 'rejected' | 'dry_run' | 'unavailable', message: string): CallOutcome => ({
  kind: 'refused',
  failure: { class: errorClass, httpStatus: null, message, retryAfterMs: null },
  fields: {},
});

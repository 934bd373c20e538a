import { hiderOf, secretsNotIn, type Hide } from '@dialtone/domain';
import type { UpstreamFailure } from '@dialtone/engine';
import type { WireAnswer } from '@dialtone/wire';
import { classify, type CallOutcome } from './classify';
import { firstOf, isRecord, toText } from './scalars';
import type { VoiceLinkCredentials } from './options';
import type { HttpTransport } from './http-transport';

/** `ok`, or why the login failed: `unauthorized` when VoiceLink refused the credentials. */
export type LoginOutcome = { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly failure: UpstreamFailure };

export type TokenOutcome =
  { readonly kind: 'ok'; readonly token: string } | { readonly kind: 'refused'; readonly failure: UpstreamFailure };

const LOGIN_ENDPOINT = 'POST /v1/auth/login';
/** How long refused credentials are not tried again: each list of a sweep would log in, and that may lock the account. */
const REFUSAL_HOLD_MS = 5_000;
const MIN_HIDDEN_NAME = 4;

export interface BearerTokenParts {
  readonly transport: HttpTransport;
  readonly credentials: VoiceLinkCredentials;
  /** Reports each login request. */
  readonly observed: (
    endpoint: string,
    send: () => Promise<WireAnswer>,
    judge: (answer: WireAnswer) => CallOutcome,
  ) => Promise<CallOutcome>;
}

/**
 * The bearer token: fetched at first use, kept until a 401 (its lifetime is unknown and there is no refresh, VoiceLink
 * upstream notes §2), and fetched single-flight: concurrent calls share one login.
 */
export class BearerToken {
  private current: string | null = null;
  private pending: Promise<TokenOutcome> | null = null;
  private refusal: { readonly failure: UpstreamFailure; readonly until: number } | null = null;

  constructor(private readonly parts: BearerTokenParts) {}

  /** Texts that must never be shown. */
  get secrets(): readonly string[] {
    return [this.parts.credentials.password, ...(this.current === null ? [] : [this.current])];
  }

  /**
   * Hides the secrets, `more`, and the user name in messages about a failure of a call that sent `sent`. Of its own it hides
   * none that was sent: the caller knows what it sent, and must not learn that it guessed right. The user name is hidden only as a whole word,
   * because it may occur inside other values. A very short one stays: hiding every "a" would hide the message.
   */
  hiding(sent = '', ...more: readonly string[]): Hide {
    const { username } = this.parts.credentials;
    const words = username.length < MIN_HIDDEN_NAME ? [] : secretsNotIn(sent, [username]);
    return hiderOf([...secretsNotIn(sent, this.secrets), ...more], words);
  }

  async token(): Promise<TokenOutcome> {
    if (this.current !== null) return { kind: 'ok', token: this.current };
    if (this.refusal !== null && performance.now() < this.refusal.until) {
      return { kind: 'refused', failure: this.refusal.failure };
    }
    return this.login();
  }

  /** Forgets `token` if it is still the current one: another call may have logged in since. */
  invalidate(token: string): void {
    if (this.current === token) this.current = null;
  }

  /** Logs in now, or joins the login under way. */
  login(): Promise<TokenOutcome> {
    this.pending ??= this.logIn().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  private async logIn(): Promise<TokenOutcome> {
    const { username, password } = this.parts.credentials;
    const request = { method: 'POST', path: '/v1/auth/login', token: null, body: { username, password } } as const;
    const outcome = await this.parts.observed(
      LOGIN_ENDPOINT,
      () => this.parts.transport.exchange({ ...request, fresh: true }),
      (answer) => this.judge(answer),
    );
    if (outcome.kind !== 'ok') return this.refuse(outcome.failure);
    const token = readToken(outcome.body);
    if (token === null) return this.refuse(NO_TOKEN(outcome.httpStatus));
    this.refusal = null;
    this.current = token;
    return { kind: 'ok', token };
  }

  /** An answered and refused login means wrong credentials, whatever its status. */
  private judge(answer: WireAnswer): CallOutcome {
    const facts = { endpoint: LOGIN_ENDPOINT, mutating: false, hide: this.hiding(), now: Date.now() };
    const outcome = classify(answer, facts);
    if (outcome.kind === 'ok' || outcome.failure.class !== 'rejected') return outcome;
    return { ...outcome, failure: { ...outcome.failure, class: 'unauthorized' } };
  }

  private refuse(failure: UpstreamFailure): TokenOutcome {
    if (failure.class === 'unauthorized') this.refusal = { failure, until: performance.now() + REFUSAL_HOLD_MS };
    return { kind: 'refused', failure };
  }
}

const NO_TOKEN = (httpStatus: number): UpstreamFailure => ({
  class: 'unavailable',
  httpStatus,
  message: `${LOGIN_ENDPOINT}: the answer holds no token`,
  retryAfterMs: null,
});

const SPELLINGS = ['access_token', 'token', 'plain_api_token'];

const readToken = (body: unknown): string | null => {
  if (!isRecord(body)) return null;
  const data = isRecord(body['data']) ? body['data'] : body;
  const user = isRecord(data['user']) ? data['user'] : {};
  const token = firstOf(toText, ...SPELLINGS.map((name) => data[name]), user['plain_api_token']);
  return token === null ? null : token.trim();
};

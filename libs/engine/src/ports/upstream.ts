import type { Listing, RoutingFields, Section, SectionRows } from '@dialtone/domain';

/** Narrows a listing on the server. Only presence may be believed from a narrowed listing, never absence. */
export interface ListFilter {
  readonly clientId?: number;
  readonly search?: string;
}

export interface RemoteBotFields {
  readonly name: string;
  readonly websocketUrl: string;
  readonly active: boolean;
}

/** Why VoiceLink did not do it. Classified once, in the adapter, by table. */
export type UpstreamErrorClass =
  /** 422, 400, 409, or 200 with status:false: the same call will be refused again. */
  | 'rejected'
  /** 401 after a fresh login, 403: credentials or rights. */
  | 'unauthorized'
  /** 404: no such record or no such route. */
  | 'not_found'
  /** 429. `retryAfterMs` when the answer said so. */
  | 'rate_limited'
  /** Connection refused, 5xx, HTML instead of JSON, time-out of a read. */
  | 'unavailable'
  /** Dry-run refused to send it. */
  | 'dry_run';

export interface UpstreamFailure {
  readonly class: UpstreamErrorClass;
  /** HTTP status, or null when no answer came. */
  readonly httpStatus: number | null;
  /** Safe to show: no credential, no token. */
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** True: no answer came in time, from VoiceLink or from something behind what answered (408, 504). */
  readonly timedOut?: boolean;
  /** True: nothing was sent; the budget or the breaker kept it back, and asking again before `retryAfterMs` is no use. */
  readonly throttled?: boolean;
}

/**
 * Told while the first request of a listing waits for its turn, and right before it is sent: what is listed is asked for after the
 * last `sent`. It may be told so again, when what came before is of no use and the list is begun anew.
 */
export interface ListTurn {
  waits(): void;
  sent(): void;
}

/** Nothing would be sent at the moment. */
export interface UpstreamPause {
  /** VoiceLink has not answered several requests in a row, or takes no more requests. */
  readonly why: 'unavailable' | 'rate_limited';
  readonly forMs: number;
}

/**
 * Outcome of one mutating call. `unknown`: it may or may not take effect, now or later (time-out, connection lost after
 * sending, 5xx): never repeat it before a complete listing has shown that it did not.
 */
export type WriteOutcome =
  | { readonly kind: 'accepted'; readonly id: number | null }
  | { readonly kind: 'refused'; readonly failure: UpstreamFailure }
  | { readonly kind: 'unknown'; readonly failure: UpstreamFailure };

/**
 * The effect contract with one VoiceLink account (VoiceLink upstream notes §4).
 *
 * Lists never throw for upstream trouble: a failed listing is data. Every listing asks VoiceLink for every page. Rows are
 * immutable, and a row in which nothing changed may be the same object as in an earlier listing: then, and only then, it
 * is the same record in every field. No mutating method ever sends its request twice,
 * except after a 401, which proves that nothing was done. None is idempotent upstream: callers journal before they call.
 */
export interface VoiceLinkAccount {
  /** Why this account would send nothing at the moment, in the lane that it was opened in; null when it would. Sends nothing. */
  currentPause(): UpstreamPause | null;
  /**
   * `GET /v1/auth/user`: the id of the reseller whose account this is. `no_answer`: ask again later. Null: VoiceLink does not say, now or
   * ever.
   */
  owner(): Promise<{ readonly resellerId: string | null } | 'no_answer'>;
  list<S extends Section>(section: S, filter?: ListFilter, turn?: ListTurn): Promise<Listing<SectionRows[S]>>;
  /** `POST /v1/reseller/client/map-did`. Only for a DID that was just seen unmapped. */
  mapDid(input: {
    readonly didId: number;
    readonly clientId: number;
    readonly callRecording: 0 | 1;
  }): Promise<WriteOutcome>;
  /** `POST /v1/websocket-bot/create`. Repeating it makes a second bot. */
  createBot(input: RemoteBotFields & { readonly clientId: number }): Promise<WriteOutcome>;
  /** `POST /v1/websocket-bot/update/{id}`. Replaces: `keep` is the record as read; its other fields are sent back. */
  updateBot(botId: number, fields: RemoteBotFields, keep: Readonly<Record<string, unknown>>): Promise<WriteOutcome>;
  /** `POST /v1/call-routing/create`. Fails when the DID already has a record. */
  createRouting(input: {
    readonly didId: number;
    readonly didNumber: string;
    readonly fields: RoutingFields;
  }): Promise<WriteOutcome>;
  /**
   * `POST /v1/call-routing/update/{id}`. Replaces: `fields` always holds both halves; `keep` is the record as read, whose other
   * fields are sent back.
   */
  updateRouting(
    routingId: number,
    fields: RoutingFields,
    keep: Readonly<Record<string, unknown>>,
  ): Promise<WriteOutcome>;
}

import type { Section } from '@dialtone/domain';
import type { UpstreamErrorClass, UpstreamGate } from '@dialtone/engine';

/** A reseller's login; client sub-accounts cannot log in (VoiceLink upstream notes §2). */
export interface VoiceLinkCredentials {
  readonly username: string;
  readonly password: string;
}

/** Milliseconds. `totalMs` bounds one request from queueing to the last byte: the "client time-out" of a write's in-doubt window. */
export interface VoiceLinkTimeouts {
  readonly connectMs: number;
  /** From the request being written to the answer's headers; kept to about half a second. */
  readonly headersMs: number;
  /** Between two chunks of the answer's body. */
  readonly bodyMs: number;
  readonly totalMs: number;
}

/** Retries of reads, milliseconds. Mutating calls are never retried. */
export interface ReadRetryPolicy {
  /** Further attempts after the first; at most 2. */
  readonly retries: number;
  /** Upper end of the first random delay; doubles with every attempt. */
  readonly baseMs: number;
  /** The read fails at once instead of waiting longer than this (also for a longer Retry-After). */
  readonly maxDelayMs: number;
}

/** One HTTP request as it ended; for metrics. */
export interface VoiceLinkCallEvent {
  /** Method and path template, e.g. `POST /v1/websocket-bot/update/{id}`: a bounded set. */
  readonly endpoint: string;
  /** `unknown`: a mutating call that may or may not have taken effect. */
  readonly outcome: 'ok' | 'unknown' | UpstreamErrorClass;
  readonly durationMs: number;
  readonly httpStatus: number | null;
}

/** Called after every HTTP request, logins and retries included. Its errors are ignored, so that no outcome is lost. */
export type VoiceLinkObserver = (event: VoiceLinkCallEvent) => void;

/** A value in a listed record that is there and is not understood. */
export interface UnreadableValue {
  readonly section: Section;
  /** Name of the field, as VoiceLink spells it: a bounded set. */
  readonly field: string;
  /** Of the row. */
  readonly id: number | null;
  /** What came, in a few printable characters. */
  readonly shape: string;
}

/** Called for every such value when its record is new or has changed. Its errors fail the listing. */
export type UnreadableObserver = (value: UnreadableValue) => void;

export interface VoiceLinkOptions {
  /** What `/v1/…` is appended to, e.g. `https://app.voicelink.co.in/api`. */
  readonly baseUrl: string;
  readonly credentials: VoiceLinkCredentials;
  readonly timeouts?: Partial<VoiceLinkTimeouts>;
  readonly readRetry?: Partial<ReadRetryPolicy>;
  /** A longer answer fails: reading it takes several times its length in memory, at the cost of all other requests. */
  readonly maxAnswerBytes?: number;
  /** Most simultaneous connections for reads, and as many again for writes. */
  readonly connections?: number;
  /** True: every mutating call is refused with class `dry_run` before a byte is sent. Logging in is not mutating. */
  readonly dryRun?: boolean;
  /** Country code of numbers that are listed without one. */
  readonly countryCode?: string;
  /** Offset of dates without time zone; a bare date lasts until the end of that day there. VoiceLink's clock is IST (§10.15). */
  readonly expiryTimezoneOffset?: string;
  /** Rows asked for per page, for sections that are paged; a smaller one is used when VoiceLink refuses it. */
  readonly pageSize?: Partial<Record<Section, number>>;
  readonly observer?: VoiceLinkObserver;
  readonly onUnreadable?: UnreadableObserver;
  /**
   * Permission for one request, asked right before it is sent, after all waits; logins need none. When it resolves to false or
   * rejects, the request is refused with class `unavailable` before a byte is sent. By default every request may be sent.
   */
  readonly mayCall?: (kind: 'read' | 'write') => Promise<boolean>;
  /** Every request passes it before it is sent. Without one, requests are not limited. */
  readonly gate?: Gate;
}

/** The part of an UpstreamGate that a client uses; closed with the account. */
export type Gate = Pick<UpstreamGate, 'pass' | 'pause' | 'close'>;

/** Options with every default filled in. */
export type VoiceLinkSettings = Required<Omit<VoiceLinkOptions, 'timeouts' | 'readRetry' | 'pageSize' | 'gate'>> & {
  readonly gate?: Gate;
  readonly timeouts: VoiceLinkTimeouts;
  readonly readRetry: ReadRetryPolicy;
  readonly pageSize: Partial<Record<Section, number>>;
};

/** Integrations were seen with 10 to 30 s (VoiceLink upstream notes §1). */
export const DEFAULT_TIMEOUTS: VoiceLinkTimeouts = {
  connectMs: 5_000,
  headersMs: 15_000,
  bodyMs: 15_000,
  totalMs: 30_000,
};

/** More than twice what the longest bare list of 100,000 DIDs takes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const DEFAULT_READ_RETRY: ReadRetryPolicy = { retries: 2, baseMs: 250, maxDelayMs: 5_000 };
const MAX_READ_RETRIES = 2;

const ignore = (): void => undefined;
const always = (): Promise<boolean> => Promise.resolve(true);

/** Fills in the defaults; throws a TypeError that names the option when the base URL or the offset cannot be used. */
export const settingsOf = (options: VoiceLinkOptions): VoiceLinkSettings => {
  const readRetry = { ...DEFAULT_READ_RETRY, ...options.readRetry };
  return {
    connections: 32,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    dryRun: false,
    countryCode: '91',
    observer: ignore,
    onUnreadable: ignore,
    mayCall: always,
    ...options,
    baseUrl: parseBaseUrl(options.baseUrl),
    expiryTimezoneOffset: parseOffset(options.expiryTimezoneOffset ?? '+05:30'),
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    readRetry: { ...readRetry, retries: Math.min(readRetry.retries, MAX_READ_RETRIES) },
    pageSize: options.pageSize ?? {},
  };
};

const parseBaseUrl = (raw: string): string => {
  const url = URL.parse(raw);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new TypeError('baseUrl: an http(s) URL is needed');
  return url.origin + url.pathname.replace(/\/+$/, '');
};

const parseOffset = (raw: string): string => {
  if (!/^[+-]\d\d:\d\d$/.test(raw)) throw new TypeError('expiryTimezoneOffset: an offset such as +05:30 is needed');
  return raw;
};

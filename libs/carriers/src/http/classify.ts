import { withoutSecrets, type Hide } from '@dialtone/domain';
import { describeAnswer, excerptOf, parseJson, retryAfterMs, type WireAnswer } from '@dialtone/wire';
import type { CarrierFailure, FailureReason } from '../port';
import { at, recordOf, textIn, textOf } from './read';

/** One request as it ended. */
export type Reply =
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown }
  /** Certainly nothing done, or a read that failed. */
  | { readonly kind: 'refused'; readonly failure: CarrierFailure }
  /** A request that changes something, which may or may not take effect. */
  | { readonly kind: 'unknown'; readonly failure: CarrierFailure };

/** What a carrier says in a 2xx answer when it refuses; null when it does not. */
export type RefusalIn = (body: unknown) => string | null;

interface StatusRule {
  readonly from: number;
  readonly to: number;
  readonly reason: FailureReason;
  /** Whether the status proves that a request had no effect. */
  readonly nothingDone: boolean;
}

/**
 * The one table from HTTP status to meaning, the first match wins. A redirect (none is followed), a 408 and any 5xx may come from a
 * proxy that has passed the request on, so a call that was asked for may still ring.
 */
const STATUS_RULES: readonly StatusRule[] = [
  { from: 401, to: 401, reason: 'unauthorized', nothingDone: true },
  { from: 402, to: 402, reason: 'payment', nothingDone: true },
  { from: 403, to: 403, reason: 'forbidden', nothingDone: true },
  { from: 404, to: 404, reason: 'not_found', nothingDone: true },
  { from: 408, to: 408, reason: 'unavailable', nothingDone: false },
  { from: 429, to: 429, reason: 'rate_limited', nothingDone: true },
  { from: 400, to: 499, reason: 'rejected', nothingDone: true },
];

const ANY_OTHER: Omit<StatusRule, 'from' | 'to'> = { reason: 'unavailable', nothingDone: false };

export interface Facts {
  /** What was asked for, for people: "Plivo: place a call". */
  readonly what: string;
  /** Whether the request changes something. */
  readonly changes: boolean;
  readonly hide: Hide;
  readonly secrets: readonly string[];
  /** Epoch ms. */
  readonly now: number;
  readonly refusalIn: RefusalIn;
  /** Whether the body is needed as it came; otherwise it is without secrets. */
  readonly keepsBody: boolean;
}

const MAX_MESSAGE = 400;
const NOT_JSON = Symbol('not JSON');

/** The meaning of one exchange. Pure. */
export const classify = (answer: WireAnswer, facts: Facts): Reply => {
  if (answer.kind === 'no_answer') {
    const { reason: text, timedOut, sent } = answer;
    return failed(facts, { reason: 'unavailable', nothingDone: !sent, text, timedOut });
  }
  const body = read(answer);
  const { status } = answer;
  if (status >= 200 && status < 300) return ofSuccess(answer, body, facts);
  const rule = STATUS_RULES.find(({ from, to }) => status >= from && status <= to) ?? ANY_OTHER;
  return failed(facts, {
    reason: rule.reason,
    nothingDone: rule.nothingDone,
    status,
    code: codeIn(body),
    text: wordsOf(answer, body, facts.hide),
    timedOut: status === 408 || status === 504,
    retryAfterMs: retryAfterMs(answer.headers, facts.now),
  });
};

type Answer = Extract<WireAnswer, { readonly kind: 'answer' }>;

const read = ({ status, body: { bytes } }: Answer): unknown => {
  if (status === 204 || bytes.length === 0) return null;
  try {
    return parseJson(bytes);
  } catch {
    return NOT_JSON;
  }
};

/** A page in place of JSON says nothing about what was done; a refusal inside of a 2xx does. */
const ofSuccess = (answer: Answer, body: unknown, facts: Facts): Reply => {
  const { status } = answer;
  if (body === NOT_JSON) {
    const text = wordsOf(answer, body, facts.hide);
    return failed(facts, { reason: 'unavailable', nothingDone: false, status, text });
  }
  const refusal = facts.refusalIn(body);
  if (refusal !== null) return failed(facts, { reason: 'rejected', nothingDone: true, status, text: refusal });
  return { kind: 'ok', status, body: facts.keepsBody ? body : withoutSecrets(body, facts.secrets) };
};

interface Finding {
  readonly reason: FailureReason;
  readonly nothingDone: boolean;
  readonly text: string;
  readonly status?: number;
  readonly code?: string | null;
  readonly timedOut?: boolean;
  readonly retryAfterMs?: number | null;
}

const failed = (facts: Facts, finding: Finding): Reply => {
  const status = finding.status === undefined ? [] : [`HTTP ${String(finding.status)}`];
  const text = facts.hide([...status, finding.text].join(': '));
  return {
    kind: facts.changes && !finding.nothingDone ? 'unknown' : 'refused',
    failure: {
      reason: finding.reason,
      httpStatus: finding.status ?? null,
      code: finding.code ?? null,
      message: `${facts.what}: ${excerptOf(text, MAX_MESSAGE)}`,
      retryAfterMs: finding.retryAfterMs ?? null,
      timedOut: finding.timedOut ?? false,
      isOwn: false,
    },
  };
};

/** Where carriers put what they have to say: flat, in `error`, or in Exotel's `RestException`. */
const PLACES = [[], ['error'], ['RestException'], ['errors']] as const;
const WORDS = ['message', 'Message', 'msg', 'error', 'detail', 'error_description'];
const CODES = ['code', 'Code', 'error_code'];

const wordsOf = (answer: Answer, body: unknown, hide: Hide): string => {
  if (body === NOT_JSON) return `the answer is not JSON: ${describeAnswer(answer.body.bytes, hide)}`;
  return saidIn(body) ?? 'no message';
};

/** The human text of an answer, wherever it stands; of a map from fields to messages, all of them. */
export const saidIn = (body: unknown): string | null => {
  for (const place of PLACES) {
    const said = textIn(at(body, ...place), ...WORDS);
    if (said !== null) return said;
  }
  const fields = Object.entries({ ...recordOf(body), ...recordOf(at(body, 'error')) }).flatMap(([name, value]) => {
    const said = textOf(Array.isArray(value) ? value[0] : value);
    return typeof value === 'number' || said === null || name === 'api_id' ? [] : [`${name}: ${said}`];
  });
  return fields.length === 0 ? null : fields.join(' ');
};

const codeIn = (body: unknown): string | null => {
  for (const place of PLACES) {
    const code = textIn(at(body, ...place), ...CODES);
    if (code !== null) return excerptOf(code);
  }
  return null;
};

import type { Hide } from '@dialtone/domain';
import { describeAnswer, parseJson, retryAfterMs, type ReceivedBody, type WireAnswer } from '@dialtone/wire';
import type { UpstreamErrorClass, UpstreamFailure } from '@dialtone/engine';
import { readFieldErrors, readMessage, saysFailure } from './envelope';

/** One call as it ended. */
export type CallOutcome =
  | { readonly kind: 'ok'; readonly httpStatus: number; readonly body: unknown }
  /** Certainly not done (or a read that failed). */
  | CallFailure<'refused'>
  /** A mutating call that may or may not take effect, now or later. Never for reads. */
  | CallFailure<'unknown'>;

export interface CallFailure<Kind extends 'refused' | 'unknown'> {
  readonly kind: Kind;
  readonly failure: UpstreamFailure;
  /** Messages per field of a validation error; empty otherwise. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

interface StatusRule {
  readonly from: number;
  readonly to: number;
  readonly class: UpstreamErrorClass;
  /** The class when the body is not JSON: then a proxy or a firewall answered in VoiceLink's place. */
  readonly withoutJson: UpstreamErrorClass;
  /** Whether the status proves that a mutating call had no effect. */
  readonly nothingDone: boolean;
}

/**
 * The one table from HTTP status to meaning, first match wins (VoiceLink upstream notes §3.3). 2xx is not in it: that is
 * a success unless the body says otherwise. A redirect, a 408 and any 5xx may come from a proxy that passed
 * the request on before it gave up, so they prove nothing about a write.
 */
const STATUS_RULES: readonly StatusRule[] = [
  { from: 401, to: 401, class: 'unauthorized', withoutJson: 'unauthorized', nothingDone: true },
  { from: 403, to: 403, class: 'unauthorized', withoutJson: 'unavailable', nothingDone: true },
  { from: 404, to: 404, class: 'not_found', withoutJson: 'not_found', nothingDone: true },
  { from: 408, to: 408, class: 'unavailable', withoutJson: 'unavailable', nothingDone: false },
  { from: 429, to: 429, class: 'rate_limited', withoutJson: 'rate_limited', nothingDone: true },
  { from: 400, to: 499, class: 'rejected', withoutJson: 'unavailable', nothingDone: true },
  { from: 0, to: 999, class: 'unavailable', withoutJson: 'unavailable', nothingDone: false },
];

interface Facts {
  readonly endpoint: string;
  readonly mutating: boolean;
  /** Hides what must not be seen in a message. */
  readonly hide: Hide;
  /** Epoch ms, for a Retry-After that is a date. */
  readonly now: number;
  /** The body, when it was read already (`readAnswer`). */
  readonly body?: unknown;
}

/** A server in between gave up waiting. */
const TIMED_OUT: ReadonlySet<number> = new Set([408, 504]);
const MAX_MESSAGE = 500;

/** What came in place of JSON. */
class NotJson {
  constructor(readonly bytes: Buffer) {}
}

/** The meaning of one exchange. Pure. */
export const classify = (answer: WireAnswer, facts: Facts): CallOutcome => {
  if (answer.kind === 'no_answer') {
    return failed(facts, {
      class: 'unavailable',
      nothingDone: !answer.sent,
      status: null,
      text: answer.reason,
      timedOut: answer.timedOut,
    });
  }
  const body = 'body' in facts ? facts.body : parsedJson(answer);
  if (isSuccess(answer.status)) return classifySuccess(answer.status, body, facts);
  const rule = STATUS_RULES.find(({ from, to }) => answer.status >= from && answer.status <= to);
  if (rule === undefined) throw new RangeError(`no rule for HTTP status ${String(answer.status)}`);
  return failed(facts, {
    class: body instanceof NotJson ? rule.withoutJson : rule.class,
    nothingDone: rule.nothingDone,
    status: answer.status,
    text: textOf(body, facts.hide),
    fields: readFieldErrors(body),
    timedOut: TIMED_OUT.has(answer.status),
    retryAfterMs:
      rule.class === 'rate_limited' || rule.class === 'unavailable' ? retryAfterMs(answer.headers, facts.now) : null,
  });
};

const classifySuccess = (status: number, body: unknown, facts: Facts): CallOutcome => {
  if (isNoEnvelope(body)) {
    return failed(facts, { class: 'unavailable', nothingDone: false, status, text: textOf(body, facts.hide) });
  }
  if (saysFailure(body)) {
    const fields = readFieldErrors(body);
    return failed(facts, { class: 'rejected', nothingDone: true, status, text: textOf(body, facts.hide), fields });
  }
  return { kind: 'ok', httpStatus: status, body };
};

/** Not JSON, or JSON that is no envelope, list or record. Null is none of them either, but 204 has no content on purpose. */
const isNoEnvelope = (body: unknown): boolean => body instanceof NotJson || (body !== null && typeof body !== 'object');

interface Finding {
  readonly class: UpstreamErrorClass;
  readonly nothingDone: boolean;
  readonly status: number | null;
  readonly text: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  readonly retryAfterMs?: number | null;
  readonly timedOut?: boolean;
}

const failed = (facts: Facts, finding: Finding): CallOutcome => {
  const { hide } = facts;
  const fields = Object.entries(finding.fields ?? {});
  const status = finding.status === null ? [] : [`HTTP ${String(finding.status)}`];
  const details = fields.map(([field, messages]) => `${field}: ${messages.join(' ')}`);
  return {
    kind: facts.mutating && !finding.nothingDone ? 'unknown' : 'refused',
    failure: {
      class: finding.class,
      httpStatus: finding.status,
      message: [facts.endpoint, hide([...status, finding.text, ...details].join(': '))]
        .join(': ')
        .slice(0, MAX_MESSAGE),
      retryAfterMs: finding.retryAfterMs ?? null,
      ...(finding.timedOut === true && { timedOut: true }),
    },
    fields: Object.fromEntries(fields.map(([field, messages]) => [hide(field), messages.map(hide)])),
  };
};

const parsedJson = ({ status, body }: Answer): unknown => {
  if (status === 204) return null;
  try {
    return parseJson(body.bytes);
  } catch {
    return new NotJson(body.bytes);
  }
};

type Answer = Extract<WireAnswer, { kind: 'answer' }>;

/** The body of an answer for `classify`: of a success as `read` makes it; undefined: it is parsed as others are. */
export const readAnswer = async (
  answer: WireAnswer,
  read: (body: ReceivedBody) => Promise<unknown>,
): Promise<Pick<Facts, 'body'>> => {
  if (answer.kind === 'no_answer' || answer.status === 204 || !isSuccess(answer.status)) return {};
  const body = await read(answer.body);
  return body === undefined ? {} : { body };
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const textOf = (body: unknown, hide: Hide): string => {
  if (body instanceof NotJson) return `the answer is not JSON: ${describeAnswer(body.bytes, hide)}`;
  return isNoEnvelope(body) ? 'the answer is no JSON object' : (readMessage(body) ?? 'no message');
};

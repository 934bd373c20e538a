import type { Operation } from './document';

/** Who asks. */
export type Caller = 'partner' | 'nobody' | 'forger';

/** One request as it is sent: texts are not encoded yet. */
export interface FuzzRequest {
  readonly operation: Operation;
  /** What the generator wanted, for the reader of a report: `valid`, or what was done to a valid request. */
  readonly intent: string;
  readonly caller: Caller;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body; null for none. */
  readonly payload: string | null;
  /** Null: the header is not sent. */
  readonly contentType: string | null;
}

/** Lone surrogates have no encoding: they become U+FFFD, as in every client. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Path and query as they go over the wire. */
export const urlOf = ({ operation, path, query }: FuzzRequest): string => {
  const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encoded(path[name] ?? ''));
  const pairs = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
};

/** A wait and a stream last a second: what most of them wait for never comes. What is no valid time stays as it is. */
export const inHaste = (request: FuzzRequest): FuzzRequest => {
  const { query, operation } = request;
  const isStream = operation.path.endsWith('/stream');
  if (!isStream && !query.some(([name]) => name === 'wait')) return request;
  const isTime = ([name, value]: FuzzRequest['query'][number]): boolean =>
    name === 'timeout_seconds' &&
    Number.isInteger(Number(value)) &&
    Number(value) > 1 &&
    Number(value) <= (isStream ? LONGEST_STREAM_S : LONGEST_S);
  const isSaid = query.some(([name]) => name === 'timeout_seconds');
  const hasty = query.map((pair) => (isTime(pair) ? (['timeout_seconds', '1'] as const) : pair));
  return { ...request, query: isSaid ? hasty : [...hasty, ['timeout_seconds', '1']] };
};

/** As the document says. */
const LONGEST_S = 120;
const LONGEST_STREAM_S = 3_600;
const MAX_SHOWN = 600;

/** One line that says what was sent. */
export const describeRequest = (request: FuzzRequest): string => {
  const { operation, caller, headers, payload, contentType, intent } = request;
  const parts = [
    `${operation.method.toUpperCase()} ${urlOf(request).slice(0, MAX_SHOWN)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...(payload === null ? [] : [`${contentType ?? 'no content type'} ${JSON.stringify(payload.slice(0, MAX_SHOWN))}`]),
    ...(payload === null || payload.length <= MAX_SHOWN ? [] : [`(${String(payload.length)} characters)`]),
    ...(caller === 'partner' ? [] : [`as ${caller}`]),
    `[${intent}]`,
  ];
  return parts.join(' ');
};

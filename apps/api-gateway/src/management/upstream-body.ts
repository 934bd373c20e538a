import { cleanerOf } from '@dialtone/domain';
import { inTurns } from '@dialtone/engine';
import { SystemClock } from '@dialtone/platform';

/** A body of VoiceLink, ready to pass on: always an object. */
export type UpstreamBody = Readonly<Record<string, unknown>>;

/** Omitted fields are not sent, rather than sent as null: what VoiceLink makes of null is unknown. */
export const withoutUndefined = (fields: UpstreamBody): UpstreamBody =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What is sent. */
export interface PreparedBody {
  readonly body: UpstreamBody;
  /** The record that it changes, as VoiceLink has it; left out: there is none, or it is not known. */
  readonly record?: UpstreamBody | undefined;
}

/** As of `withoutUndefined`. */
export const asSent = (fields: UpstreamBody, record?: UpstreamBody): PreparedBody => ({
  body: withoutUndefined(fields),
  record,
});

const isObject = (value: unknown): value is UpstreamBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asObject = (body: unknown): UpstreamBody => {
  if (isObject(body)) return body;
  return body === null || body === undefined ? {} : { data: body };
};

/**
 * A list with its rows at `data`, as the documents show every list. VoiceLink sends some lists bare and others as a page inside
 * `data` (VoiceLink upstream notes §3.5); the fields of the page then stand beside the rows. A bare list may contain a whole
 * account: cleaning it yields to other requests.
 */
export const passOnList = async (body: unknown, login: readonly string[]): Promise<UpstreamBody> => {
  const clean = cleanerOf([], login);
  const list = flattened(asObject(body));
  const rows: unknown = list['data'];
  if (!Array.isArray(rows)) return clean(list) as UpstreamBody;
  const data: unknown[] = [];
  await inTurns(new SystemClock(), rows as unknown[], (row) => data.push(clean(row)));
  return { ...(clean({ ...list, data: null }) as UpstreamBody), data };
};

const flattened = (envelope: UpstreamBody): UpstreamBody => {
  const page = envelope['data'];
  return isObject(page) && Array.isArray(page['data']) ? { ...envelope, ...page } : envelope;
};

/** The answer to a write; `secrets` are those that the caller sent, `login` those of the connection. */
export const passOnAnswer = (body: unknown, secrets: readonly string[], login: readonly string[]): UpstreamBody =>
  asObject(cleanerOf(secrets, login)(body));

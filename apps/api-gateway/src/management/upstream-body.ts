import { withoutSecrets } from '@dialtone/domain';

/** A body of VoiceLink as it is passed on: always an object. */
export type UpstreamBody = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is UpstreamBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asObject = (body: unknown): UpstreamBody => {
  if (isObject(body)) return body;
  return body === null || body === undefined ? {} : { data: body };
};

/**
 * A list with its rows at `data`, as the documents show every list. VoiceLink answers some lists bare and others as a page
 * inside `data` (VoiceLink upstream notes §3.5): the numbers of the page then stand beside the rows.
 */
export const passOnList = (body: unknown, secrets: readonly string[]): UpstreamBody => {
  const envelope = asObject(withoutSecrets(body, secrets));
  const page = envelope['data'];
  return isObject(page) && Array.isArray(page['data']) ? { ...envelope, ...page } : envelope;
};

/** The answer to a write; `secrets` are also what the caller sent and must not be seen again. */
export const passOnAnswer = (body: unknown, secrets: readonly string[]): UpstreamBody =>
  asObject(withoutSecrets(body, secrets));

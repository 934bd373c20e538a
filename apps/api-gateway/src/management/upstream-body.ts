import { isSecretField, REDACTED } from '@dialtone/domain';

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
export const passOnList = (body: unknown): UpstreamBody => {
  const envelope = asObject(withoutSecrets(body));
  const page = envelope['data'];
  return isObject(page) && Array.isArray(page['data']) ? { ...envelope, ...page } : envelope;
};

/** The answer to a write; `secrets` are what the caller sent and must not be seen again. */
export const passOnAnswer = (body: unknown, secrets: readonly string[]): UpstreamBody =>
  asObject(withoutSecrets(body, secrets));

const withoutSecrets = (value: unknown, secrets: readonly string[] = []): unknown => {
  if (typeof value === 'string') return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, secrets));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretField(name) && !isFlag(inner) ? REDACTED : withoutSecrets(inner, secrets),
    ]),
  );
};

/** Whether there is a password, but not which: VoiceLink writes 0 and 1 for false and true. */
const isFlag = (value: unknown): boolean => value === null || typeof value === 'boolean' || value === 0 || value === 1;

/** Shorter ones would tear innocent words apart; alone, they are replaced as well. */
const MIN_INSIDE_TEXT = 4;

/** VoiceLink may quote what it was sent. */
export const redactText = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => {
    if (clean === secret) return REDACTED;
    return secret.length < MIN_INSIDE_TEXT ? clean : clean.replaceAll(secret, REDACTED);
  }, text);

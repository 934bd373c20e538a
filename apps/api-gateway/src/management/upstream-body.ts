import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanerOf, withoutSecrets } from '@dialtone/domain';

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
export const passOnList = async (body: unknown, secrets: readonly string[]): Promise<UpstreamBody> => {
  const clean = cleanerOf(secrets);
  const list = flattened(asObject(body));
  const rows: unknown = list['data'];
  if (!Array.isArray(rows)) return clean(list) as UpstreamBody;
  return { ...(clean({ ...list, data: null }) as UpstreamBody), data: await inPortions(rows, clean) };
};

const flattened = (envelope: UpstreamBody): UpstreamBody => {
  const page = envelope['data'];
  return isObject(page) && Array.isArray(page['data']) ? { ...envelope, ...page } : envelope;
};

/** Rows that are cleaned before others get their turn: some milliseconds. A bare list may hold a whole account. */
const ROWS_PER_TURN = 1_000;

const inPortions = async (rows: readonly unknown[], clean: (row: unknown) => unknown): Promise<readonly unknown[]> => {
  const cleaned: unknown[] = [];
  for (let start = 0; start < rows.length; start += ROWS_PER_TURN) {
    if (start > 0) await nextTurn();
    for (const row of rows.slice(start, start + ROWS_PER_TURN)) cleaned.push(clean(row));
  }
  return cleaned;
};

/** The answer to a write; `secrets` are also what the caller sent and must not be seen again. */
export const passOnAnswer = (body: unknown, secrets: readonly string[]): UpstreamBody =>
  asObject(withoutSecrets(body, secrets));

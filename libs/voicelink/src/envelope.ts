import { firstOf, isRecord, toCount, toId, toText, type JsonRecord } from './scalars';

/** What an answer says about its paging; all null for a bare list. */
export interface PageInfo {
  readonly total: number | null;
  readonly lastPage: number | null;
  readonly perPage: number | null;
}

export interface ListPage {
  readonly rows: readonly unknown[];
  readonly info: PageInfo;
}

const NO_INFO: PageInfo = { total: null, lastPage: null, perPage: null };

/** The rows at `body`, `body.data` or `body.data.data` (VoiceLink upstream notes §3.5), or null when there is no array. */
export const readListPage = (body: unknown): ListPage | null => {
  let holder: JsonRecord | null = null;
  let value = body;
  for (let depth = 0; depth < 3; depth += 1) {
    if (Array.isArray(value)) return { rows: value, info: holder === null ? NO_INFO : readPageInfo(holder) };
    if (!isRecord(value)) return null;
    holder = value;
    value = value['data'];
  }
  return null;
};

const readPageInfo = (holder: JsonRecord): PageInfo => {
  const meta = isRecord(holder['meta']) ? holder['meta'] : {};
  const read = (name: string): number | null => firstOf(toCount, holder[name], meta[name]);
  return { total: read('total'), lastPage: read('last_page'), perPage: read('per_page') };
};

/** Only an explicit false is a failure: `status` may be missing on a success (VoiceLink upstream notes §3.1). */
export const saysFailure = (body: unknown): boolean =>
  isRecord(body) && (body['status'] === false || body['status'] === 'false');

/** The human text of an answer, or null. */
export const readMessage = (body: unknown): string | null => (isRecord(body) ? toText(body['message']) : null);

/** Messages per field of a 422: in `errors`, else in `data` (VoiceLink upstream notes §3.3). Empty when there are none. */
export const readFieldErrors = (body: unknown): Readonly<Record<string, readonly string[]>> => {
  if (!isRecord(body)) return {};
  const source = isRecord(body['errors']) ? body['errors'] : body['data'];
  if (!isRecord(source)) return {};
  const entries = Object.entries(source).map(([field, value]) => [field, toMessages(value)] as const);
  return Object.fromEntries(entries.filter(([, messages]) => messages.length > 0));
};

const toMessages = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');

/** The id in the thin answer to a create; `names` are the other spellings that were seen (VoiceLink upstream notes §3.1). */
export const readCreatedId = (body: unknown, ...names: readonly string[]): number | null => {
  if (!isRecord(body)) return null;
  const data = isRecord(body['data']) ? body['data'] : {};
  const spellings = ['id', ...names];
  return firstOf(toId, ...spellings.map((name) => data[name]), ...spellings.map((name) => body[name]));
};

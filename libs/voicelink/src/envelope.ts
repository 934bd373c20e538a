import { shapeOf } from '@dialtone/wire';
import { isNone } from './meanings';
import { firstOf, isRecord, toCount, toId, toText, type JsonRecord } from './scalars';

/** What an answer says about its paging; all null for a bare list. */
export interface PageInfo {
  readonly total: number | null;
  readonly lastPage: number | null;
  readonly perPage: number | null;
  /** One of these numbers that is present and unreadable, for people: the end of the list is then unknown. */
  readonly unreadable?: string;
}

export interface ListPage {
  readonly rows: readonly unknown[];
  readonly info: PageInfo;
}

const NO_INFO: PageInfo = { total: null, lastPage: null, perPage: null };

/** The rows at `body`, `body.data` or `body.data.data` (VoiceLink upstream notes §3.5), or null when there is no list. */
export const readListPage = (body: unknown): ListPage | null => {
  let holder: JsonRecord | null = null;
  let value = body;
  for (let depth = 0; depth < 3; depth += 1) {
    const rows = rowsOf(value);
    if (rows !== null) return { rows, info: holder === null ? NO_INFO : readPageInfo(holder) };
    if (!isRecord(value)) return null;
    holder = value;
    value = value['data'];
  }
  return null;
};

const INDEX = /^(?:0|[1-9]\d{0,15})$/;

/**
 * An array, or what PHP makes of one from which it took rows away: an object whose names are all indexes. An empty object
 * says nothing about rows.
 */
const rowsOf = (value: unknown): readonly unknown[] | null => {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!isRecord(value)) return null;
  const entries = Object.entries(value);
  const isList = entries.length > 0 && entries.every(([name, row]) => INDEX.test(name) && isRecord(row));
  return isList ? entries.map(([, row]) => row) : null;
};

const PAGING = { total: 'total', lastPage: 'last_page', perPage: 'per_page' } as const;

const readPageInfo = (holder: JsonRecord): PageInfo => {
  const meta = isRecord(holder['meta']) ? holder['meta'] : {};
  const valueOf = (name: string): unknown => holder[name] ?? meta[name];
  const read = (name: string): number | null => toCount(valueOf(name));
  const odd = Object.values(PAGING).find((name) => !isNone(valueOf(name)) && read(name) === null);
  return {
    total: read(PAGING.total),
    lastPage: read(PAGING.lastPage),
    perPage: read(PAGING.perPage),
    ...(odd !== undefined && { unreadable: `${odd} is ${shapeOf(valueOf(odd))}` }),
  };
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

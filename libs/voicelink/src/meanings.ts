import { isRecord, toCount } from './scalars';

/**
 * What the values in VoiceLink's lists mean. Types and words drift without notice (VoiceLink upstream notes §10.2-§10.4, §10.12),
 * so every table has three columns: a value, none, and unreadable. The notes have them as one table (§10.20).
 */

/** A value is there and says nothing that is understood: unknown, and never "none". */
export const UNREADABLE = Symbol('unreadable');

/** Null: VoiceLink says that there is none, or says nothing. */
export type Reading<T> = T | null | typeof UNREADABLE;
export type Meaning<T> = (value: unknown) => Reading<T>;

/** Missing, null and blank text are none, whatever the field. */
export const isNone = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const words = <T>(table: ReadonlyMap<string, T>): Meaning<T> => {
  return (value) => {
    if (isNone(value)) return null;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return UNREADABLE;
    return table.get(String(value).trim().toLowerCase()) ?? UNREADABLE;
  };
};

const sayings = (yes: readonly string[], no: readonly string[]): ReadonlyMap<string, boolean> =>
  new Map([...yes.map((word) => [word, true] as const), ...no.map((word) => [word, false] as const)]);

/** `status` of bots and routing records, `is_active` of clients: whether it is in use. */
export const readActive = words(
  sayings(['1', 'true', 'yes', 'active', 'enabled'], ['0', 'false', 'no', 'inactive', 'disabled']),
);

/** `is_expired`. The word "active" is no answer to it. */
export const readExpiredMark = words(sayings(['1', 'true', 'yes', 'expired'], ['0', 'false', 'no']));

const NOT_EXPIRED = ['active', 'inactive', 'enabled', 'disabled', 'available', 'assigned', 'mapped', 'unmapped'];

/** `status` and the labels of a DID: whether they say that it is expired. The codes of `status` other than 0 and 1 are unknown (§6.1). */
export const readExpiredInStatus = words(sayings(['expired'], ['0', '1', 'true', 'false', ...NOT_EXPIRED]));

/** `user_status`: 1 available, 2 assigned, 3 expired, 4 inactive (§6.2). */
export const readExpiredInUserStatus = words(sayings(['3', 'expired'], ['1', '2', '4', ...NOT_EXPIRED]));

/** A safe, positive integer as number or digits. 0 is no id. Beyond 2^53 two ids would be read as one. */
export const readId: Meaning<number> = (value) => {
  if (isNone(value)) return null;
  const id = toCount(value);
  if (id === 0) return null;
  return id ?? UNREADABLE;
};

/** A client by id, or as a nested record with its id; PHP writes an empty record as an empty list. */
export const readClientId: Meaning<number> = (value) => {
  if (Array.isArray(value) && value.length === 0) return null;
  if (!isRecord(value)) return readId(value);
  if (Object.keys(value).length === 0) return null;
  return readId(value['id'] ?? value['client_id']) ?? UNREADABLE;
};

/** A routing mode that is sent back as it was read: any code will do. */
export const readMode: Meaning<number> = (value) => (isNone(value) ? null : (toCount(value) ?? UNREADABLE));

/** 0 unset, 1 mobile, 2 SIP trunk, 3 WebSocket bot, 4 only-answer (§8.1). */
const LAST_KNOWN_MODE = 4;

/** A routing mode that decides: of another code it is not known where it sends calls. */
export const readDecidingMode: Meaning<number> = (value) => {
  const mode = readMode(value);
  return typeof mode === 'number' && mode > LAST_KNOWN_MODE ? UNREADABLE : mode;
};

/** Text as received; a number is its digits. */
export const readText: Meaning<string> = (value) => {
  if (isNone(value)) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? value : UNREADABLE;
};

/** `country_code`: the digits of a calling code; India, where VoiceLink is, also by its letters. */
export const readCountry: Meaning<string> = (value) => {
  const text = readText(value);
  if (typeof text !== 'string') return text;
  if (/^\s*in\s*$/i.test(text)) return '91';
  const digits = text.replace(/\D/g, '');
  return /^0*$/.test(digits) ? (/^[\s+0]*$/.test(text) ? null : UNREADABLE) : digits;
};

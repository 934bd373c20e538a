/** SQLSTATE classes: 08 connection, 53 resources, 57P server going down or starting. */
const UNAVAILABLE_STATE = /^(?:08...|53...|57P0[123])$/;
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** The driver and its pool report these without a code. */
const UNAVAILABLE_TEXT =
  /timeout exceeded when trying to connect|connection terminated|client has encountered a connection error/i;

/**
 * True when an error of any store means that the database is away for now (so try again later), and not that the
 * statement was wrong.
 */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, cause, errors } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || UNAVAILABLE_STATE.test(code))) return true;
  if (typeof message === 'string' && UNAVAILABLE_TEXT.test(message)) return true;
  // Several addresses of one host were tried, or a wrapper tells what is behind it.
  return [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].some(isDatabaseUnavailable);
};

/** SQLSTATE class 28 authorization, 3D000 no such database; 42P01 no such table, 42703 no such column. */
const ACCESS_STATE = /^(?:28...|3D000)$/;
const SCHEMA_STATE = /^(?:42P01|42703)$/;

/** Whom the database does not let in, or where the tables are not those of this build: nothing that waiting would help. */
export const databaseRefusal = (error: unknown): 'access' | 'schema' | null => {
  const { code } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string') return null;
  if (ACCESS_STATE.test(code)) return 'access';
  return SCHEMA_STATE.test(code) ? 'schema' : null;
};

const UNIQUE_VIOLATION = '23505';

/** The value that a unique index refused, as the server words it (`Key (key)=(918011223344) already exists.`). */
const REFUSED_VALUE = /=\((.*)\) already exists/;

/** Null unless the error is that this unique index refused a row; then the refused value, or '' when it is not told. */
export const refusedByUnique = (error: unknown, index: string): string | null => {
  const { code, constraint, detail } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (code !== UNIQUE_VIOLATION || constraint !== index) return null;
  return (typeof detail === 'string' ? REFUSED_VALUE.exec(detail)?.[1] : undefined) ?? '';
};

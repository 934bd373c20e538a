/** The driver and its pool report most of these without a code. */
const UNAVAILABLE_TEXT =
  /timeout exceeded when trying to connect|timeout expired|connection terminated|client has encountered a connection error|client was closed and is not queryable/i;

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** 25006: the session is on a standby, or the server was made read-only. */
const READ_ONLY = '25006';

/**
 * The server does not serve on this connection any more. 08: connection; 25P03, 25P04: ended in an idle or a too long
 * transaction; 57P01 to 57P05: going down, crashed, starting, dropped, idle.
 */
const SESSION_IS_OVER = /^(?:08...|25P0[34]|57P0[1-5])$/;

/** 53: out of resources; 55P03, 57014: a lock or the statement took longer than it may; 58: the server's system fails. */
const BUSY_STATE = /^(?:53...|55P03|57014|58...)$/;

const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as Partial<Record<string, unknown>>;
  return typeof code === 'string' ? code : '';
};

/** The database does not answer in time, or refuses writes. The connection is already closed. */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';
  readonly code: string;

  constructor(
    message: string,
    readonly reason: 'silent' | 'read_only' = 'silent',
  ) {
    super(message);
    this.code = reason === 'read_only' ? READ_ONLY : 'ETIMEDOUT';
  }
}

/** Why the session of this error must not be used again; null when it may. */
export const sessionLoss = (error: unknown): 'read_only' | 'unreachable' | null => {
  const code = codeOf(error);
  if (code === READ_ONLY) return 'read_only';
  return SESSION_IS_OVER.test(code) ? 'unreachable' : null;
};

/**
 * True when an error of any store means that the database is away for now (so try again later), and not that the
 * statement was wrong.
 */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  const code = codeOf(error);
  if (SOCKET_CODES.has(code) || BUSY_STATE.test(code) || sessionLoss(error) !== null) return true;
  const { message, cause, errors } = error as Readonly<Record<string, unknown>>;
  if (typeof message === 'string' && UNAVAILABLE_TEXT.test(message)) return true;
  // An AggregateError of several addresses of one host, or a wrapper with a cause.
  return [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].some(isDatabaseUnavailable);
};

/** Another transaction kept a lock for longer than this one waits. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03';

/** A lock, or the statement itself, took longer than it may; other statements may not. */
export const isTooSlow = (error: unknown): boolean => /^(?:55P03|57014)$/.test(codeOf(error));

/** What a statement was decided on has changed (`lost_race()`): nothing is written, and it is to be decided again. */
export const isLostRace = (error: unknown): boolean => codeOf(error) === 'DT001';

/** SQLSTATE class 28 authorization, 3D000 no such database; 42501 no such right; 42P01 no such table, 42703 no such column. */
const ACCESS_STATE = /^(?:28...|3D000)$/;
const RIGHTS_STATE = '42501';
const SCHEMA_STATE = /^(?:42P01|42703)$/;

/** The database refuses the login or the role, or its tables are not those of this build: waiting does not help. */
export const databaseRefusal = (error: unknown): 'access' | 'rights' | 'schema' | null => {
  const code = codeOf(error);
  if (ACCESS_STATE.test(code)) return 'access';
  if (code === RIGHTS_STATE) return 'rights';
  return SCHEMA_STATE.test(code) ? 'schema' : null;
};

/** The statement can never succeed with these values: SQLSTATE class 22 data exception, 23 integrity constraint. */
export const isRefusedData = (error: unknown): boolean => /^2[23]/.test(codeOf(error));

const UNIQUE_VIOLATION = '23505';

/** Matches the value that a unique index refused (`Key (key)=(918011223344) already exists.`). */
const REFUSED_VALUE = /=\((.*)\) already exists/;

/** The value that this unique index refused, '' when the error does not say it; null for any other error. */
export const refusedByUnique = (error: unknown, index: string): string | null => {
  const { code, constraint, detail } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (code !== UNIQUE_VIOLATION || constraint !== index) return null;
  return (typeof detail === 'string' ? REFUSED_VALUE.exec(detail)?.[1] : undefined) ?? '';
};

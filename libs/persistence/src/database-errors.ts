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
  if (!(error instanceof Error)) return false;
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || UNAVAILABLE_STATE.test(code))) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  return UNAVAILABLE_TEXT.test(error.message) || isDatabaseUnavailable(error.cause);
};

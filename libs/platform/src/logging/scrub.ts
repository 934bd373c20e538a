const REDACTED = '[redacted]';
const SECRET_NAMES =
  'authorization|proxy-authorization|cookie|set-cookie|password|passwd|secret|client_secret|token|access_token|accessToken|plain_api_token|' +
  'refresh_token|api_key|apiKey|api-key|x-api-key|pepper|apiKeyPepper|credentials_keys|credentialsKeys|databaseUrl|' +
  'auth_token|jwt_token|api_token|tata_password|outbound_password';

/** A property with a secret's name, whatever object it is in. */
const PROPERTY = new RegExp(
  `("(?:${SECRET_NAMES})"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"|\\[[^\\]]*\\]|-?\\d[\\d.]*)`,
  'gi',
);
/**
 * The same inside a text that holds JSON: its quotes are escaped, those of the value once more. The value ends at a quote
 * that is escaped no more than those around the name.
 */
const NESTED_PROPERTY = new RegExp(
  `((?<!\\\\)(\\\\+)"(?:${SECRET_NAMES})\\2"\\s*:\\s*\\2")(?:[^"\\\\\\n]|\\2\\\\+"|\\\\+(?!["\\\\]))*`,
  'gi',
);
/** Secrets that give themselves away by their form. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\brg_live_[A-Za-z0-9_-]+/g, `rg_live_${REDACTED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9|._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/(:\/\/[^\s:/@"]*):[^\s@/"]+@/g, `$1:${REDACTED}@`],
];

/**
 * Takes secrets out of one line of log, given as JSON text. It works on the finished line, so that no nesting, error
 * message or forgotten path gets past it. Recognised are values under telling names, API keys, bearer tokens and
 * passwords in URLs. Takes a time proportional to the line, whatever is in it: strangers choose the paths that are logged.
 */
export const scrub = (line: string): string =>
  FORMS.reduce(
    (text, [form, replacement]) => text.replace(form, replacement),
    line.replace(PROPERTY, `$1"${REDACTED}"`).replace(NESTED_PROPERTY, `$1${REDACTED}`),
  );

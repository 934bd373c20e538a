const REDACTED = '[redacted]';
const SECRET_NAMES =
  'authorization|proxy-authorization|cookie|set-cookie|password|passwd|secret|client_secret|token|access_token|accessToken|plain_api_token|' +
  'refresh_token|api_key|apiKey|api-key|x-api-key|pepper|apiKeyPepper|credentials_keys|credentialsKeys|databaseUrl|' +
  'migrationDatabaseUrl|auth_token|jwt_token|api_token|tata_password|outbound_password';

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
/** Secrets recognisable by their form. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\brg_live_[A-Za-z0-9_-]+/g, `rg_live_${REDACTED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9|._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/(:\/\/[^\s:/@"]*):[^\s@/"]+@/g, `$1:${REDACTED}@`],
];

/**
 * Removes secrets from one log line, given as JSON text. It works on the finished line, so no nesting, error message or
 * forgotten path escapes it. It recognises values under secret names, API keys, bearer tokens and passwords in URLs. It runs
 * in time linear in the line's length for any input, because callers choose the paths that are logged.
 */
export const scrub = (line: string): string =>
  FORMS.reduce(
    (text, [form, replacement]) => text.replace(form, replacement),
    line.replace(PROPERTY, `$1"${REDACTED}"`).replace(NESTED_PROPERTY, `$1${REDACTED}`),
  );

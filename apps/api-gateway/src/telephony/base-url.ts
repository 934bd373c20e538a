const USER_INFO = /^\w+:\/\/[^/\\]*@/;

/**
 * The canonical spelling of a base URL, as in the allow-lists of the configuration: lower-case host, no default port, no
 * trailing slash. Null for a text that is no base URL: another scheme, credentials, a query, a fragment.
 */
export const canonicalBaseUrl = (raw: string): string | null => {
  const url = URL.parse(raw);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  // An @ without name and password is refused here: a parsed URL does not show it.
  if (USER_INFO.test(raw) || raw.includes('?') || raw.includes('#')) return null;
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** The allowed URL that `raw` spells; the first one when `raw` is omitted; null when it is not allowed. */
export const allowedBaseUrl = (raw: string | null, allowed: readonly string[]): string | null => {
  if (raw === null) return allowed[0] ?? null;
  const canonical = canonicalBaseUrl(raw);
  return canonical !== null && allowed.includes(canonical) ? canonical : null;
};

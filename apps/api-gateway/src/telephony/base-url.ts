const USER_INFO = /^\w+:\/\/[^/\\]*@/;

/**
 * The one spelling of a base URL: lower-case host, no default port, no trailing slash; the same that the allow-lists of
 * the configuration are read with. Null for what cannot be a base URL: another scheme, credentials, a query, a fragment.
 */
export const canonicalBaseUrl = (raw: string): string | null => {
  const url = URL.parse(raw);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  // Also without a name or a password before the @, which a parsed URL does not show.
  if (USER_INFO.test(raw) || raw.includes('?') || raw.includes('#')) return null;
  return url.origin + url.pathname.replace(/\/+$/, '');
};

/** The allowed URL that `raw` is another spelling of; the first one when nothing was given; null when it is not allowed. */
export const allowedBaseUrl = (raw: string | null, allowed: readonly string[]): string | null => {
  if (raw === null) return allowed[0] ?? null;
  const canonical = canonicalBaseUrl(raw);
  return canonical !== null && allowed.includes(canonical) ? canonical : null;
};

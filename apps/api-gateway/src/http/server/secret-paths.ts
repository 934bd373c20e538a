/** The only route whose path holds a secret. */
export const CALLBACK_ROUTE = '/callbacks/:provider/:token/:kind';

/** Probes ask for these every few seconds: their lines and traces would drown the rest. */
export const QUIET = /^\/health\//;

/** The path without the token of a callback, which must be in no log. */
export const withoutToken = (path: string): string => path.replace(/^(\/callbacks\/[^/]*\/)[^/]+/i, '$1…');

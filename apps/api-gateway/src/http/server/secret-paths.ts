/** The only route whose path holds a secret. */
export const CALLBACK_ROUTE = '/callbacks/:provider/:token/:kind';

/** The path without the token of a callback, which must be in no log. */
export const withoutToken = (path: string): string => path.replace(/^(\/callbacks\/[^/]*\/)[^/]+/i, '$1…');

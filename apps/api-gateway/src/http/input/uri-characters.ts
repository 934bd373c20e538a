const URI_CHARACTERS = /^(?:[!#$&-;=?-Z[\]_a-z~]|%[0-9A-Fa-f]{2})+$/;

/** True if a text has only characters of a URI (RFC 3986): all others must be percent-encoded. */
export const hasUriCharacters = (text: string): boolean => URI_CHARACTERS.test(text);

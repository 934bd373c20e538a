const URI_CHARACTERS = /^(?:[!#$&-;=?-Z[\]_a-z~]|%[0-9A-Fa-f]{2})+$/;

/** Whether a text has only what a URI may consist of (RFC 3986): everything else must be percent-encoded. */
export const hasUriCharacters = (text: string): boolean => URI_CHARACTERS.test(text);

const MAX_LENGTH = 2000;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;

/** An absolute wss:// URL that can be dialled: with a host, without credentials (they would be shown) and fragment. */
export const isWebSocketUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !PRINTABLE_ASCII.test(value)) return false;
  if (!/^wss:\/\/[^/]/i.test(value) || value.includes('#')) return false;
  const url = URL.parse(value);
  return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
};

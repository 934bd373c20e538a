import { hasUriCharacters } from './uri-characters';

const MAX_LENGTH = 2000;

/** For the document: the part of the rule that a pattern can express. */
export const WEBSOCKET_URL_PATTERN = String.raw`^[Ww][Ss]{2}:\/\/[^\/#@]+(?:\/[^#]*)?$`;

/** An absolute wss:// URL that can be dialled: with a host, without credentials (they would be shown) and fragment. */
export const isWebSocketUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !hasUriCharacters(value)) return false;
  if (!/^wss:\/\/[^/]/i.test(value) || value.includes('#')) return false;
  const url = URL.parse(value);
  return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
};

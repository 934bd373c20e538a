import { hasUriCharacters } from '../../http/input/uri-characters';

const MAX_LENGTH = 2000;

/** For the document: the part of the rule that a pattern can express. */
export const WEBHOOK_URL_PATTERN = String.raw`^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\/@]+(?:\/[^@]*)?$`;

/** An absolute http(s) URL without credentials, which would be shown in lists. */
export const isWebhookUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !hasUriCharacters(value)) return false;
  if (!/^https?:\/\/[^/]/i.test(value)) return false;
  const url = URL.parse(value);
  return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
};

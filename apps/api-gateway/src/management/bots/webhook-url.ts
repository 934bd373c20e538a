const MAX_LENGTH = 2000;
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;

/** An absolute http(s) URL without credentials, which would be shown in lists. */
export const isWebhookUrl = (value: unknown): boolean => {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !PRINTABLE_ASCII.test(value)) return false;
  if (!/^https?:\/\/[^/]/i.test(value)) return false;
  const url = URL.parse(value);
  return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
};

import { createHmac } from 'node:crypto';

type Form = Readonly<Record<string, unknown>>;

const byName = (form: Form): [string, string][] =>
  Object.entries(form)
    .map(([name, value]): [string, string] => [name, String(value)])
    .sort(([one], [other]) => (one < other ? -1 : 1));

const joined = (form: Form): string => byName(form).flat().join('');

/** X-Twilio-Signature: HMAC-SHA1 over the whole URL, then every field by name. */
export const twilioSignature = (token: string, url: string, form: Form): string =>
  createHmac('sha1', token)
    .update(url + joined(form))
    .digest('base64');

const sortedQuery = (url: URL): string =>
  [...url.searchParams]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');

/** X-Plivo-Signature-V3: the query is covered, and with POST the form. */
export const plivoSignature = (
  token: string,
  nonce: string,
  { method, url, form }: { readonly method: string; readonly url: string; readonly form: Form },
): string => {
  const parsed = new URL(url);
  const base = `${parsed.origin}${parsed.pathname}?`;
  const query = sortedQuery(parsed);
  const fields = method === 'POST' ? joined(form) : '';
  const between = query !== '' && fields !== '' ? '.' : '';
  return createHmac('sha256', token).update(`${base}${query}${between}${fields}.${nonce}`).digest('base64');
};

/** X-Vobiz-Signature-V3: only the URL without its query is covered. */
export const vobizSignature = (token: string, nonce: string, url: string): string => {
  const { origin, pathname } = new URL(url);
  return createHmac('sha256', token).update(`${origin}${pathname}.${nonce}`).digest('base64');
};

/** Jambonz-Signature: time and body. `seconds`: epoch. */
export const jambonzSignature = (secret: string, seconds: number, body: string): string => {
  const digest = createHmac('sha256', secret)
    .update(`${String(seconds)}.${body}`)
    .digest('hex');
  return `t=${String(seconds)},v1=${digest}`;
};

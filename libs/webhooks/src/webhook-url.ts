/** As it must not be in a log or an answer. */
const HIDDEN = '***';
/** Words of a path are shorter, or have no digits in them; tokens and ids are not. */
const TOKEN = /^(?=.*\d)[\w.~%-]{16,}$|^[\w.~%-]{32,}$/;
const MAX_LENGTH = 2_000;

/** Ends the sentence "url …"; null: it can be one of a webhook. Whether its address may be dialled is known when it is dialled. */
export const webhookUrlFault = (url: string, { allowHttp }: { readonly allowHttp: boolean }): string | null => {
  const parsed = URL.parse(url);
  if (url.length > MAX_LENGTH || parsed === null || parsed.hostname === '') return 'must be an absolute https:// URL';
  if (parsed.protocol !== 'https:' && !(allowHttp && parsed.protocol === 'http:'))
    return 'must begin with https://';
  if (parsed.username !== '' || parsed.password !== '')
    return 'must have no user and password: put a token in its query if the receiver needs one beside the signature';
  if (url.includes('#')) return 'must have no fragment';
  return url.includes(HIDDEN) ? `must be whole: ${HIDDEN} stands for what is not shown` : null;
};

/** A URL without what may be a token: values of its query, and long segments of its path. */
export const shownUrl = (url: string): string => {
  const { origin, pathname, search } = new URL(url);
  const path = pathname
    .split('/')
    .map((segment) => (TOKEN.test(segment) ? HIDDEN : segment))
    .join('/');
  return origin + path + search.replaceAll(/=[^&]*/g, `=${HIDDEN}`).replace(/^\?(?=[^=&]{16,}$)[^=&]+/, `?${HIDDEN}`);
};

/** Parts of a URL that a receiver may quote and others must not see. */
export const secretsOfUrl = (url: string): readonly string[] => {
  const { pathname, search, searchParams } = new URL(url);
  const segments = pathname.split('/').filter((segment) => TOKEN.test(segment));
  return [url, search, ...searchParams.values(), ...segments, ...segments.map(decoded)].filter((text) => text !== '');
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

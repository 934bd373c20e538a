/** As it must not be in a log or an answer. */
const HIDDEN = '***';
/** Words of a path are shorter, or have no digits in them; tokens and ids are not. */
const TOKEN = /^(?=.*\d)[\w.~%-]{16,}$|^[\w.~%-]{32,}$/;
const MAX_LENGTH = 2_000;
const NO_URL = 'must be an absolute https:// URL';
const HTTPS = 'must begin with https://';

type Check = readonly [isWrong: (url: URL, text: string) => boolean, fault: string];

const CHECKS: readonly Check[] = [
  [({ hostname }, text) => hostname === '' || text.length > MAX_LENGTH, NO_URL],
  [({ protocol }) => protocol !== 'https:' && protocol !== 'http:', HTTPS],
  [
    ({ username, password }) => username !== '' || password !== '',
    'must have no user and password: put a token in its query if the receiver needs one beside the signature',
  ],
  [(_, text) => text.includes('#'), 'must have no fragment'],
  [(_, text) => text.includes(HIDDEN), `must be whole: ${HIDDEN} stands for what is not shown`],
];

/** Ends the sentence "url …"; null: it can be one of a webhook. Whether its address may be dialled is known when it is dialled. */
export const webhookUrlFault = (text: string, { allowHttp }: { readonly allowHttp: boolean }): string | null => {
  const url = URL.parse(text);
  if (url === null) return NO_URL;
  if (url.protocol === 'http:' && !allowHttp) return HTTPS;
  return CHECKS.find(([isWrong]) => isWrong(url, text))?.[1] ?? null;
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

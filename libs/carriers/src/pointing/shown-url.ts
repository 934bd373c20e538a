/** Longer parts of a path, and those with digits among letters, are tokens more often than words. */
const LOOKS_LIKE_A_TOKEN = /^(?:.{24,}|(?=.*\d)(?=.*[A-Za-z]).{12,})$/;

/** Origin and path of a foreign URL, for people: without user, query, fragment, and without what looks like a token. */
export const shownUrl = (text: string): string => {
  if (!URL.canParse(text)) return 'something that is no URL';
  const { protocol, host, pathname } = new URL(text);
  const path = pathname.split('/').map((part) => (LOOKS_LIKE_A_TOKEN.test(part) ? '…' : part));
  return `${protocol}//${host}${path.join('/')}`;
};

/** A text with the URLs in it as they may be shown. */
export const withShownUrls = (text: string): string => text.replace(/\b(?:https?|wss?):\/\/[^\s"'<>]+/gi, shownUrl);

/** What a carrier must not repeat of a URL in a message: the URL itself, and the parts that may be tokens. */
export const secretsOfUrl = (text: string | null): readonly string[] => {
  if (text === null || !URL.canParse(text)) return [];
  const { pathname, searchParams, username, password } = new URL(text);
  const parts = [...pathname.split('/').filter((part) => LOOKS_LIKE_A_TOKEN.test(part)), ...searchParams.values()];
  return [text, ...parts, username, password].filter((part) => part.length >= 4);
};

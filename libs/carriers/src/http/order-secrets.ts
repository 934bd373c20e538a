import type { CallOrder } from '../port';

/** Shorter parts of a path are words. */
const LEAST = 32;

/** What a carrier must not repeat of an order: the tokens in the paths of the URLs that it is given let one speak for it. */
export const secretsIn = ({ answerUrl, statusUrl }: CallOrder): readonly string[] =>
  [answerUrl, statusUrl].flatMap((url) => new URL(url).pathname.split('/').filter((part) => part.length >= LEAST));

import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the time of a signed message may be from now: a carrier repeats within seconds, and a call that missed one is polled. */
export const REPLAY_WINDOW_MS = 5 * 60_000;

export const isWithinWindow = (at: number, now: number): boolean => Math.abs(now - at) <= REPLAY_WINDOW_MS;

export const hmac = (
  algorithm: 'sha1' | 'sha256',
  key: string,
  { message, encoding = 'base64' }: { readonly message: string; readonly encoding?: 'base64' | 'hex' },
): string => createHmac(algorithm, key).update(message, 'utf8').digest(encoding);

/** In a time that does not tell where they differ; the length of a signature is no secret. */
export const isSame = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};

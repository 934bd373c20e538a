import { recordOf } from '../http/read';

export type TokenState = 'good' | 'expired' | 'unreadable';

/**
 * How an MCube token looks by itself: three segments whose second is JSON. `exp_data`, in epoch seconds, is MCube's own name for the
 * end of its life. The signature is MCube's to check. `now` is in epoch ms.
 */
export const tokenState = (token: string, now: number): TokenState => {
  const segments = token.split('.');
  if (segments.length !== 3 || segments.includes('')) return 'unreadable';
  const end = endIn(segments[1] ?? '');
  if (end === null) return 'unreadable';
  return end * 1000 > now ? 'good' : 'expired';
};

/** Infinity when the token does not say; null when it is no JSON. */
const endIn = (segment: string): number | null => {
  try {
    const payload: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    const end = Number(recordOf(payload)['exp_data'] ?? recordOf(payload)['exp'] ?? Number.POSITIVE_INFINITY);
    return typeof payload === 'object' && payload !== null && !Number.isNaN(end) ? end : null;
  } catch {
    return null;
  }
};

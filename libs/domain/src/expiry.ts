import type { RemoteDid } from './remote';

/**
 * VoiceLink's own mark wins over the date, which it may leave standing through a grace period (unknown, VoiceLink
 * upstream notes §10.15); the date decides only when there is no mark.
 */
export const isExpired = (did: RemoteDid, now: number): boolean =>
  did.isExpired ?? (did.expiresAt !== null && did.expiresAt <= now);

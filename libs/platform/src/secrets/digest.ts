import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * HMAC-SHA-256 with the deployment's pepper: 32 bytes. For secrets of high entropy (random tokens), which need no slow
 * hash; never for passwords that people choose.
 */
export const pepperedDigest = (pepper: Buffer, secret: string): Buffer =>
  createHmac('sha256', pepper).update(secret, 'utf8').digest();

/** Compares in a time that does not depend on where the two differ. */
export const equalDigests = (left: Buffer, right: Buffer): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/** A URL-safe random text with 256 bits of entropy by default. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring';

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The sealed text was changed, moved to another place, or sealed with a removed key. The error does not tell which. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';

  constructor() {
    super('A stored secret cannot be opened: its key is not in the ring, or it was changed or moved.');
  }
}

/** The header is authenticated too, and lengths keep `a` + `bc` apart from `ab` + `c`. */
const authenticated = (header: Buffer, aad: string): Buffer => Buffer.concat([header, Buffer.from(aad, 'utf8')]);

/**
 * Seals a text with AES-256-GCM under the ring's first key.
 *
 * @param aad binds the sealed text to its place, `table|row id|column`, so that rows cannot be swapped
 * @returns version (1 byte), length of the key id (1), key id, IV (12, random), tag (16), ciphertext
 */
export const encryptSecret = (ring: KeyRing, aad: string, plaintext: string): Buffer => {
  const key = ring.keys.get(ring.current);
  if (key === undefined) throw new SealBrokenError();
  const id = Buffer.from(ring.current, 'ascii');
  const header = Buffer.concat([Buffer.from([VERSION, id.length]), id]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(header, aad));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), sealed]);
};

/** Opens what encryptSecret sealed for the same place. Throws SealBrokenError. */
export const decryptSecret = (ring: KeyRing, aad: string, sealed: Buffer): string => {
  const headerLength = 2 + (sealed[1] ?? 0);
  const header = sealed.subarray(0, headerLength);
  const key = ring.keys.get(header.subarray(2).toString('ascii'));
  if (sealed[0] !== VERSION || sealed.length < headerLength + IV_BYTES + TAG_BYTES || key === undefined)
    throw new SealBrokenError();
  const tagStart = headerLength + IV_BYTES;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headerLength, tagStart), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(authenticated(header, aad));
    decipher.setAuthTag(sealed.subarray(tagStart, tagStart + TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(tagStart + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    throw new SealBrokenError();
  }
};

/** Both directions over one ring; what a store of secrets needs. */
export interface SecretSealer {
  encrypt(aad: string, plain: string): Buffer;
  /** Throws SealBrokenError. */
  decrypt(aad: string, sealed: Buffer): string;
}

export const secretSealer = (ring: KeyRing): SecretSealer => ({
  encrypt: (aad, plain) => encryptSecret(ring, aad, plain),
  decrypt: (aad, sealed) => decryptSecret(ring, aad, sealed),
});

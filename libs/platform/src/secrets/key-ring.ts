const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9_-]{1,32}$/;

/** AES-256 keys by id, in order; never empty. The first encrypts, all decrypt: a new key goes to the front. */
export interface KeyRing {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** Reads `id:base64key,id:base64key,…`. Throws a TypeError that names the entry, never its key. */
export const parseKeyRing = (text: string): KeyRing => {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(',').entries()) {
    const [id = '', key = '', ...rest] = entry.trim().split(':');
    const bytes = Buffer.from(key, 'base64');
    if (!ID.test(id) || keys.has(id) || bytes.length !== KEY_BYTES || rest.length > 0) {
      throw new TypeError(
        `Entry ${String(index + 1)} of the key ring is not a new id, a colon and 32 bytes in base64.`,
      );
    }
    keys.set(id, bytes);
  }
  const [current] = keys.keys();
  if (current === undefined) throw new TypeError('The key ring is empty.');
  return { current, keys };
};

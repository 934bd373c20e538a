import { randomBytes } from 'node:crypto';
import { equalDigests, pepperedDigest, randomToken } from './digest';
import { decryptSecret, encryptSecret, SealBrokenError, secretSealer } from './envelope';
import { parseKeyRing } from './key-ring';

const newKey = (): string => randomBytes(32).toString('base64');
const PLACE = 'connections|7|credentials';

describe('sealed secrets', () => {
  const first = newKey();
  const ring = parseKeyRing(`k1:${first}`);

  it('come back as they were, and never look the same twice', () => {
    const plain = JSON.stringify({ username: 'ram', password: 'पासवर्ड' });
    const sealed = encryptSecret(ring, PLACE, plain);
    expect(decryptSecret(ring, PLACE, sealed)).toBe(plain);
    expect(sealed.includes('ram')).toBe(false);
    expect(encryptSecret(ring, PLACE, plain).equals(sealed)).toBe(false);
  });

  it('cannot be moved to another place', () => {
    const sealed = encryptSecret(ring, PLACE, 'secret');
    expect(() => decryptSecret(ring, 'connections|8|credentials', sealed)).toThrow(SealBrokenError);
  });

  it('are refused when any byte was changed, or the end is missing', () => {
    const sealed = encryptSecret(ring, PLACE, 'secret');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => decryptSecret(ring, PLACE, changed)).toThrow(SealBrokenError);
      expect(() => decryptSecret(ring, PLACE, sealed.subarray(0, index))).toThrow(SealBrokenError);
    }
  });

  it('stay readable when a new key goes to the front of the ring, and are sealed with it from then on', () => {
    const old = encryptSecret(ring, PLACE, 'secret');
    const rotated = parseKeyRing(`k2:${newKey()},k1:${first}`);
    expect(decryptSecret(rotated, PLACE, old)).toBe('secret');
    expect(() => decryptSecret(ring, PLACE, encryptSecret(rotated, PLACE, 'secret'))).toThrow(SealBrokenError);
    const sealer = secretSealer(rotated);
    expect(sealer.decrypt(PLACE, sealer.encrypt(PLACE, 'x'))).toBe('x');
  });

  it.each(['', 'k1', 'k1:', 'k1:AAAA', `:${newKey()}`, `k 1:${newKey()}`, `k1:${first},k1:${first}`, `k1:${first},`])(
    'need a whole key ring, not %p',
    (text) => {
      expect(() => parseKeyRing(text)).toThrow(TypeError);
    },
  );
});

describe('digests of tokens', () => {
  it('depend on the pepper and on the token', () => {
    const pepper = randomBytes(32);
    const digest = pepperedDigest(pepper, 'token');
    expect(digest).toHaveLength(32);
    expect(equalDigests(digest, pepperedDigest(pepper, 'token'))).toBe(true);
    expect(equalDigests(digest, pepperedDigest(pepper, 'tokeN'))).toBe(false);
    expect(equalDigests(digest, pepperedDigest(randomBytes(32), 'token'))).toBe(false);
    expect(equalDigests(digest, digest.subarray(1))).toBe(false);
  });

  it('are made of tokens that are URL-safe and never repeat', () => {
    const tokens = new Set(Array.from({ length: 1000 }, () => randomToken()));
    expect(tokens.size).toBe(1000);
    expect([...tokens].every((token) => /^[A-Za-z0-9_-]{43}$/.test(token))).toBe(true);
  });
});

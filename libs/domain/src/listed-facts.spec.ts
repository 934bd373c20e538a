import { aDid } from '@dialtone/testing';
import fc from 'fast-check';
import { areDidsIn, factsOfDids, holdsIn, type Facts } from './listed-facts';
import type { RemoteDid } from './remote';

const didId = fc.constantFrom(1, 11, 12, 112);
const did: fc.Arbitrary<RemoteDid> = fc
  .record({
    didId,
    clientId: fc.constantFrom(null, 1, 2),
    status: fc.constantFrom(null, 'Active', ' client'),
    isExpired: fc.constantFrom(null, true, false),
    expiresAt: fc.constantFrom(null, 0, 5),
  })
  .map((facts) => ({ ...aDid(), ...facts }));
const others: fc.Arbitrary<Facts> = fc.dictionary(
  fc.constantFrom('1', '1 client', '11 status', '12', 'client', '1 x expires', 'toString'),
  fc.constantFrom(null, 1, 'Active'),
);

describe('facts of purchases', () => {
  it('are found in a memory exactly when it holds all that would be made of them', () => {
    fc.assert(
      fc.property(fc.array(did, { maxLength: 3 }), fc.array(did, { maxLength: 3 }), others, (shown, known, more) => {
        const is = { ...more, ...factsOfDids(known) };
        const isOnce = new Set(shown.map((one) => one.didId)).size === shown.length;
        const expected = isOnce && holdsIn(factsOfDids(shown), is);
        expect(areDidsIn(shown, is)).toBe(expected);
        expect(areDidsIn(shown, factsOfDids(shown))).toBe(isOnce);
      }),
      { numRuns: 1_000 },
    );
  });
});

import { aDidKey } from '@dialtone/testing';
import * as fc from 'fast-check';
import type { ConnectionId } from './ids';
import { answeredElsewhere, NOTHING_ELSEWHERE, type NumberClaim, type SharedAccount } from './shared-account';

const [A, B, C] = ['a', 'b', 'c'] as readonly string[] as readonly [ConnectionId, ConnectionId, ConnectionId];
const KEY = aDidKey('918011223344');
const OTHER = aDidKey('918011223355');

const claim = (connectionId: ConnectionId, rest: Partial<NumberClaim> = {}): NumberClaim => ({
  ...{ connectionId, key: KEY, isDeclared: false, hasAgent: false },
  ...rest,
});

/** The one of A and B, of which A is older, that answers for the number. */
const answers = (claims: readonly NumberClaim[]): readonly ConnectionId[] =>
  [A, B].filter((own) => !answeredElsewhere(own, { connections: [A, B], claims }).has(KEY));

describe('of two connections on one account', () => {
  it.each([
    { name: 'the older one, when neither has anything of the number', claims: [], want: A },
    { name: 'the one that declares it', claims: [claim(B, { isDeclared: true })], want: B },
    {
      name: 'the one that declares it, although the other has it in its inventory with an agent',
      claims: [claim(A, { hasAgent: true }), claim(B, { isDeclared: true })],
      want: B,
    },
    { name: 'the one that has a local row', claims: [claim(B)], want: B },
    { name: 'the older one of an imported duplicate', claims: [claim(B), claim(A)], want: A },
    { name: 'the one whose row has an agent', claims: [claim(A), claim(B, { hasAgent: true })], want: B },
  ])('answers $name', ({ claims, want }) => {
    expect(answers(claims)).toEqual([want]);
  });

  it('each answers for what only the other does not', () => {
    const claims = [claim(B, { isDeclared: true })];
    expect(answeredElsewhere(A, { connections: [A, B], claims }).has(OTHER)).toBe(false);
    expect(answeredElsewhere(B, { connections: [A, B], claims }).has(OTHER)).toBe(true);
  });
});

const anyAccount: fc.Arbitrary<SharedAccount> = fc.record({
  connections: fc.constantFrom([A], [A, B], [A, B, C], [C, A]),
  claims: fc.array(
    fc.record({
      connectionId: fc.constantFrom(A, B, C),
      key: fc.constantFrom(KEY, OTHER),
      isDeclared: fc.boolean(),
      hasAgent: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
});

describe('the connections on one account', () => {
  const ofAccount = ({ connections, claims }: SharedAccount): SharedAccount => ({
    connections,
    claims: claims.filter(({ connectionId }) => connections.includes(connectionId)),
  });

  it('exactly one answers for each number, in whichever order the claims are read', () => {
    fc.assert(
      fc.property(anyAccount.map(ofAccount), (account) => {
        const turned = { ...account, claims: account.claims.toReversed() };
        for (const key of [KEY, OTHER]) {
          const own = account.connections.filter((id) => !answeredElsewhere(id, account).has(key));
          expect(own).toHaveLength(1);
          expect(account.connections.filter((id) => !answeredElsewhere(id, turned).has(key))).toEqual(own);
        }
      }),
    );
  });

  it('equal fingerprints stand for equal answers', () => {
    fc.assert(
      fc.property(anyAccount.map(ofAccount), anyAccount.map(ofAccount), (one, other) => {
        const [a, b] = [answeredElsewhere(A, one), answeredElsewhere(A, other)];
        if (a.fingerprint !== b.fingerprint) return;
        for (const key of [KEY, OTHER, aDidKey('918011223366')]) expect(a.has(key)).toBe(b.has(key));
      }),
    );
  });

  it('a connection on its own answers for everything', () => {
    expect(answeredElsewhere(A, { connections: [A], claims: [] })).toBe(NOTHING_ELSEWHERE);
  });
});

import fc from 'fast-check';
import { aBot } from '@dialtone/testing';
import { differenceOf } from './list-difference';
import { marksOf } from './list-memory';

describe('the difference of two lists', () => {
  const list = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 40 });
  const edits = fc.array(fc.record({ at: fc.nat(50), take: fc.nat(3), put: fc.array(fc.nat(60), { maxLength: 3 }) }), {
    maxLength: 4,
  });

  it('is what sets say, whatever was put in, taken out and moved', () => {
    fc.assert(
      fc.property(list, edits, fc.boolean(), list, (before, changes, isAlike, other) => {
        const edited = changes.reduce((rows, { at, take, put }) => rows.toSpliced(at, take, ...put), before);
        const after = isAlike ? [...new Set(edited)] : other;
        expect(differenceOf(before, after)).toEqual({
          gone: before.filter((item) => !after.includes(item)),
          come: after.filter((item) => !before.includes(item)),
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is nothing for the same items in another order', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    expect(differenceOf(items, items.toReversed())).toEqual({ gone: [], come: [] });
  });
});

describe('the marks of a list', () => {
  const ids = fc.array(fc.nat(30), { maxLength: 30 });

  it('come once each, whatever list they are told to be like', () => {
    fc.assert(
      fc.property(ids, ids, fc.nat(30), fc.array(fc.nat(30), { maxLength: 3 }), (of, before, at, put) => {
        const listed = [...new Set(before.length % 2 === 0 ? of : before)].map(String);
        const bots = of.toSpliced(at, 1, ...put).map((id) => aBot({ id }));
        const listing = { status: 'complete', rows: bots } as const;
        const memory = { listed, missing: [], confirmed: null, suspectSince: null, clients: {} };
        expect(marksOf('bots', listing, memory)).toEqual(marksOf('bots', listing));
      }),
      { numRuns: 1_000 },
    );
  });
});

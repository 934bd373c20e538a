import fc from 'fast-check';
import { WalkedRows, type WalkedList } from './walked-rows';

type Row = number | null;
type Page = readonly Row[];

const identify = (row: Row): Row => row;
const walk = (pages: readonly Page[], earlier: WalkedList<Row> | null) => {
  const rows = new WalkedRows<Row>({ identify, earlier });
  const steps = pages.map((page) => ({ ...rows.add(page), count: rows.count }));
  return { steps, all: rows.all, list: rows.list };
};

const page: fc.Arbitrary<Page> = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(null)), {
  maxLength: 4,
});

describe('the rows of a walk', () => {
  it('are what they would be without an earlier walk, whichever pages are those of it', () => {
    fc.assert(
      fc.property(
        fc.array(page, { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ isSame: fc.boolean(), at: fc.nat({ max: 5 }), other: page }), { maxLength: 7 }),
        (before, changes) => {
          const earlier = walk(before, null).list;
          const pages = changes.map(
            ({ isSame, at, other }, nth) => (isSame ? before[nth] : at === nth ? other : before[at]) ?? other,
          );
          expect(walk(pages, earlier)).toEqual(walk(pages, null));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are the very rows of the earlier walk when all pages are, and others when one is only equal', () => {
    const pages = [[1, 2], [3, null], []];
    const { list, all } = walk(pages, null);
    expect(walk(pages, list).all).toBe(all);
    expect(walk(pages, list).list).toBe(list);
    expect(walk([[1, 2], ...pages.slice(1)], list).all).not.toBe(all);
    expect(walk(pages.slice(0, 2), list).all).not.toBe(all);
  });

  it('are no list to follow when one came twice', () => {
    expect(walk([[1, 2], [2]], null).list).toBeNull();
  });
});

import fc from 'fast-check';
import { WalkedRows, type WalkedList } from './walked-rows';

/** Rows are objects: those with the same identity need not be the same. */
interface Row {
  readonly id: number | null;
}
type Page = readonly Row[];

const identify = ({ id }: Row): number | null => id;
const walk = async (pages: readonly Page[], earlier: WalkedList<Row> | null) => {
  const rows = new WalkedRows<Row>({ identify, earlier });
  const steps = [];
  for (const page of pages) steps.push({ ...(await rows.add(page)), count: rows.count });
  return { steps, ...(await rows.end()) };
};
const pageOf = (...ids: readonly (number | null)[]): Page => ids.map((id) => ({ id }));
/** The same identities, in other objects. */
const anew = (page: Page): Page => page.map((row) => ({ ...row }));

const page: fc.Arbitrary<Page> = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(null)), { maxLength: 4 })
  .map((ids) => pageOf(...ids));

describe('the rows of a walk', () => {
  it('are what they would be without an earlier walk, whichever pages are those of it, or have the same identities', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(page, { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ is: fc.constantFrom('same', 'alike', 'other'), at: fc.nat({ max: 5 }), other: page }), {
          maxLength: 7,
        }),
        async (before, changes) => {
          const earlier = (await walk(before, null)).list;
          const pages = changes.map(({ is, at, other }, nth) => {
            const known = before[is === 'other' ? at : nth] ?? other;
            return is === 'alike' ? anew(known) : is === 'other' && at === nth ? other : known;
          });
          const [got, want] = [await walk(pages, earlier), await walk(pages, null)];
          expect(got).toEqual(want);
          got.all.forEach((row, nth) => {
            expect(row).toBe(want.all[nth]);
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are the very rows of the earlier walk when all pages are, and others when one is only equal', async () => {
    const pages = [pageOf(1, 2), pageOf(3, null), []];
    const { list, all } = await walk(pages, null);
    expect((await walk(pages, list)).all).toBe(all);
    expect((await walk(pages, list)).list).toBe(list);
    expect((await walk([pageOf(1, 2), ...pages.slice(1)], list)).all).not.toBe(all);
    expect((await walk(pages.slice(0, 2), list)).all).not.toBe(all);
  });

  it('are no list to follow when one came twice', async () => {
    expect((await walk([pageOf(1, 2), pageOf(2)], null)).list).toBeNull();
  });
});

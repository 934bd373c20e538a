import fc from 'fast-check';
import { nextValues, sameValues, type SectionValues, type ShownValues } from './listed-values';

const WINDOW = 60;
const shown = (facts: ShownValues['facts'], listedAt: number, ours: ShownValues['ours'] = []): ShownValues => ({
  facts,
  listedAt,
  windowMs: WINDOW,
  ours,
});

const after = (...lists: readonly ShownValues[]): SectionValues | undefined =>
  lists.reduce<SectionValues | undefined>((memory, list) => nextValues(memory, list), undefined);

const isDoubted = (memory: SectionValues | undefined): boolean => (memory?.doubtedAt ?? null) !== null;

describe('what listings, one after another, prove about a value', () => {
  it.each([
    { name: 'something new is believed at once', lists: [shown({ client: 1 }, 0), shown({ client: 2 }, 10)], is: 2 },
    {
      name: 'a value that changes back is not believed at once',
      lists: [shown({ client: null }, 0), shown({ client: 2 }, 10), shown({ client: null }, 20)],
      is: 2,
      doubted: true,
    },
    {
      name: 'and is believed from a second listing',
      lists: [
        shown({ client: null }, 0),
        shown({ client: 2 }, 10),
        shown({ client: null }, 20),
        shown({ client: null }, 30),
      ],
      is: null,
    },
    {
      name: 'a second listing that was begun before the first confirms nothing',
      lists: [
        shown({ client: null }, 0),
        shown({ client: 2 }, 10),
        shown({ client: null }, 20),
        shown({ client: null }, 19),
      ],
      is: 2,
      doubted: true,
    },
    {
      name: 'a listing with the later value ends the doubt',
      lists: [
        shown({ client: null }, 0),
        shown({ client: 2 }, 10),
        shown({ client: null }, 20),
        shown({ client: 2 }, 30),
      ],
      is: 2,
    },
    {
      name: 'a listing that shows nothing of the key ends the doubt: it is missing, which presence tells',
      lists: [shown({ client: null }, 0), shown({ client: 2 }, 10), shown({ client: null }, 20), shown({}, 30)],
      is: 2,
    },
    {
      name: 'after the window a value that changes back is new',
      lists: [shown({ client: null }, 0), shown({ client: 2 }, 10), shown({ client: null }, 11 + WINDOW)],
      is: null,
    },
    {
      name: 'to show what a write of ours makes is no step back',
      lists: [shown({ client: 2 }, 0), shown({ client: null }, 10), shown({ client: 2 }, 20, [{ client: 2 }])],
      is: 2,
    },
    {
      name: 'a list that was begun before the value was first shown is not believed, whatever it shows',
      lists: [shown({ client: 2 }, 10), shown({ client: 3 }, 9)],
      is: 2,
      doubted: true,
    },
  ])('$name', ({ lists, is, doubted = false }) => {
    const memory = after(...lists);
    expect(memory?.is['client']).toBe(is);
    expect(isDoubted(memory)).toBe(doubted);
  });

  it('a row with some of its old values is as old as they are', () => {
    const [old, now] = [
      { out: 4, bot: null },
      { out: 3, bot: 5 },
    ];
    for (const torn of [
      { out: 4, bot: 5 },
      { out: 3, bot: null },
    ]) {
      expect(isDoubted(after(shown(old, 0), shown(now, 10), shown(torn, 20)))).toBe(true);
    }
    expect(isDoubted(after(shown(old, 0), shown(now, 10), shown({ out: 4, bot: 6 }, 20)))).toBe(false);
  });

  it('a write of ours explains a row that shows all of it, and none that shows a part', () => {
    const [was, is, write] = [
      { active: true, out: 4, bot: null },
      { active: false, out: 4, bot: null },
      { active: true, out: 3, bot: 5 },
    ];
    expect(isDoubted(after(shown(was, 0), shown(is, 10), shown(was, 20, [write])))).toBe(true);
    expect(isDoubted(after(shown(write, 0), shown(is, 10), shown(write, 20, [write])))).toBe(false);
    expect(isDoubted(after(shown(write, 0), shown(is, 10), shown({ ...write, in: 2 }, 20, [write])))).toBe(false);
  });
});

const facts = fc.record({ client: fc.constantFrom(1, 2, 3), status: fc.constantFrom('a', 'b') });

describe('for any course of listings', () => {
  it('the same listing twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(facts, { minLength: 1, maxLength: 8 }), (course) => {
        const memory = after(...course.map((one, index) => shown(one, 10 * index)));
        const again = nextValues(memory, shown(memory?.is ?? {}, 1_000));
        expect(sameValues({ dids: again ?? absent }, { dids: { ...(memory ?? absent), doubtedAt: null } })).toBe(true);
      }),
    );
  });

  it('two listings that agree are believed, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 8 }), facts, (course, last) => {
        const lists = [...course, last, last].map((one, index) => shown(one, 10 * index));
        expect(after(...lists)).toMatchObject({ is: last, doubtedAt: null });
      }),
    );
  });
});

const absent: SectionValues = { is: {}, since: 0, were: [], doubtedAt: null };

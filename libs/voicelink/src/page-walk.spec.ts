import { walkPages, type PageRead, type Walk } from './page-walk';

type Answer =
  | {
      readonly ids: readonly (number | null)[];
      readonly total?: number;
      readonly last?: number;
      readonly per?: number;
      readonly unreadable?: string;
    }
  | 'fails';

/** One answer per request, in order; each names the page that must be asked for. */
type Script = readonly (readonly [page: number, answer: Answer])[];

const run = async (script: Script, paged = true): Promise<{ walk: Walk<number | null>; requests: number }> => {
  let requests = 0;
  const read = (page: number): Promise<PageRead<number | null>> => {
    const [wanted, answer] = script[requests] ?? [0, 'fails'];
    requests += 1;
    expect(page).toBe(wanted);
    if (answer === 'fails') return Promise.resolve({ ok: false, message: 'broken', failure: null });
    const { ids, total = null, last = null, per = null, unreadable } = answer;
    const info = { total, lastPage: last, perPage: per, ...(unreadable !== undefined && { unreadable }) };
    return Promise.resolve({ ok: true, rows: ids, info });
  };
  const walk = await walkPages({ paged, read, identify: (row) => row });
  return { walk, requests };
};

interface Case {
  readonly name: string;
  readonly script: Script;
  readonly paged?: boolean;
  readonly rows?: readonly (number | null)[];
  readonly gap?: 'shifted' | 'short';
  readonly failed?: true;
  readonly repeats?: true;
}

const CASES: readonly Case[] = [
  { name: 'one page', script: [[1, { ids: [1, 2], total: 2, last: 1 }]], rows: [1, 2] },
  {
    name: 'a total that cannot be read: the rows may not be all',
    script: [[1, { ids: [1, 2], last: 1, unreadable: 'total is "many"' }]],
    rows: [1, 2],
    gap: 'short',
  },
  { name: 'an empty list', script: [[1, { ids: [], total: 0, last: 1 }]], rows: [] },
  {
    name: 'three pages',
    script: [
      [1, { ids: [1], total: 3, last: 3 }],
      [2, { ids: [2], total: 3, last: 3 }],
      [3, { ids: [3], total: 3, last: 3 }],
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'total without last_page',
    script: [
      [1, { ids: [1, 2], total: 3, per: 2 }],
      [2, { ids: [3], total: 3, per: 2 }],
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'last_page without total',
    script: [
      [1, { ids: [1], last: 2 }],
      [2, { ids: [2], last: 2 }],
    ],
    rows: [1, 2],
  },
  { name: 'fewer rows than total', script: [[1, { ids: [1], total: 2, last: 1 }]], rows: [1], gap: 'short' },
  {
    name: 'an empty page in the middle',
    script: [
      [1, { ids: [1], total: 9, last: 3 }],
      [2, { ids: [], total: 9, last: 3 }],
    ],
    rows: [1],
    gap: 'short',
  },
  {
    name: 'a page that fails',
    script: [
      [1, { ids: [1], total: 2, last: 2 }],
      [2, 'fails'],
    ],
    rows: [1],
    gap: 'short',
  },
  { name: 'a first page that fails', script: [[1, 'fails']], failed: true },
  {
    name: 'a total that changes once: walked again',
    script: [
      [1, { ids: [1], total: 2, last: 2 }],
      [2, { ids: [2], total: 3, last: 3 }],
      [1, { ids: [1, 2, 3], total: 3, last: 1 }],
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'a last_page that changes once, without total: walked again',
    script: [
      [1, { ids: [1], last: 2 }],
      [2, { ids: [2], last: 3 }],
      [1, { ids: [1], last: 3 }],
      [2, { ids: [2], last: 3 }],
      [3, { ids: [3], last: 3 }],
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'a row that comes twice, twice',
    script: [
      [1, { ids: [1], total: 2, last: 2 }],
      [2, { ids: [1], total: 2, last: 2 }],
      [1, { ids: [1], total: 2, last: 2 }],
      [2, { ids: [1], total: 2, last: 2 }],
    ],
    rows: [1],
    gap: 'shifted',
  },
  {
    name: 'a failure while it is walked again',
    script: [
      [1, { ids: [1], total: 2, last: 2 }],
      [2, { ids: [1], total: 2, last: 2 }],
      [1, 'fails'],
    ],
    failed: true,
  },
  { name: 'a bare list that was not asked for pages', script: [[1, { ids: [1, 2] }]], paged: false, rows: [1, 2] },
  {
    name: 'a bare list with a row twice, which has no pages to shift between',
    script: [[1, { ids: [1, 1] }]],
    paged: false,
    rows: [1, 1],
    repeats: true,
  },
  {
    name: 'a paginator that was not asked for pages',
    script: [
      [1, { ids: [1], total: 2, last: 2 }],
      [2, { ids: [2], total: 2, last: 2 }],
    ],
    paged: false,
    rows: [1, 2],
  },
  { name: 'an empty bare list', script: [[1, { ids: [] }]], rows: [] },
  {
    name: 'a bare list whose next page is empty',
    script: [
      [1, { ids: [1, 2] }],
      [2, { ids: [] }],
    ],
    rows: [1, 2],
  },
  {
    name: 'a server that ignores page numbers',
    script: [
      [1, { ids: [1, 2] }],
      [2, { ids: [1, 2] }],
    ],
    rows: [1, 2],
  },
  {
    name: 'a bare list cut into pages',
    script: [
      [1, { ids: [1] }],
      [2, { ids: [2] }],
      [3, { ids: [] }],
    ],
    rows: [1, 2],
  },
  {
    name: 'a bare list whose next page fails',
    script: [
      [1, { ids: [1] }],
      [2, 'fails'],
    ],
    rows: [1],
    gap: 'short',
  },
  {
    name: 'a bare list that shifts',
    script: [
      [1, { ids: [1, 2] }],
      [2, { ids: [2, 3] }],
      [1, { ids: [1, 2] }],
      [2, { ids: [3] }],
      [3, { ids: [] }],
    ],
    rows: [1, 2, 3],
  },
  { name: 'rows without identity', script: [[1, { ids: [null, null, 1], total: 3, last: 1 }]], rows: [null, null, 1] },
];

describe('walkPages', () => {
  it.each(CASES)('reads $name', async ({ script, paged, rows, gap, failed, repeats }) => {
    const { walk, requests } = await run(script, paged);
    expect(requests).toBe(script.length);
    const want = { kind: 'walked', rows, gap: gap === undefined ? null : { kind: gap }, ...(repeats && { repeats }) };
    expect(walk).toMatchObject(failed === true ? { kind: 'failed' } : want);
  });
});

describe('a list that had a few pages last time', () => {
  /** One row a page; pages that were asked for, in order, and whether the first had been answered by then. */
  const walkAgain = async ({ before, now }: { readonly before: number; readonly now: number }) => {
    const asked: number[] = [];
    let isFirstAnswered = false;
    const source = (pages: number) => ({
      paged: true,
      identify: (row: number) => row,
      read: async (page: number, _: number, sent?: () => void): Promise<PageRead<number>> => {
        sent?.();
        if (!isFirstAnswered) asked.push(page);
        if (page === 1) await Promise.resolve();
        if (page === 1) isFirstAnswered = true;
        return { ok: true, rows: [page], info: { total: pages, lastPage: pages, perPage: 1 } };
      },
    });
    const first = await walkPages(source(before));
    const earlier = first.kind === 'walked' ? (first.list ?? null) : null;
    [asked.length, isFirstAnswered] = [0, false];
    const walk = await walkPages({ ...source(now), earlier });
    return { walk, asked };
  };
  const rowsTo = (last: number) => Array.from({ length: last }, (_, nth) => nth + 1);

  it.each([
    { before: 1, now: 1, ahead: [1] },
    { before: 3, now: 3, ahead: [2, 3, 1] },
    { before: 3, now: 5, ahead: [2, 3, 1] },
    { before: 3, now: 1, ahead: [2, 3, 1] },
    { before: 5, now: 5, ahead: [1] },
  ])('$before, has $now now: asks for $ahead before the first is answered', async ({ before, now, ahead }) => {
    const { walk, asked } = await walkAgain({ before, now });
    expect(asked).toEqual(ahead);
    expect(walk).toMatchObject({ kind: 'walked', rows: rowsTo(now), gap: null });
  });
});

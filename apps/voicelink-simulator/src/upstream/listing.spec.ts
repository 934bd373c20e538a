import { defaultBehaviour, type Behaviour } from '../world/behaviour';
import { listing, renderListing, type Distortion } from './listing';

const ROWS = Array.from({ length: 25 }, (_, at) => at + 1);
const range = (from: number, to: number): number[] => ROWS.slice(from - 1, to);

interface Case {
  readonly name: string;
  readonly shape: 'paginator' | 'bare';
  readonly query: Readonly<Record<string, string>>;
  readonly want: readonly (number | null)[];
  readonly distortion?: Distortion;
  readonly options?: Partial<Behaviour>;
  readonly paged?: boolean;
}

const CASES: readonly Case[] = [
  { name: 'ten rows by default', shape: 'paginator', query: {}, want: range(1, 10) },
  {
    name: 'the default can be changed',
    shape: 'paginator',
    query: {},
    options: { default_per_page: 15 },
    want: range(1, 15),
  },
  { name: 'the second page', shape: 'paginator', query: { page: '2', per_page: '10' }, want: range(11, 20) },
  { name: 'a short last page', shape: 'paginator', query: { page: '3', per_page: '10' }, want: range(21, 25) },
  { name: 'an empty page past the end', shape: 'paginator', query: { page: '4', per_page: '10' }, want: [] },
  { name: 'nonsense is not sent', shape: 'paginator', query: { page: '0', per_page: '-1' }, want: range(1, 10) },
  { name: 'more than 1000 is clamped', shape: 'paginator', query: { per_page: '5000' }, want: ROWS },
  { name: 'a bare list is whole', shape: 'bare', query: {}, want: ROWS },
  { name: 'a bare list can be paged', shape: 'bare', query: { per_page: '20', page: '2' }, want: range(21, 25) },
  {
    name: 'a bare list can ignore paging',
    shape: 'bare',
    query: { per_page: '20', page: '2' },
    paged: false,
    want: ROWS,
  },
  {
    name: 'half of a page is left off',
    shape: 'paginator',
    query: {},
    distortion: { truncateTo: null },
    want: range(1, 5),
  },
  {
    name: 'all but three rows are left off',
    shape: 'bare',
    query: {},
    distortion: { truncateTo: 3 },
    want: range(1, 3),
  },
  {
    name: 'a shift spares the first page',
    shape: 'paginator',
    query: {},
    distortion: { shiftBy: 1 },
    want: range(1, 10),
  },
  {
    name: 'a shift makes rows missing',
    shape: 'paginator',
    query: { page: '2' },
    distortion: { shiftBy: 2 },
    want: range(13, 22),
  },
  {
    name: 'a shift makes rows come twice',
    shape: 'paginator',
    query: { page: '2' },
    distortion: { shiftBy: -2 },
    want: range(9, 18),
  },
  {
    name: 'further rows come last',
    shape: 'bare',
    query: {},
    distortion: { extra: [null, 1] },
    want: [...ROWS, null, 1],
  },
  {
    name: 'further rows are on the pages after the own ones',
    shape: 'paginator',
    query: { page: '3' },
    distortion: { extra: range(1, 7) },
    want: [...range(21, 25), ...range(1, 5)],
  },
  {
    name: 'further rows have a page of their own when they need one',
    shape: 'paginator',
    query: { page: '4' },
    distortion: { extra: range(1, 7) },
    want: range(6, 7),
  },
];

describe('renderListing', () => {
  it.each(CASES)('$name', ({ shape, query, options, distortion, paged, want }) => {
    const behaviour = { ...defaultBehaviour(), ...options };
    const answer = renderListing(
      listing(ROWS, (row) => row, shape, paged),
      query,
      behaviour,
      distortion,
    );
    const { data } = answer.body as { data: unknown };
    expect(shape === 'bare' ? data : (data as { data: unknown }).data).toEqual(want);
  });

  it.each([
    ['number', { current_page: 2, per_page: 10, total: 25, last_page: 3 }],
    ['string', { current_page: '2', per_page: '10', total: '25', last_page: '3' }],
    ['absent', {}],
  ] as const)('paging numbers as %s stay true when rows are left off', (kind, want) => {
    const behaviour = { ...defaultBehaviour(), paging_numbers: kind };
    const answer = renderListing(
      listing(ROWS, (row) => row, 'paginator'),
      { page: 2 },
      behaviour,
      { truncateTo: 1 },
    );
    expect(answer.body).toEqual({ status: true, message: 'Success', data: { ...want, data: [11] } });
  });

  const records = listing([{ id: 1, did_id: 9 }, { id: 2 }], (row) => row, 'bare');

  it.each([
    {
      name: 'a list as an object by index',
      options: { list_form: 'object' },
      want: { 1: { id: 1, did_id: 9 }, 2: { id: 2 } },
    },
    {
      name: 'a field of one row',
      garble: { row: 2, field: 'x', value: [] },
      want: [
        { id: 1, did_id: 9 },
        { id: 2, x: [] },
      ],
    },
    {
      name: 'a field of a DID',
      garble: { row: 9, field: 'id', value: '?' },
      want: [{ id: '?', did_id: 9 }, { id: 2 }],
    },
    {
      name: 'a field of all rows',
      garble: { row: null, field: 'id', value: null },
      want: [{ id: null, did_id: 9 }, { id: null }],
    },
  ] as const)('can show $name in another form', ({ want, ...given }) => {
    const behaviour = { ...defaultBehaviour(), ...('options' in given ? given.options : {}) };
    const distortion = 'garble' in given ? { garble: given.garble } : {};
    expect(renderListing(records, {}, behaviour, distortion).body).toMatchObject({ data: want });
  });

  it.each([
    { form: 'a paginator', shape: 'paginator', to: 0, want: { total: '0', last_page: '1', data: [] } },
    { form: 'a paginator', shape: 'paginator', to: 2, want: { total: '2', last_page: '1', data: [1, 2] } },
  ] as const)('of $form may be short and look whole, with $to rows', ({ shape, to, want }) => {
    const short = renderListing(
      listing([1, 2, 3], (row) => row, shape),
      {},
      defaultBehaviour(),
      { shortenTo: to },
    );
    const { total, last_page, data } = want;
    expect((short.body as { data: Readonly<Record<string, unknown>> }).data).toMatchObject({ data });
    const told = (short.body as { data: Readonly<Record<string, unknown>> }).data;
    expect([String(told['total']), String(told['last_page'])]).toEqual([total, last_page]);
  });

  it('more than 1000 can be refused', () => {
    const behaviour = { ...defaultBehaviour(), per_page_over_max: 'reject' as const };
    expect(
      renderListing(
        listing(ROWS, (row) => row, 'paginator'),
        { per_page: 1001 },
        behaviour,
      ).status,
    ).toBe(422);
  });
});

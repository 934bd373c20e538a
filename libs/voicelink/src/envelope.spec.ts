import { readCreatedId, readFieldErrors, readListPage, saysFailure } from './envelope';

const NO_INFO = { total: null, lastPage: null, perPage: null };

describe('readListPage', () => {
  it.each([
    { name: 'an array', body: [1, 2], want: { rows: [1, 2], info: NO_INFO } },
    { name: 'a bare list', body: { status: true, data: [1] }, want: { rows: [1], info: NO_INFO } },
    {
      name: 'a paginator in the envelope',
      body: { status: true, data: { data: [1], current_page: 1, per_page: 10, total: 2, last_page: 1 } },
      want: { rows: [1], info: { total: 2, lastPage: 1, perPage: 10 } },
    },
    {
      name: 'an unwrapped paginator with numbers as strings',
      body: { data: [], per_page: '10', total: '0', last_page: '1' },
      want: { rows: [], info: { total: 0, lastPage: 1, perPage: 10 } },
    },
    {
      name: 'paging in meta',
      body: { data: [1], meta: { total: 5, last_page: 5, per_page: 1 } },
      want: { rows: [1], info: { total: 5, lastPage: 5, perPage: 1 } },
    },
    {
      name: 'a total in words',
      body: { data: { data: [1], total: 'many', last_page: 1 } },
      want: { rows: [1], info: { total: null, lastPage: 1, perPage: null, unreadable: 'total is "many"' } },
    },
    {
      name: 'a last page that is no number',
      body: { data: [1], last_page: '1 of 3', per_page: '' },
      want: { rows: [1], info: { ...NO_INFO, unreadable: 'last_page is "1 of 3"' } },
    },
    {
      name: 'a list of PHP from which rows were taken',
      body: { status: true, data: { '0': { id: 1 }, '2': { id: 3 } } },
      want: { rows: [{ id: 1 }, { id: 3 }], info: NO_INFO },
    },
    {
      name: 'a list of PHP by id, in a paginator',
      body: { data: { data: { '1311': { id: 1311 } }, total: 1, last_page: 1 } },
      want: { rows: [{ id: 1311 }], info: { total: 1, lastPage: 1, perPage: null } },
    },
    { name: 'a bare list of PHP', body: { '0': { id: 1 } }, want: { rows: [{ id: 1 }], info: NO_INFO } },
    { name: 'an empty object', body: { status: true, data: {} }, want: null },
    { name: 'an object of texts by number', body: { data: { '0': 'Server error' } }, want: null },
    { name: 'an object with one name that is no index', body: { data: { '0': { id: 1 }, error: {} } }, want: null },
    { name: 'a paginator without numbers', body: { data: { data: [1] } }, want: { rows: [1], info: NO_INFO } },
    { name: 'an object', body: { status: true, data: { id: 1 } }, want: null },
    { name: 'an array too deep', body: { data: { data: { data: [] } } }, want: null },
    { name: 'null data', body: { status: true, data: null }, want: null },
    { name: 'null', body: null, want: null },
  ])('reads $name', ({ body, want }) => {
    expect(readListPage(body)).toEqual(want);
  });
});

describe('saysFailure', () => {
  it.each([
    { body: { status: false }, want: true },
    { body: { status: 'false', message: 'x' }, want: true },
    { body: { status: true }, want: false },
    { body: { data: [] }, want: false },
    { body: { id: 5, status: 0 }, want: false }, // a record, not an envelope: calling a success a failure repeats a create
    { body: [], want: false },
    { body: null, want: false },
  ])('says $want of $body', ({ body, want }) => {
    expect(saysFailure(body)).toBe(want);
  });
});

describe('readFieldErrors', () => {
  it.each([
    { body: { message: 'x', errors: { bot_name: ['a', 'b'] } }, want: { bot_name: ['a', 'b'] } },
    { body: { status: false, data: { status: 'required' } }, want: { status: ['required'] } },
    { body: { status: false, message: 'No channels available' }, want: {} },
    { body: { errors: { id: 5 } }, want: {} },
    { body: 'x', want: {} },
  ])('finds $want in $body', ({ body, want }) => {
    expect(readFieldErrors(body)).toEqual(want);
  });
});

describe('readCreatedId', () => {
  it.each([
    { body: { status: true, data: { id: 58 } }, want: 58 },
    { body: { data: { bot_id: '58' } }, want: 58 },
    { body: { id: 58 }, want: 58 },
    { body: { data: { id: 0 } }, want: null },
    { body: { data: [] }, want: null },
    { body: null, want: null },
  ])('finds $want in $body', ({ body, want }) => {
    expect(readCreatedId(body, 'bot_id')).toBe(want);
  });
});

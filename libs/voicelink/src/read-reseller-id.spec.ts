import { readResellerId } from './read-reseller-id';

describe('the reseller that an answer names', () => {
  it.each([
    { name: 'beside the user’s own id', body: { status: true, data: { id: 5, reseller_id: 9 } }, want: '9' },
    { name: 'as text', body: { data: { reseller_id: ' 9 ' } }, want: '9' },
    { name: 'under the user', body: { data: { user: { reseller_id: 9 } } }, want: '9' },
    { name: 'under the user, without an envelope', body: { user: { reseller_id: 9 } }, want: '9' },
    { name: 'without an envelope', body: { reseller_id: 9 }, want: '9' },
    { name: 'as a record', body: { data: { reseller: { id: 9, name: 'x' } } }, want: '9' },
    { name: 'not at all: the user’s own id says nothing of other users', body: { data: { id: 5 } }, want: null },
    { name: 'as none', body: { data: { reseller_id: 0 } }, want: null },
    { name: 'as none, in text', body: { data: { reseller_id: '0' } }, want: null },
    { name: 'as null', body: { data: { reseller_id: null, reseller: null } }, want: null },
    { name: 'in an unknown form', body: { data: { reseller_id: { value: 9 }, reseller: 9 } }, want: null },
    { name: 'in a list', body: { data: [{ reseller_id: 9 }] }, want: null },
    { name: 'in nothing', body: null, want: null },
  ])('is found $name', ({ body, want }) => {
    expect(readResellerId(body)).toBe(want);
  });
});

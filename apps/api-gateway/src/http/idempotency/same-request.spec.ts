import { sameRequestText } from './same-request';

type Request = Parameters<typeof sameRequestText>[0];

const REQUEST: Request = {
  method: 'PUT',
  url: '/api/v2/things/7?connection_id=a',
  headers: { 'if-match': '"3"', 'user-agent': 'x' },
  body: { name: 'a', nested: { list: [1, 2], none: null } },
};

describe('the text of a request', () => {
  it.each<{ readonly name: string; readonly change: Partial<Request> }>([
    { name: 'another method', change: { method: 'DELETE' } },
    { name: 'another path', change: { url: '/api/v2/things/8?connection_id=a' } },
    { name: 'another query', change: { url: '/api/v2/things/7?connection_id=b' } },
    { name: 'another precondition', change: { headers: { 'if-match': '"4"' } } },
    { name: 'no precondition', change: { headers: {} } },
    { name: 'the same tag as another precondition', change: { headers: { 'if-none-match': '"3"' } } },
    { name: 'another value', change: { body: { name: 'b', nested: { list: [1, 2], none: null } } } },
    { name: 'another order of a list', change: { body: { name: 'a', nested: { list: [2, 1], none: null } } } },
    { name: 'a field that is left out', change: { body: { name: 'a', nested: { list: [1, 2] } } } },
    { name: 'no body', change: { body: undefined } },
  ])('is another one for $name', ({ change }) => {
    expect(sameRequestText({ ...REQUEST, ...change })).not.toBe(sameRequestText(REQUEST));
  });

  it.each<{ readonly name: string; readonly change: Partial<Request> }>([
    { name: 'from another client', change: { headers: { 'if-match': '"3"', 'user-agent': 'y' } } },
    { name: 'in another order of fields', change: { body: { nested: { none: null, list: [1, 2] }, name: 'a' } } },
  ])('is the same one $name', ({ change }) => {
    expect(sameRequestText({ ...REQUEST, ...change })).toBe(sameRequestText(REQUEST));
  });
});

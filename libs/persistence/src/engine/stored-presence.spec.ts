import { NOTHING_SEEN, type PresenceMemory } from '@dialtone/domain';
import fc from 'fast-check';
import { presenceOf } from './stored-presence';

/** As PostgreSQL writes a jsonb: names by length, then by letters, a space after each colon and comma. */
const written = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}: ${written((value as Record<string, unknown>)[name])}`).join(', ')}}`;
};

/** Texts that look like what is around them. */
const text = fc.constantFrom(
  'a',
  ', "routing": "absent"',
  '", "were": [], "since": 1',
  ', "values": {',
  '}, "dids": {"is": {',
  '\\',
);
const fact = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const facts = fc.dictionary(fc.oneof(text, fc.constantFrom('12 client', '12 status', 'id', '7')), fact, {
  maxKeys: 4,
  noNullPrototype: true,
});
const time = fc.integer({ min: 0, max: 2_000_000_000_000 });
const values = fc.record(
  {
    is: facts,
    since: time,
    were: fc.oneof(
      fc.constant([]),
      fc.array(fc.record({ facts, until: time }, { noNullPrototype: true }), { maxLength: 2 }),
    ),
    doubtedAt: fc.oneof(fc.constant(null), time),
  },
  { noNullPrototype: true },
);
const presence = fc.constantFrom('unknown', 'present', 'suspect', 'absent');
const memory = fc.record(
  {
    did: presence,
    bot: presence,
    routing: presence,
    everListed: fc.constant(true),
    values: fc.record({ dids: values, bots: values, routing: values }, { requiredKeys: [], noNullPrototype: true }),
  },
  { requiredKeys: ['did', 'bot', 'routing'], noNullPrototype: true },
);

describe('what is remembered of a number', () => {
  it('is read as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(memory, (given) => {
        const read = JSON.parse(JSON.stringify(presenceOf(written(given)))) as unknown;
        expect(read).toEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has what an earlier release did not write', () => {
    expect(presenceOf('{"did": "present"}')).toEqual({ ...NOTHING_SEEN, did: 'present' });
    expect(presenceOf('{"did": "present", "values": {}}')).toEqual({ ...NOTHING_SEEN, did: 'present', values: {} });
  });

  it('tells facts by their text', () => {
    const is = { '12 client': null, '12 status': 'Active' };
    const given: PresenceMemory = {
      ...NOTHING_SEEN,
      values: { dids: { is, since: 5, were: [], doubtedAt: null } },
    };
    const { dids } = presenceOf(written(given)).values ?? {};
    expect(dids?.isWritten?.(written(is))).toBe(true);
    expect(dids?.isWritten?.(written({ ...is, '12 client': 1 }))).toBe(false);
    expect(dids?.isWritten?.(written({ ...is, '12 status': 'Absent' }))).toBe(false);
    expect(dids?.is).toEqual(is);
  });
});

import fc from 'fast-check';
import { labelsFault, sameMarks, type DeclarationMarks, type Labels } from './labels';

const NAME_63 = 'a'.repeat(63);
const many = (count: number): Labels =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`l${String(nth)}`, 'v']));

describe('labels', () => {
  it.each<{ readonly what: string; readonly given: unknown }>([
    { what: 'none', given: {} },
    { what: 'sixteen', given: many(16) },
    { what: 'an empty value', given: { retired: '' } },
    { what: 'all characters', given: { 'a-b_c.D9': 'X-y_z.0' } },
    { what: 'the longest name and value', given: { [NAME_63]: NAME_63 } },
    { what: 'a prefix', given: { 'crm.example.com/team': 'sales' } },
    { what: 'the longest prefix', given: { [`${'abc.'.repeat(62)}abcde/x`]: 'y' } },
    { what: 'one character', given: { a: '1' } },
  ])('may be $what', ({ given }) => {
    expect(labelsFault(given)).toBeNull();
  });

  it.each<{ readonly what: string; readonly given: unknown; readonly says: string }>([
    { what: 'a list', given: ['a'], says: 'an object' },
    { what: 'a text', given: 'a=b', says: 'an object' },
    { what: 'null', given: null, says: 'an object' },
    { what: 'seventeen', given: many(17), says: 'at most 16' },
    { what: 'a number as value', given: { a: 1 }, says: '"a"' },
    { what: 'null as value', given: { a: null }, says: '"a"' },
    { what: 'a blank in a name', given: { 'a b': 'c' }, says: '"a b"' },
    { what: 'an empty name', given: { '': 'c' }, says: '""' },
    { what: 'a name that begins with a dash', given: { '-a': 'c' }, says: '"-a"' },
    { what: 'a name that ends with a dot', given: { 'a.': 'c' }, says: '"a."' },
    { what: 'a name with a line break behind it', given: { 'a\n': 'c' }, says: String.raw`"a\n"` },
    { what: 'a name that is too long', given: { [`${NAME_63}a`]: 'c' }, says: NAME_63 },
    { what: 'a value that is too long', given: { a: `${NAME_63}a` }, says: '"a"' },
    { what: 'a value with a comma', given: { a: 'b,c' }, says: '"a"' },
    { what: 'a value with a letter beyond ASCII', given: { a: 'Köln' }, says: '"a"' },
    { what: 'a value that ends with a line break', given: { a: 'b\n' }, says: '"a"' },
    { what: 'two prefixes', given: { 'a/b/c': 'd' }, says: '"a/b/c"' },
    { what: 'a prefix in capitals', given: { 'CRM.example/x': 'y' }, says: '"CRM.example/x"' },
    { what: 'an empty prefix', given: { '/x': 'y' }, says: '"/x"' },
    { what: 'a prefix that is too long', given: { [`${'abc.'.repeat(63)}ab/x`]: 'y' }, says: 'abc.abc' },
  ])('cannot be $what: the fault names it', ({ given, says }) => {
    expect(labelsFault(given)).toContain(says);
  });

  it('say what is wrong in a short sentence, whatever is given', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        expect((labelsFault(given) ?? '').length).toBeLessThan(400);
      }),
    );
  });
});

describe('marks', () => {
  const marks: DeclarationMarks = { labels: { a: '1', b: '2' }, manager: 'crm' };

  it('are the same in any order of labels', () => {
    expect(sameMarks(marks, { labels: { b: '2', a: '1' }, manager: 'crm' })).toBe(true);
  });

  it.each<{ readonly what: string; readonly other: DeclarationMarks }>([
    { what: 'another manager', other: { ...marks, manager: 'erp' } },
    { what: 'no manager', other: { ...marks, manager: null } },
    { what: 'another value', other: { ...marks, labels: { a: '1', b: '3' } } },
    { what: 'one label less', other: { ...marks, labels: { a: '1' } } },
    { what: 'another name', other: { ...marks, labels: { a: '1', c: '2' } } },
    { what: 'a name that every object has', other: { ...marks, labels: { a: '1', toString: '2' } } },
  ])('differ by $what', ({ other }) => {
    expect(sameMarks(marks, other)).toBe(false);
    expect(sameMarks(other, marks)).toBe(false);
  });
});

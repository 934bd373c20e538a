import fc from 'fast-check';
import { types } from 'pg';
import { arrayParameter } from './prepared-statement';

const TEXT_ARRAY = 1009;
const read = types.getTypeParser(TEXT_ARRAY as never, 'text') as (text: string) => unknown;

describe('a parameter of many texts', () => {
  it('is read as the texts that it was made of', () => {
    const element = fc.oneof(
      fc.constantFrom(null, '', 'null', 'NULL', '{', '"', '\\', ',', ' '),
      fc.string(),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(element), (values) => {
        expect(read(arrayParameter(values))).toEqual(values);
      }),
    );
  });
});

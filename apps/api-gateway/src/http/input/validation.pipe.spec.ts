import { Repeated } from './accepted-inputs';
import { InQuery, Nullable } from './field';
import { choice, integer } from './kinds';
import { StrictValidationPipe } from './validation.pipe';

class Numbers {
  @InQuery('limit', integer({ min: 1, max: 100 }), {})
  readonly limit: number = 50;

  @InQuery('sort', choice(['key', '-key']), {})
  readonly sort?: string;
}

class Others {
  @InQuery('limit', integer({ min: 1, max: 5 }), {})
  readonly limit?: number;
}

const NUMBERS = { type: 'query', metatype: Numbers } as const;

describe('validation of inputs', () => {
  it('leaves alone what was not sent: a call leads over its request and socket back to itself', async () => {
    const call: Record<string, unknown> = { prototype: 'a reserved name' };
    call['request'] = call;
    await expect(new StrictValidationPipe().transform(call, { type: 'custom' })).resolves.toBe(call);
  });

  it.each(['01', '1e0', '0x1', ' 1', '1'])(
    'hands %j on as it was sent, whatever the handler takes it as',
    async (sent) => {
      const metadata = { type: 'param', metatype: Number, data: 'bot_id' } as const;
      await expect(new StrictValidationPipe().transform(sent, metadata)).resolves.toBe(sent);
    },
  );

  describe('of a query that comes again', () => {
    it.each([
      [{}, { limit: 50 }],
      [{ limit: '7' }, { limit: 7 }],
      [
        { sort: '-key', limit: '100' },
        { sort: '-key', limit: 100 },
      ],
    ])('reads %j as it did the first time, into an object of its own', async (sent, read) => {
      const pipe = new StrictValidationPipe();
      const [first, again] = [await pipe.transform({ ...sent }, NUMBERS), await pipe.transform({ ...sent }, NUMBERS)];
      expect(first).toEqual(read);
      expect(again).toEqual(read);
      expect(again).toBeInstanceOf(Numbers);
      expect(again).not.toBe(first);
    });

    it('refuses what it refused, and what another route takes', async () => {
      const pipe = new StrictValidationPipe();
      await pipe.transform({ limit: '7' }, NUMBERS);
      for (const sent of [{ limit: '0' }, { limit: '0' }, { limit: ['7'] }, { limit: '7', other: '1' }]) {
        await expect(pipe.transform(sent, NUMBERS)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
      }
      const ofOthers = { type: 'query', metatype: Others } as const;
      await expect(pipe.transform({ limit: '7' }, ofOthers)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    });

    it('reads more queries than it remembers', async () => {
      const pipe = new StrictValidationPipe();
      for (let nth = 0; nth < 300; nth += 1) {
        const limit = (nth % 100) + 1;
        const sort = [{}, { sort: 'key' }, { sort: '-key' }][Math.floor(nth / 100)];
        await expect(pipe.transform({ limit: String(limit), ...sort }, NUMBERS)).resolves.toEqual({ limit, ...sort });
      }
    });

    it('does not look at the fields of what it accepted', async () => {
      let looks = 0;
      const isValid = (): boolean => (looks += 1) > 0;
      class Counted {
        @InQuery('sort', { ...choice(['key']), isValid }, {})
        readonly sort?: string;
      }
      const pipe = new StrictValidationPipe();
      for (const sort of ['key', 'key', 'key', 'other']) {
        await pipe.transform({ sort }, { type: 'query', metatype: Counted });
      }
      expect(looks).toBe(2);
    });
  });

  describe('of a body that comes again', () => {
    let looks = 0;
    const isValid = (value: unknown): boolean => (looks += 1) > 0 && value !== Infinity && !Object.is(value, -0);
    class Body {
      @Nullable('value', { ...choice(['any']), isValid }, {})
      readonly value?: unknown;
    }
    @Repeated()
    class RepeatedBody extends Body {}
    class Other extends Body {}
    const read = (pipe: StrictValidationPipe, value: unknown, metatype: unknown = RepeatedBody): Promise<unknown> =>
      pipe.transform({ value }, { type: 'body', metatype: metatype as typeof Body });
    beforeEach(() => {
      looks = 0;
    });

    it('looks at it once, and reads it into an object of its own', async () => {
      const pipe = new StrictValidationPipe();
      const [first, again] = [await read(pipe, 'x'), await read(pipe, 'x')];
      expect(looks).toBe(1);
      expect(again).toEqual(first);
      expect(again).toBeInstanceOf(RepeatedBody);
      expect(again).not.toBe(first);
    });

    it.each([
      ['a number of another kind', 0, -0],
      ['a number that JSON cannot write', null, Infinity],
    ])('refuses %s, after one that is written alike', async (_, accepted, refused) => {
      const pipe = new StrictValidationPipe();
      await read(pipe, accepted);
      await expect(read(pipe, refused)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    });

    it('looks each time at one that may hold a secret, has parts, or is long', async () => {
      const pipe = new StrictValidationPipe();
      for (const [value, type] of [['x', Other], [{ part: 'x' }], ['x'.repeat(1_000)]] as const) {
        looks = 0;
        await read(pipe, value, type);
        await read(pipe, value, type);
        expect(looks).toBe(2);
      }
    });
  });
});

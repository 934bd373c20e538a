import fc from 'fast-check';
import { decodeRows, type PageDecoding } from './decode-page';
import { readListPage } from './envelope';
import { ListedRow, type UnlistedRow } from './listed-row';
import { cutPage, patchPage, SourceRow } from './page-bytes';
import { EarlierPages } from './page-cache';

type Kept = ListedRow | UnlistedRow;

const decoding = (earlier: readonly Kept[] = []): PageDecoding => ({
  section: 'bots',
  context: { countryCode: '91', expiryTimezoneOffset: '+05:30' },
  identity: ['id'],
  onOdd: () => undefined,
  earlier: new EarlierPages(new Map([[1, { digest: '', info: NO_INFO, rows: earlier }]])),
});
const NO_INFO = { total: null, lastPage: null, perPage: null };

const bytesOf = (rows: readonly unknown[], text: (row: unknown) => string = JSON.stringify): Buffer =>
  Buffer.from(`{"status":true,"links":[],"data":{"total":${String(rows.length)},"data":[${rows.map(text).join()}]}}`);
const parsed = (bytes: Buffer): readonly unknown[] => readListPage(JSON.parse(bytes.toString()))?.rows ?? [];

/** As a page is read that is not like an earlier one. */
const whole = async (bytes: Buffer, earlier: readonly Kept[] = []): Promise<readonly Kept[]> =>
  decodeRows((await cutPage(bytes))?.rows ?? parsed(bytes), decoding(earlier));
const facts = (rows: readonly Kept[]): unknown =>
  rows.map((row) => (row instanceof ListedRow ? [Object.entries(row), row.raw, row.text, row.identity] : row));

const bot = (id: number, name = `bot ${String(id)}`) => ({ id, bot_name: name, status: id % 2, note: { of: [name] } });
const many = Array.from({ length: 40 }, (_, index) => bot(index + 1));

describe('patchPage', () => {
  /** Names that try to look like the end of a record. */
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^["\\{}[\],:a]{0,8}$/),
    fc.constantFrom('नमस्ते', '"},{"id":7', '\\"}]', '}]}', '\\'),
  );
  const row = fc.oneof(
    { weight: 9, arbitrary: fc.record({ id: fc.integer({ min: 1, max: 60 }), bot_name: name, note: fc.jsonValue() }) },
    fc.constantFrom<unknown>(null, 'text', 7, [], {}, [{}], { id: 0 }),
  );
  const edit = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'insert', 'remove', 'swap'),
    row,
  });
  type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

  const apply = (rows: readonly unknown[], { at, kind, row: other }: Edit): readonly unknown[] => {
    const place = rows.length === 0 ? 0 : at % rows.length;
    switch (kind) {
      case 'replace':
        return rows.toSpliced(place, 1, other);
      case 'insert':
        return rows.toSpliced(place, 0, other);
      case 'remove':
        return rows.toSpliced(place, 1);
      case 'swap':
        return [...rows.slice(place), ...rows.slice(0, place)];
    }
  };

  it('reads whatever became of a page exactly as if it were read as a whole, or leaves it to that', async () => {
    const escapes = fc.constantFrom<(row: unknown) => string>(
      JSON.stringify,
      (each) => JSON.stringify(each).replaceAll('/', String.raw`\/`),
      (each) =>
        JSON.stringify(each).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      (each) => JSON.stringify(each, null, 1),
    );
    let patches = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        escapes,
        async (rows, edits, text) => {
          const before = await whole(bytesOf(rows, text));
          const bytes = bytesOf(edits.reduce(apply, rows), text);
          const patched = await patchPage(bytes, before, ['id']);
          if (patched === null) return;
          patches += 1;
          const [got, want] = [await decodeRows(patched.rows, decoding(before)), await whole(bytes, before)];
          expect(facts(got)).toEqual(facts(want));
          expect(patched.info).toEqual(readListPage(JSON.parse(bytes.toString()))?.info);
        },
      ),
      { numRuns: 1_500 },
    );
    expect(patches).toBeGreaterThan(200);
  });

  it('parses only what differs, and keeps the objects of the rest', async () => {
    const before = await whole(bytesOf(many));
    const changed = many.with(20, bot(21, 'other')).toSpliced(30, 1).toSpliced(10, 0, bot(99));
    const patched = await patchPage(bytesOf(changed), before, ['id']);
    expect(patched?.rows.slice().flatMap((each) => (each instanceof SourceRow ? each.raw : []))).toEqual([
      bot(99),
      bot(21, 'other'),
    ]);
    expect(patched?.rows.slice(31)).toEqual(before.slice(31));
  });

  it.each<{ name: string; bytes: Buffer }>([
    { name: 'another list comes first', bytes: Buffer.from('{"status":true,"errors":[{"id":1}],"data":[]}') },
    { name: 'it breaks off', bytes: bytesOf(many).subarray(0, -30) },
    { name: 'it breaks off after a record', bytes: bytesOf(many).subarray(0, -3) },
    { name: 'a record is no JSON', bytes: Buffer.from(bytesOf(many).toString().replace('"bot 7"', 'bot 7')) },
    { name: 'something else follows', bytes: Buffer.concat([bytesOf(many), Buffer.from('{}')]) },
    { name: 'it says that it failed', bytes: Buffer.from(bytesOf(many).toString().replace('true', 'false')) },
    { name: 'most of it is new', bytes: bytesOf(many.map(({ id }) => bot(id, 'all other'))) },
    { name: 'it is empty', bytes: bytesOf([]) },
    { name: 'it is no JSON', bytes: Buffer.from('<html>[{</html>') },
    { name: 'it is told with spaces', bytes: Buffer.from(JSON.stringify({ data: many }, null, 2)) },
  ])('leaves a page to be parsed as a whole when $name', async ({ bytes }) => {
    expect(await patchPage(bytes, await whole(bytesOf(many)), ['id'])).toBeNull();
  });
});

describe('cutPage', () => {
  it('keeps records as they were written', async () => {
    const [first] = await whole(Buffer.from(String.raw`{"data":[{"id":1,"bot_name":"a\/b\u00e9\"}","n":1.50}]}`));
    expect(first).toMatchObject({ name: 'a/bé"}', text: String.raw`{"id":1,"bot_name":"a\/b\u00e9\"}","n":1.50}` });
  });

  it('says nothing of rows that are not only records', async () => {
    const bytes = bytesOf([bot(1), null, bot(2)]);
    expect(await cutPage(bytes)).toBeNull();
    expect(await patchPage(bytes, [], ['id'])).toBeNull();
  });

  const value = fc.oneof(fc.jsonValue(), fc.stringMatching(/^["\\{}[\],:a]{0,8}$/), fc.string({ unit: 'binary' }));
  const page = fc.tuple(
    fc.array(fc.dictionary(fc.string({ maxLength: 3 }), value, { maxKeys: 3 }), { minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      '{"status":true,"data":{"total":1,"data":[ROWS],"more":[{"a":1}]}}',
      '[ROWS]',
      '{"x":"[{","data":[ROWS]}',
    ),
  );

  it('has the very records of the page as it is parsed as a whole, whichever are asked for', async () => {
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(page, fc.nat(12), fc.nat(12), async ([rows, frame], one, other) => {
        const [from, to] = [Math.min(one, other, rows.length), Math.min(Math.max(one, other), rows.length)];
        const bytes = Buffer.from(frame.replace('ROWS', () => rows.map((row) => JSON.stringify(row)).join()));
        const cut = await cutPage(bytes);
        if (cut === null) return;
        cuts += 1;
        const list = readListPage(JSON.parse(bytes.toString()));
        const found = cut.rows.slice(from, to) as readonly SourceRow[];
        expect([cut.rows.length, cut.info]).toEqual([list?.rows.length, list?.info]);
        expect(found.map(({ raw }) => raw)).toEqual(list?.rows.slice(from, to));
        expect(found.map(({ text }) => JSON.parse(text.toString()) as unknown)).toEqual(list?.rows.slice(from, to));
      }),
      { numRuns: 500 },
    );
    expect(cuts).toBeGreaterThan(200);
  });

  it('throws for records that are no JSON, so that the page is parsed as a whole', async () => {
    const broken = Buffer.from(bytesOf(many).toString().replace('"bot 7"', 'bot 7'));
    const cut = await cutPage(broken);
    expect(() => cut?.rows.slice()).toThrow(SyntaxError);
  });

  it('lets others run while a long page is cut and laid beside the earlier one', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => bot(id + 1));
    const before = await whole(bytesOf(rows));
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    await cutPage(bytesOf(rows));
    expect(turns).toBeGreaterThan(5);
    await patchPage(bytesOf(rows.map((row) => (row.id % 10 === 0 ? bot(row.id, 'other') : row))), before, ['id']);
    clearInterval(count);
    expect(turns).toBeGreaterThan(10);
  });
});

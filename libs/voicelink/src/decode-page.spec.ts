import { decodeRows, type PageDecoding } from './decode-page';
import { ListedRow } from './listed-row';
import { EarlierPages, type DecodedPage } from './page-cache';

const decoding = (earlier: readonly DecodedPage[] = []): PageDecoding => ({
  section: 'bots',
  context: { countryCode: '91', expiryTimezoneOffset: '+05:30' },
  identity: ['id'],
  onOdd: () => undefined,
  earlier: new EarlierPages(new Map(earlier.map((page, index) => [index + 1, page] as const))),
});
const pageOf = (rows: DecodedPage['rows']): DecodedPage => ({
  digest: '',
  info: { total: null, lastPage: null, perPage: null },
  rows,
});
const bot = (id: number, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  bot_name: `bot ${String(id)}`,
  ...more,
});

describe('decodeRows', () => {
  it('keeps facts as properties, and gives the record back as it was received', async () => {
    const record = bot(7, { note: 'नमस्ते "x" \ud83d\ude00 \ud800', nested: { list: [1, null, -0.5] }, '': '' });
    const [first, second] = await decodeRows([bot(6, { name: 'é' }), record], decoding());
    expect(first).toMatchObject({ id: 6, name: 'bot 6', identity: 6 });
    expect(second).toMatchObject({ id: 7, raw: record });
    expect(Object.keys(second ?? {})).not.toContain('raw');
  });

  it('gives the same object for the same record, wherever it stands, and another as soon as any field differs', async () => {
    const before = await decodeRows([bot(1), bot(2), bot(3)], decoding());
    const moved = [bot(3), bot(1, { webhook_url: 'https://x.example' }), bot(2), bot(4)];
    const after = await decodeRows(moved, decoding([pageOf(before)]));
    expect(after[0]).toBe(before[2]);
    expect(after[2]).toBe(before[1]);
    expect(after[1]).not.toBe(before[0]);
    expect(after[1]).toMatchObject({ raw: moved[1] });
    expect(after[3]).toMatchObject({ id: 4, raw: bot(4) });
  });

  it('says of a row that cannot be read why, in its place', async () => {
    const rows = await decodeRows([bot(1), 'text', { bot_name: 'without id' }, bot(2)], decoding());
    expect(rows.map((row) => (row instanceof ListedRow ? row.identity : row))).toEqual([
      1,
      { identity: null, why: 'not a record' },
      { identity: null, why: 'no id' },
      2,
    ]);
  });

  it('lets others run between the rows of a long list, and keeps the order', async () => {
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    const ids = Array.from({ length: 20_000 }, (_, index) => index + 1);
    const rows = await decodeRows(
      ids.map((id) => bot(id)),
      decoding(),
    );
    clearInterval(count);
    expect(rows.map(({ identity }) => identity)).toEqual(ids);
    expect(turns).toBeGreaterThan(5);
  });
});

import { text } from 'node:stream/consumers';
import type { HttpReply } from '../http-types';
import { isLongAnswer } from './long-answer';
import { pageAnswer } from './page-answer';

const REPLY = { header: () => REPLY } as unknown as HttpReply;

/** The page of so many numbers, and whether it is generated while it is sent. */
const page = async (count: number): Promise<{ readonly isLong: boolean; readonly text: string }> => {
  const rows = Array.from({ length: count }, (_, nth) => nth);
  const map = (nth: number) => ({ nth, name: `Nr. ${String(nth)} ü` });
  const rest = { total: 7, warnings: [{ code: 'X' }], none: [], next: null };
  const answer = pageAnswer(REPLY, { name: 'numbers', rows, map, head: { synced: count }, rest });
  const isLong = isLongAnswer(answer);
  return { isLong, text: isLong ? await text(answer) : JSON.stringify(answer) };
};

const shown = (count: number): string =>
  JSON.stringify({
    success: true,
    data: {
      synced: count,
      numbers: Array.from({ length: count }, (_, nth) => ({ nth, name: `Nr. ${String(nth)} ü` })),
      total: 7,
      warnings: [{ code: 'X' }],
      none: [],
      next: null,
    },
  });

describe('the answer of a page', () => {
  it.each([
    { count: 0, isLong: false },
    { count: 10, isLong: false },
    { count: 11, isLong: true },
    { count: 1_000, isLong: true },
  ])('with $count rows has the same bytes, made in pieces or not', async ({ count, isLong }) => {
    expect(await page(count)).toEqual({ isLong, text: shown(count) });
  });
});
